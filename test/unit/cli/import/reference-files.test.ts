import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listPaths, parseDocument, reportFile } from "./key-paths.ts";

/** One file a format, written from its published reference with every key of it. */
const FOLDER = join(import.meta.dirname, "../../../fixtures/import/reference");
const FILES = [
  "fly.toml",
  "railway.json",
  "render.yaml",
  "compose.yaml",
  ...readdirSync(join(FOLDER, "copilot")).map((name) => `copilot/${name}`),
];

describe.each(FILES)("%s, with every key of the published reference", (file) => {
  const { text, rows } = reportFile(FOLDER, file);

  it("has no key that is not known", () => {
    expect(rows.filter(({ outcome }) => outcome === "unknown")).toEqual([]);
  });

  it("has each of its keys in the report once", () => {
    const { keys, items } = listPaths(parseDocument(text, file));
    const reported = rows.map(({ key }) => key).filter((key) => !key.endsWith("<<"));
    const ofItems = new Set(items);
    expect(reported.filter((key) => !ofItems.has(key)).sort()).toEqual([...keys].sort());
    expect(new Set(reported).size).toBe(reported.length);
  });

  it("names the line that each key stands on", () => {
    const lines = text.split("\n");
    const wrong = rows.filter(({ key, line }) => {
      const last = /(<<|\w+)"?\]?$/.exec(key)?.[1] ?? key;
      return !key.endsWith("]") && !lines[line - 1]?.includes(last);
    });
    expect(wrong).toEqual([]);
  });
});

it("reports a key that a format does not have, wherever it stands, with all that is below it", () => {
  const unknown = reportFile(join(FOLDER, "../misspelt"), "fly.toml").rows.filter(
    ({ outcome }) => outcome === "unknown",
  );
  expect(unknown.map(({ key, line }) => `${line} ${key}`)).toEqual([
    "2 primary_regoin",
    "5 deploy.releese_command",
    "9 http_service.checks[0].pth",
    "11 vms",
    "12 vms.size",
    "13 vms.deeper",
    "13 vms.deeper.still",
  ]);
});

it("says of a known key with a value of the wrong type that it is not understood", () => {
  const { rows, collector } = reportFile(join(FOLDER, "../misspelt"), "railway.json");
  expect(rows.map(({ key, outcome }) => `${key} ${outcome}`)).toEqual([
    "build unknown",
    "deploy section",
    "deploy.startCommand unknown",
    "deploy.startCommand.a unknown",
    "deploy.healthcheckTimeout none",
    "environments unknown",
  ]);
  expect(collector.facts.size + collector.environment.size).toBe(0);
});
