import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseConfig } from "../../../cli/config/load-config.ts";
import { FACT_KEYS } from "../../../cli/inspect/fact-table.ts";
import { buildConfigJsonSchema } from "../../tooling/reference/config-json-schema.ts";
import { listConfigKeys } from "../../tooling/reference/list-config-keys.ts";
import { listReferenceFiles } from "../../tooling/reference/reference-files.ts";

const repository = join(import.meta.dirname, "../../..");
const keys = listConfigKeys(buildConfigJsonSchema());

test.each(listReferenceFiles())("$path is as its sources are", ({ path, text }) => {
  const file = join(repository, path);
  const committed = existsSync(file) ? readFileSync(file, "utf8") : "";
  expect(committed, "renew it: node test/tooling/write-reference.ts").toBe(text);
});

test("every key of the config has a description that ends as a sentence", () => {
  expect(keys.length).toBeGreaterThan(50);
  expect(keys.filter(({ description }) => !/[.}]$/.test(description))).toEqual([]);
});

test("the page names every fact", () => {
  const page = listReferenceFiles().find(({ path }) => path.endsWith(".md"))?.text ?? "";
  for (const key of FACT_KEYS) expect(page).toContain(`| \`${key}\``);
});

test("defaults that the page shows are those that an empty config gets", () => {
  const config = parseConfig({ environments: { local: {} } }, "mizan.config.json");
  const environment = Object.entries(config.environments["local"] ?? {});
  const shown = keys
    .filter(({ path, default: value }) => path.startsWith("environments.<name>.") && value !== null)
    .map(({ path, default: value }) => [path.split(".").at(-1), JSON.parse(value ?? "")]);
  expect(Object.fromEntries(shown)).toEqual(
    Object.fromEntries(environment.filter(([, value]) => value !== undefined)),
  );
});

test("a JSON config may name its schema, where the package has it", () => {
  const [, schema] = listReferenceFiles();
  const $schema = `./node_modules/@mizan/deploy/${schema?.path}`;
  expect(parseConfig({ $schema }, "mizan.config.json")).toMatchObject({ environments: {} });
  const manifest = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  expect(manifest.files).toContain("templates");
});
