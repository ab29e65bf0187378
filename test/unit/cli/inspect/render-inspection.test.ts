import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { FactOverrides, Inspection } from "../../../../cli/inspect/facts.ts";
import { inspectStatic } from "../../../../cli/inspect/inspect-static.ts";
import { mergeSettingsFacts } from "../../../../cli/inspect/merge-settings-facts.ts";
import { renderInspection } from "../../../../cli/inspect/render-inspection.ts";
import { findControlCharacters } from "../fake-machine.ts";
import { SETTINGS_FACTS } from "./settings-facts-example.ts";

const FIXTURES = join(import.meta.dirname, "../../../fixtures/inspect");

function inspectFixture(name: string): Inspection {
  const text = readFileSync(join(FIXTURES, name, "case.json"), "utf8");
  const { overrides } = JSON.parse(text) as { overrides?: FactOverrides };
  return inspectStatic(join(FIXTURES, name), overrides);
}

const LOADED = mergeSettingsFacts(
  inspectFixture("backend-and-frontend"),
  {
    ...SETTINGS_FACTS,
    media: { ...SETTINGS_FACTS.media, local: true },
    overlay: [
      { rule: "debug", setting: "DEBUG", action: "replaced", reason: "never on in a deploy" },
      {
        rule: "database",
        setting: 'DATABASES["default"]',
        action: "replaced",
        reason: "points to the PostgreSQL that this target runs",
      },
    ],
  },
  [
    { name: "SENTRY_DSN", required: false, present: false, file: "config/settings.py", line: 9 },
    { name: "LOG_LEVEL", required: false, present: true, file: "config/settings.py", line: 7 },
    { name: "API_KEY", required: true, present: false, file: "config/settings.py", line: 3 },
  ],
);

test("with the settings it says what the app is, what runs, what is served, what is missing", () => {
  const inspection = { ...LOADED, findings: LOADED.findings.filter(({ code }) => code === "DJ24") };
  expect(renderInspection(inspection).join("\n")).toMatchSnapshot();
});

test.each(["procfile-celery", "production-in-wsgi", "mizan", "python-disagrees", "cookiecutter"])(
  "from files alone: %s",
  (name) => {
    expect(renderInspection(inspectFixture(name)).join("\n")).toMatchSnapshot();
  },
);

test("an empty folder is told what to do", () => {
  const lines = renderInspection(inspectStatic(makeProject({})));
  expect(lines[0]).toBe("There is no Django app here.");
  expect(lines.at(-1)).toBe("Next: Run mizan in the app's folder, or name it with --cwd.");
});

test("missing variables come first among the variables, and are the next step", () => {
  const lines = renderInspection(LOADED);
  const at = lines.indexOf("Environment variables that the settings ask for");
  expect(lines.slice(at + 1, at + 4)).toEqual([
    "  missing   API_KEY (config/settings.py:3)",
    "  given     LOG_LEVEL",
    "  optional  SENTRY_DSN",
  ]);
  expect(lines.at(-1)).toBe("Next: write API_KEY into .env, then mizan deploy");
});

test("what of the Procfile does not run is said, and no command is shown", () => {
  const lines = renderInspection(
    inspectStatic(
      makeProject({
        "manage.py": 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site.settings")\n',
        "site/settings.py": "",
        Procfile: "web: gunicorn\nrelease: ./manage.py migrate\nbot: TOKEN=canary python bot.py\n",
      }),
    ),
  );
  const text = lines.join("\n");
  expect(text).toContain("bot       not run: Mizan runs the web server and Celery (Procfile)");
  expect(text).toContain("release   not run as it stands: Mizan migrates by itself, once");
  expect(text).not.toContain("canary");
});

test("no line of any fixture is wider than 100 columns or holds a control character", () => {
  for (const name of readdirSync(FIXTURES)) {
    if (!isInspectable(name)) continue;
    for (const line of renderInspection(inspectFixture(name))) {
      expect(line.length, `${name}: ${line}`).toBeLessThanOrEqual(100);
      expect(findControlCharacters(line)).toEqual([]);
    }
  }
});

test("names with control characters or without end do not break the page", () => {
  const name = `${"x".repeat(150)}\u001b[31m\n`;
  const facts = { ...LOADED.facts };
  const frontend = { root: name, packageManager: "npm", framework: null, bundler: null } as const;
  const lines = renderInspection({
    ...LOADED,
    facts: {
      ...facts,
      frontends: {
        value: [{ ...frontend, build: "build", output: name }],
        from: "x",
        confidence: "likely",
        override: "",
      },
    },
  });
  expect(findControlCharacters(lines.join("\n"))).toEqual([]);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
});

test("paints headings and severities only, and as it is told to", () => {
  const painted = renderInspection(
    inspectFixture("python-disagrees"),
    (style, text) => `<${style}>${text}</>`,
  );
  expect(painted).toContain("<bold>What will run</>");
  expect(painted.join("\n")).toContain("<yellow>warning</>");
  expect(painted.at(-1)).toMatch(/^<bold>Next:<\/> mizan deploy/);
});

/** Fixtures whose inspection is an error have no page. */
function isInspectable(name: string): boolean {
  const path = join(FIXTURES, name, "case.json");
  if (!existsSync(path)) return false;
  const { error } = JSON.parse(readFileSync(path, "utf8")) as { error?: unknown };
  return error === undefined;
}

function makeProject(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "mizan-why-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

test("an app whose templates are components runs Bun besides, with the folders it renders", () => {
  const ssr = { folders: ["frontend", "shared"], worker: "worker.tsx", timeoutSeconds: 5 };
  const locations = { TEMPLATES: "config/settings.py:30" };
  const settings = { ...SETTINGS_FACTS, ssr, locations };
  const inspection = mergeSettingsFacts(inspectFixture("backend-and-frontend"), settings);
  expect(inspection.facts["settings.ssr"]).toMatchObject({ value: ssr, from: locations.TEMPLATES });
  expect(renderInspection(inspection)).toContainEqual(
    expect.stringMatching(
      /ssr +Bun, for the components of templates in frontend and shared \(config\/settings\.py:30\)/,
    ),
  );
});
