import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../../../../cli/config/load-config.ts";
import { writeStarterConfig } from "../../../../cli/config/write-starter-config.ts";
import { inspectStatic } from "../../../../cli/inspect/inspect-static.ts";

const REPO = join(import.meta.dirname, "../../../..");
const TEMPLATE = join(REPO, "templates/config/mizan.config.ts");
const INSPECTION = inspectStatic(join(REPO, "test/fixtures/inspect/backend-and-frontend"));

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "mz-init-"));
});
afterEach(() => rm(root, { recursive: true }));

test("changes nothing: the starter config loads and equals no config", async () => {
  await writeStarterConfig(root, TEMPLATE, INSPECTION);
  const { config } = await loadConfig(root);
  expect(config.facts).toEqual({});
  expect(Object.keys(config.environments)).toEqual(["local"]);
});

test("shows what was found, and uncommented it says the same", async () => {
  const { path } = await writeStarterConfig(root, TEMPLATE, INSPECTION);
  const text = await readFile(path, "utf8");
  expect(text).toContain('// "backend.root": "backend", // backend/manage.py:8');
  expect(text).not.toContain("{{");
  const uncommented = text.replaceAll(/^ {4}\/\/ (?=("[\w.]+"|\w+): .*, \/\/ )/gm, "    ");
  await writeFile(path, uncommented);
  const { config } = await loadConfig(root);
  const found = Object.entries(INSPECTION.facts).map(([key, { value }]) => [key, value]);
  expect(config.facts).toEqual(Object.fromEntries(found));
});

test("every option that it shows is a real one", async () => {
  const text = await readFile(TEMPLATE, "utf8");
  const options = text.replaceAll(/^( *)\/\/ (\w+: .*,)$/gm, "$1$2");
  await writeFile(join(root, "mizan.config.ts"), options);
  const { config } = await loadConfig(root);
  expect(config.environments["local"]).toMatchObject({ port: 8000, workers: 4, keepReleases: 5 });
});

test("never overwrites a config", async () => {
  const { path } = await writeStarterConfig(root, TEMPLATE, INSPECTION);
  const before = await readFile(path, "utf8");
  await expect(writeStarterConfig(root, TEMPLATE, INSPECTION)).rejects.toMatchObject({
    code: "GUARD_REFUSED",
    exitCode: 9,
    hint: expect.stringContaining("mizan.config.ts"),
  });
  expect(await readFile(path, "utf8")).toBe(before);
});
