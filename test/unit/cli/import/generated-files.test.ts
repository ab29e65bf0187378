import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { stringify as stringifyToml } from "smol-toml";
import { afterAll, beforeAll, expect, it } from "vitest";
import { stringify as stringifyYaml } from "yaml";
import { formatKeyPath } from "../../../../cli/import/source-node.ts";
import { listPaths, parseDocument, reportFile } from "./key-paths.ts";

const FOLDER = join(import.meta.dirname, "../../../fixtures/import/reference");
const RUNS = 25;

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mz-imp-"));
});
afterAll(() => rmSync(root, { recursive: true }));

type Json = string | number | boolean | Json[] | { [key: string]: Json };

/** Names that people write, names with what the syntaxes quote, and names of JavaScript's own. */
const name = fc.oneof(
  fc.constantFrom(
    "size",
    "path",
    "x-own",
    "toString",
    "__proto__",
    "constructor",
    "a.b",
    "a b",
    "1",
  ),
  fc.string({ minLength: 1, maxLength: 6, unit: "grapheme-ascii" }),
);
const value: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string({ maxLength: 8 }),
    fc.integer(),
    fc.boolean(),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(name, tie("value"), { maxKeys: 3 }),
  ),
})).value;

/** How a document is changed: at a random place something is left out, added, or becomes another thing. */
const changes = fc.array(
  fc.record({
    seed: fc.nat(),
    kind: fc.constantFrom("drop", "add", "replace"),
    name,
    value,
  }),
  { maxLength: 8 },
);
type Changes = typeof changes extends fc.Arbitrary<infer T> ? T : never;

it.each([
  ["fly.toml", stringifyToml],
  ["railway.json", (document: unknown) => JSON.stringify(document, null, "\t")],
  ["render.yaml", (document: unknown) => stringifyYaml(document)],
  ["compose.yaml", (document: unknown) => stringifyYaml(document)],
  ["copilot/lb.manifest.yml", (document: unknown) => stringifyYaml(document)],
])("whatever stands in %s is in its report once, with its line", (file, stringify) => {
  const original = parseDocument(readFileSync(join(FOLDER, file), "utf8"), file);
  const path = file.replace("/", "-");
  fc.assert(
    fc.property(changes, (list) => {
      const document = applyChanges(structuredClone(original) as Record<string, Json>, list);
      writeFileSync(join(root, path), stringify(document));
      const { text, rows } = reportFile(root, path);
      checkPaths(
        listPaths(parseDocument(text, path)),
        rows.map(({ key }) => key),
      );
      const lines = text.split("\n");
      const elsewhere = rows.filter(({ key, line }) => {
        const last = /\.(\w+)$/.exec(key)?.[1];
        return last !== undefined && !lines[line - 1]?.includes(last);
      });
      expect(elsewhere).toEqual([]);
    }),
    { numRuns: RUNS },
  );
});

it("gives two paths never one name", () => {
  const path = fc.array(fc.oneof(name, fc.nat(3)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(path, path, (one, other) => {
      const isSame = JSON.stringify(one) === JSON.stringify(other);
      expect(formatKeyPath(one) === formatKeyPath(other)).toBe(isSame);
    }),
  );
});

function checkPaths(expected: ReturnType<typeof listPaths>, reported: readonly string[]): void {
  expect(new Set(reported).size).toBe(reported.length);
  const items = new Set(expected.items);
  const keys = new Set(expected.keys);
  expect(reported.filter((key) => !keys.has(key) && !items.has(key))).toEqual([]);
  const known = new Set(reported);
  expect(expected.keys.filter((key) => !known.has(key))).toEqual([]);
}

function applyChanges(document: Record<string, Json>, list: Changes): Record<string, Json> {
  for (const change of list) {
    const maps = listMaps(document);
    const map = maps[change.seed % maps.length];
    if (map === undefined) continue;
    const keys = Object.keys(map);
    const key = keys[change.seed % Math.max(keys.length, 1)];
    if (change.kind === "add") define(map, change.name, change.value);
    else if (key !== undefined && change.kind === "drop") delete map[key];
    else if (key !== undefined) define(map, key, change.value);
  }
  return document;
}

/** As parsers do it: a key `__proto__` is a key like others. */
function define(map: Record<string, Json>, key: string, given: Json): void {
  Object.defineProperty(map, key, {
    value: given,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function listMaps(node: Json | undefined): Record<string, Json>[] {
  if (Array.isArray(node)) return node.flatMap(listMaps);
  if (typeof node !== "object" || node === null) return [];
  return [node, ...Object.values(node).flatMap(listMaps)];
}
