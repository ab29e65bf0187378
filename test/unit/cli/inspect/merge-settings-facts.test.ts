import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { inspectStatic } from "../../../../cli/inspect/inspect-static.ts";
import { mergeSettingsFacts } from "../../../../cli/inspect/merge-settings-facts.ts";
import type { AskedVariable, SettingsFacts } from "../../../../runtime/origin/contract.ts";
import { SETTINGS_FACTS } from "./settings-facts-example.ts";

const PROJECT = join(import.meta.dirname, "../../../fixtures/inspect/backend-and-frontend");

function merge(
  changes: Partial<SettingsFacts> = {},
  overrides = {},
  variables: AskedVariable[] = [],
) {
  const settings = { ...SETTINGS_FACTS, ...changes };
  return mergeSettingsFacts(inspectStatic(PROJECT, overrides), settings, variables);
}

const codes = (changes: Partial<SettingsFacts>) => merge(changes).findings.map(({ code }) => code);

describe("facts", () => {
  test("settings win over the static guess, with the line that says so", () => {
    const { facts } = merge();
    expect(facts["backend.database"]).toMatchObject({
      value: "postgresql",
      from: "config/settings.py:41",
      confidence: "certain",
    });
    expect(facts["settings.static"]?.value.url).toBe("/static/");
    expect(facts["settings.migrations"]?.value.heads).toEqual({ shop: "0001_initial" });
  });

  test("an override of the config wins over the settings too", () => {
    const { facts } = merge({}, { "backend.database": "mysql", "backend.interface": "asgi" });
    expect(facts["backend.database"]).toMatchObject({ value: "mysql", from: "mizan.config" });
    expect(facts["backend.interface"]).toMatchObject({ value: "asgi", from: "mizan.config" });
  });

  test("the static evidence is kept where it agrees", () => {
    const { facts } = merge();
    expect(facts["backend.wsgi"]).toMatchObject({
      from: "backend/config/settings.py:2",
      confidence: "certain",
    });
  });

  test("a beat that the Procfile starts runs, though the settings hold no schedule", () => {
    const celery = { app: "config.celery:app", beat: false, broker: "redis" } as const;
    const folder = join(PROJECT, "../procfile-celery");
    const started = mergeSettingsFacts(inspectStatic(folder), { ...SETTINGS_FACTS, celery }, []);
    expect(started.facts["backend.celery"]).toMatchObject({
      value: { app: "config.celery:app", beat: true },
      from: "config/celery.py:3",
    });
    expect(merge({ celery }).facts["backend.celery"]?.value?.beat).toBe(false);
  });

  test.each([
    ["wsgi when nothing asks for ASGI", {}, "wsgi"],
    ["asgi when ASGI_APPLICATION is set", { locations: { ASGI_APPLICATION: "s.py:1" } }, "asgi"],
    ["asgi with channels", { channels: { layer: "redis" } }, "asgi"],
    [
      "wsgi with channels but no ASGI application",
      { channels: { layer: null }, asgi: null },
      "wsgi",
    ],
    ["asgi when there is no WSGI application", { wsgi: null }, "asgi"],
  ] as const)("the interface is %s", (_claim, changes, expected) => {
    expect(merge(changes).facts["backend.interface"]?.value).toBe(expected);
  });
});

test("an asgi.py that no setting names is no reason to say that there is none", () => {
  const { facts } = merge({ asgi: null });
  expect(facts["backend.interface"]).toMatchObject({
    value: "wsgi",
    from: "nothing asks for ASGI",
  });
  expect(facts["backend.asgi"]?.value).toBe("config.asgi:application");
});

describe("findings", () => {
  test("a sound app has none", () => {
    expect(codes({})).toEqual([]);
  });

  test("unsafe defaults are told with their lines", () => {
    const { findings } = merge({ debug: true, allowedHosts: ["*"], secretKey: "placeholder" });
    expect(findings.map(({ code }) => code)).toEqual(["DJ01", "DJ04", "DJ16"]);
    expect(findings[0]).toMatchObject({ severity: "warning", evidence: "config/settings.py:9" });
    expect(findings[2]?.evidence).toBe("setting DEBUG");
  });

  test("connections kept open leak under ASGI only", () => {
    const databases = {
      default: { engine: "x", vendor: "postgresql", host: "none", connMaxAge: 60 },
    } as const;
    expect(codes({ databases })).toEqual([]);
    expect(codes({ databases, channels: { layer: "redis" } })).toEqual(["DJ09"]);
  });

  test("services in memory, files on disk and SQLite are told", () => {
    const found = codes({
      channels: { layer: "memory" },
      celery: { app: "config:app", beat: false, broker: "memory" },
      static: { ...SETTINGS_FACTS.static, root: null },
      media: { ...SETTINGS_FACTS.media, local: true },
      databases: { default: { engine: "x", vendor: "sqlite", host: "file", connMaxAge: 0 } },
    });
    expect(found).toEqual(["DJ05", "DJ12", "DJ15", "DATABASE_SQLITE", "CELERY_BROKER_MEMORY"]);
  });

  test("all missing variables come in one finding", () => {
    const variable = { required: true, present: false, file: "config/settings.py", line: 3 };
    const { findings } = merge({}, {}, [
      { name: "SECRET_KEY", ...variable },
      { name: "API_KEY", ...variable },
      { name: "HOME", ...variable, present: true },
    ]);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      code: "DJ24",
      hint: "Add to .env: SECRET_KEY=… API_KEY=…",
    });
  });
});
