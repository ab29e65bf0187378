import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { cp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { inspectStatic } from "../../../../cli/inspect/inspect-static.ts";
import { FRONTEND_TWISTS } from "../../../fixtures/inspect-frontend-table.ts";
import { LEARNT, MISTAKES, TWISTS } from "../../../fixtures/inspect-table.ts";
import { renderInspectTable } from "../../../fixtures/write-inspect-table.ts";
import { inspectFixturesFolder, readInspectCases } from "../../../helpers/inspect-fixtures.ts";

const cases = readInspectCases();

describe("the table of what the fixtures show", () => {
  test("README.md is what the table says", () => {
    const text = readFileSync(join(inspectFixturesFolder, "README.md"), "utf8");
    expect(text, "run: node test/fixtures/write-inspect-table.ts").toBe(renderInspectTable());
  });

  test("every fixture that it names is there and says what a deploy must do", () => {
    const shown = [...Object.values(MISTAKES).flat(), ...LEARNT, ...TWISTS, ...FRONTEND_TWISTS];
    const names = new Set(shown.flatMap(([, ...fixtures]) => fixtures));
    const known = new Map(cases.map((each) => [each.name, each]));
    expect([...names].filter((name) => !known.has(name))).toEqual([]);
    // One whose config overrides facts shows the config, and is not deployed.
    const silent = [...names].filter((name) => {
      const fixture = known.get(name);
      const isOverridden = Object.keys(fixture?.overrides ?? {}).length > 0;
      return fixture?.deploy === undefined && !isOverridden;
    });
    expect(silent).toEqual([]);
  });

  test("a fixture that must deploy says which page answers what", () => {
    const unasked = cases.filter(({ deploy, ask }) => deploy === "deploys" && ask === undefined);
    expect(unasked.map(({ name }) => name)).toEqual([]);
  });
});

test("static inspection runs no code: settings that write a file leave none", async () => {
  const folder = mkdtempSync(join(tmpdir(), "mz-wr-"));
  try {
    await cp(join(inspectFixturesFolder, "settings-that-write"), folder, { recursive: true });
    const before = readdirSync(folder, { recursive: true }).sort();
    const { facts } = inspectStatic(folder);
    expect(facts["backend.settingsModule"]?.value).toBe("config.settings");
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual(before);
    expect(existsSync(join(folder, "imported.txt"))).toBe(false);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
