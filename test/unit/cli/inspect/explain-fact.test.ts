import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DETECTORS } from "../../../../cli/inspect/detectors/index.ts";
import { explainFact } from "../../../../cli/inspect/explain-fact.ts";
import { FACT_KEYS, findFactKey } from "../../../../cli/inspect/fact-table.ts";
import type { FactKey, FactOverrides, Facts, Inspection } from "../../../../cli/inspect/facts.ts";
import { inspectStatic } from "../../../../cli/inspect/inspect-static.ts";
import { mergeSettingsFacts } from "../../../../cli/inspect/merge-settings-facts.ts";
import { readProjectFiles } from "../../../../cli/inspect/project-files.ts";
import { renderExplanation } from "../../../../cli/inspect/render-explanation.ts";
import type { SettingsFacts } from "../../../../runtime/origin/contract.ts";
import { SETTINGS_FACTS } from "./settings-facts-example.ts";

const FIXTURES = join(import.meta.dirname, "../../../fixtures/inspect");

interface FixtureCase {
  readonly overrides?: FactOverrides;
  readonly error?: unknown;
}

const cases = readdirSync(FIXTURES)
  .filter((name) => existsSync(join(FIXTURES, name, "case.json")))
  .map((name) => {
    const text = readFileSync(join(FIXTURES, name, "case.json"), "utf8");
    return { name, ...(JSON.parse(text) as FixtureCase) };
  })
  .filter(({ error }) => error === undefined);

function inspectFixture(name: string, overrides: FactOverrides = {}): Inspection {
  return inspectStatic(join(FIXTURES, name), overrides);
}

/** `value (from): why` of each candidate, the chosen one first. */
function listWhys(inspection: Inspection, key: FactKey): readonly string[] {
  return explainFact(inspection, key).considered.map(
    ({ value, from, why }) => `${JSON.stringify(value)} (${from}): ${why}`,
  );
}

describe("candidates", () => {
  test("hold the fact's own value as the only chosen one, first, in every fixture", () => {
    let count = 0;
    for (const { name, overrides } of cases) {
      for (const fact of Object.values(inspectFixture(name, overrides).facts)) {
        if (fact.considered === undefined) continue;
        count += 1;
        expect(fact.considered.length).toBeGreaterThan(1);
        expect(fact.considered[0]).toMatchObject({ value: fact.value, isChosen: true });
        expect(fact.considered.filter(({ isChosen }) => isChosen)).toHaveLength(1);
        for (const { why, from } of fact.considered) expect(why && from).not.toBe("");
      }
    }
    expect(count).toBeGreaterThan(100);
  });

  test("what production runs wins over wsgi.py and manage.py", () => {
    const inspection = inspectFixture("production-in-procfile");
    expect(listWhys(inspection, "backend.settingsModule")).toEqual([
      '"config.settings.production" (Procfile:1): Procfile says what production runs',
      '"config.settings.production" (Procfile:2): says the same',
      '"config.settings.local" (config/wsgi.py:5): its name says development or tests',
      '"config.settings.local" (manage.py:8): its name says development or tests',
    ]);
  });

  test("settings that nothing names are candidates too", () => {
    const inspection = inspectFixture("development-only");
    expect(listWhys(inspection, "backend.settingsModule").at(-1)).toBe(
      '"config.settings.production" (config/settings/production.py): nothing names it',
    );
  });

  test(".python-version comes before runtime.txt and requires-python", () => {
    const whys = listWhys(inspectFixture("python-disagrees"), "backend.python");
    expect(whys.slice(1)).toEqual([
      '">=3.13" (pyproject.toml:4): .python-version comes before pyproject.toml; it disagrees with 3.12.4',
      '"3.11.9" (runtime.txt:1): .python-version comes before runtime.txt; it disagrees with 3.12.4',
    ]);
  });

  test("a lock file comes before requirements and other locks", () => {
    expect(listWhys(inspectFixture("two-locks-alike"), "backend.packageManager")).toEqual([
      '"uv" (uv.lock): a lock file says exactly which versions are installed',
      '"poetry" (poetry.lock): uv.lock comes first',
    ]);
    const requirements = inspectFixture("requirements-production");
    expect(listWhys(requirements, "backend.dependencyFiles").slice(1)).toEqual([
      '["requirements/base.txt"] (requirements/base.txt): read as part of the chosen one',
      '["requirements/local.txt"] (requirements/local.txt): its name says development or tests',
    ]);
  });

  test("a manage.py for tests and a package without a page are shown as rejected", () => {
    expect(listWhys(inspectFixture("app-with-test-project"), "backend.root")[1]).toBe(
      '"tests/project" (tests/project/manage.py): in a folder for tests, examples or templates',
    );
    expect(listWhys(inspectFixture("pnpm-workspace"), "frontends").slice(1)).toEqual([
      '"." (package.json): the root of a workspace, with no page of its own',
      '"packages/ui" (packages/ui/package.json): a library for other packages, with no page of its own',
    ]);
  });

  test("without an alternative it says that nothing else was found", () => {
    expect(listWhys(inspectFixture("startproject"), "backend.framework")).toEqual([
      '"django" (manage.py:8): nothing else was found',
    ]);
  });
});

describe("facts that the config sets", () => {
  test("keep what would have been found as candidates", () => {
    const overrides = { "backend.python": "3.13", "backend.settingsModule": "config.settings" };
    const inspection = inspectFixture("python-disagrees", overrides);
    expect(listWhys(inspection, "backend.python")).toEqual([
      '"3.13" (mizan.config): the config decides',
      '"3.12.4" (.python-version:2): found, but mizan.config comes first',
      '">=3.13" (pyproject.toml:4): .python-version comes before pyproject.toml; it disagrees with 3.12.4',
      '"3.11.9" (runtime.txt:1): .python-version comes before runtime.txt; it disagrees with 3.12.4',
    ]);
    const [, ...others] = explainFact(inspection, "backend.settingsModule").considered;
    expect(others.map(({ why }) => why)).toEqual(Array(3).fill("says the same"));
  });

  test("show both where the project alone could not be decided", () => {
    const apps = inspectFixture("two-apps", { "backend.root": "admin" });
    expect(listWhys(apps, "backend.root")).toEqual([
      '"admin" (mizan.config): the config decides',
      '"admin" (admin/manage.py): says the same',
      expect.stringMatching(/^"shop" \(shop\/manage\.py\): Several Django apps/),
    ]);
    const locks = inspectFixture("two-locks", { "backend.packageManager": "poetry" });
    expect(explainFact(locks, "backend.packageManager").considered).toMatchObject([
      { value: "poetry", from: "mizan.config", isChosen: true },
      { value: "uv", from: "uv.lock" },
      { value: "poetry", from: "poetry.lock", why: "says the same" },
    ]);
  });

  test("each detector declares every fact that it finds", () => {
    for (const { name, overrides } of cases) {
      const files = readProjectFiles(join(FIXTURES, name));
      let known: Facts = inspectFixture(name, overrides).facts;
      for (const detector of DETECTORS) {
        const { facts } = detector.detect(files, known);
        expect(detector.finds).toEqual(expect.arrayContaining(Object.keys(facts)));
        known = { ...known, ...facts };
      }
    }
  });
});

describe("facts of the settings", () => {
  const merge = (changes: Partial<SettingsFacts>, overrides: FactOverrides = {}) =>
    mergeSettingsFacts(inspectFixture("backend-and-frontend", overrides), {
      ...SETTINGS_FACTS,
      ...changes,
    });
  const overlay: SettingsFacts["overlay"] = [
    { rule: "debug", setting: "DEBUG", action: "replaced", reason: "never on in a deploy" },
    { rule: "database", setting: 'DATABASES["default"]', action: "replaced", reason: "ours" },
  ];

  test("come before what was read from the text, which stays a candidate", () => {
    expect(listWhys(merge({}), "backend.database")).toEqual([
      '"postgresql" (config/settings.py:41): Django\'s settings say so',
      '"sqlite" (backend/config/settings.py:5): read from files, before the settings loaded',
    ]);
  });

  test("are candidates under the config's word", () => {
    expect(listWhys(merge({}, { "backend.database": "mysql" }), "backend.database")).toEqual([
      '"mysql" (mizan.config): the config decides',
      '"postgresql" (config/settings.py:41): the settings say so, but mizan.config comes first',
      '"sqlite" (backend/config/settings.py:5): found, but mizan.config comes first',
    ]);
  });

  test("say which setting they are, where it stands and what the deploy changes", () => {
    const explanation = explainFact(merge({ overlay }), "settings.databases");
    expect(explanation).toMatchObject({
      isKnown: true,
      problem: null,
      from: "config/settings.py:41",
      settings: ["DATABASES"],
      overlay: [overlay[1]],
    });
    expect(renderExplanation(explanation).join("\n")).toMatchSnapshot();
    const hosts = explainFact(merge({ overlay }), "settings.allowedHosts");
    expect(renderExplanation(hosts)).toContain(
      "Django setting: ALLOWED_HOSTS. Mizan leaves it as it is.",
    );
  });

  test("that were not read say why", () => {
    const inspection = inspectFixture("uv");
    expect(explainFact(inspection, "settings.debug")).toMatchObject({
      isKnown: false,
      value: null,
      considered: [],
      overlay: null,
      problem: "The settings were not imported: only files were read.",
    });
    expect(
      renderExplanation(explainFact(inspectFixture("cookiecutter"), "backend.python")),
    ).toEqual([
      "backend.python: the Python version that the app asks for.",
      "",
      expect.stringMatching(/^Not known here\. This is a template for projects, not an app: /),
      "placeholders.",
    ]);
  });
});

test("the page names every candidate with its place, and the line to copy", () => {
  const lines = renderExplanation(
    explainFact(inspectFixture("python-disagrees"), "backend.python"),
  );
  expect(lines.join("\n")).toMatchSnapshot();
});

describe("names of facts", () => {
  test.each([
    ["backend.python", "backend.python"],
    ["python", "backend.python"],
    ["Database", "backend.database"],
    ["settings", "backend.settingsModule"],
    ["web", "backend.interface"],
    ["frontend", "frontends"],
    ["static", "settings.static"],
    ["celery", "backend.celery"],
    ["DATABASES", "settings.databases"],
    ["INSTALLED_APPS", "settings.installedApps"],
    ["WSGI_APPLICATION", "backend.wsgi"],
    ["DJANGO_SETTINGS_MODULE", "backend.settingsModule"],
  ])("%s means %s", (name, key) => {
    expect(findFactKey(name)).toBe(key);
  });

  test("every key means itself", () => {
    for (const key of FACT_KEYS) expect(findFactKey(key)).toBe(key);
  });

  test("a wrong one is refused with the nearest, or with all", () => {
    expect(() => findFactKey("backend.pyhton")).toThrow(
      expect.objectContaining({
        code: "USAGE",
        hint: "Did you mean backend.python? mizan inspect --why backend.python",
      }),
    );
    expect(() => findFactKey("kubernetes")).toThrow(
      expect.objectContaining({ hint: expect.stringContaining("backend.root, ") }),
    );
  });
});
