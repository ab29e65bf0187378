import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkNodeVersion } from "../../../../../cli/build/frontend/node-version.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "mz-node-"));
  mkdirSync(join(root, "ui"));
  write("ui/package.json", "{}");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  writeFileSync(join(root, path), text);
}

function check(version: string) {
  return checkNodeVersion(root, "ui", version).map(({ code, evidence }) => [code, evidence]);
}

describe("checkNodeVersion", () => {
  test("a project that asks for nothing takes any Node", () => {
    expect(check("v24.1.0")).toEqual([]);
  });

  test("the .nvmrc of a folder above counts, its major alone", () => {
    write(".nvmrc", "v20.9.0\n");
    expect(check("v20.20.2")).toEqual([]);
    expect(check("v24.1.0")).toEqual([["NODE_DIFFERS", ".nvmrc"]]);
  });

  test("the nearest file wins; a name without a number says nothing", () => {
    write(".nvmrc", "20\n");
    write("ui/.node-version", "24\n");
    expect(check("v24.1.0")).toEqual([]);
    write("ui/.node-version", "lts/iron\n");
    expect(check("v24.1.0")).toEqual([["NODE_DIFFERS", ".nvmrc"]]);
  });

  test.each([
    [">=20", [20, 24], [18]],
    [">=18 <21", [18, 20], [16, 21, 24]],
    ["^20.19.0 || >=22.12.0", [20, 22, 24], [18, 21]],
    ["16.x", [16], [14, 24]],
    ["18 - 20", [18, 19, 20], [17, 21]],
    ["<20.5", [18, 20], [21]],
    [">18.1", [18, 19], [17]],
    ["*", [24], []],
    ["20", [20], [24]],
  ])("engines %s", (range, allowed, others) => {
    write("ui/package.json", JSON.stringify({ engines: { node: range } }));
    for (const major of allowed) expect(check(`v${major}.1.0`), `${major}`).toEqual([]);
    for (const major of others) {
      expect(check(`v${major}.1.0`), `${major}`).toEqual([["NODE_DIFFERS", "ui/package.json"]]);
    }
  });
});
