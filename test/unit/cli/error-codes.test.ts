import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { EXIT_CODE } from "../../../infra/contract/errors.ts";

const root = join(import.meta.dirname, "../../..");

/** Sources by path from the root: TypeScript that is ours. */
function readSources(folder: string): Map<string, string> {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".ts"));
  const paths = files.map((entry) => join(entry.parentPath, entry.name));
  const ours = paths.filter(
    (path) => !path.includes("node_modules") && path !== import.meta.filename,
  );
  return new Map(ours.map((path) => [relative(root, path), readFileSync(path, "utf8")]));
}

function listCodesWithout(sources: Map<string, string>): string[] {
  const all = [...sources.values()].join("\n");
  return Object.keys(EXIT_CODE).filter((code) => !new RegExp(`\\b${code}\\b`).test(all));
}

describe("every error code", () => {
  it("is thrown somewhere", () => {
    expect(listCodesWithout(readSources("cli"))).toEqual([]);
  });

  it("has a test that expects it", () => {
    expect(listCodesWithout(readSources("test"))).toEqual([]);
  });

  it("has an exit status that the documentation has", () => {
    expect([...new Set(Object.values(EXIT_CODE))].sort((a, b) => a - b)).toEqual([
      2, 3, 4, 5, 7, 8, 9, 130,
    ]);
  });
});
