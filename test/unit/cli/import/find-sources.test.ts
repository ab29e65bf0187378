import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findSources } from "../../../../cli/import/find-sources.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "mz-src-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function addFiles(...paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), "");
  }
}

function find(from: string): readonly string[] {
  return findSources(root, from).map(({ format, file }) => `${format} ${file}`);
}

it("takes a path before anything else, and tells its format by its name", () => {
  addFiles("fly.toml", "deploy/fly.staging.toml", "render", "ops/docker-compose.prod.yml");
  addFiles("Procfile.dev", "copilot/api/manifest.yml");
  expect(find("deploy/fly.staging.toml")).toEqual(["fly deploy/fly.staging.toml"]);
  expect(find("ops/docker-compose.prod.yml")).toEqual(["compose ops/docker-compose.prod.yml"]);
  expect(find("Procfile.dev")).toEqual(["procfile Procfile.dev"]);
  expect(find("copilot/api/manifest.yml")).toEqual(["copilot copilot/api/manifest.yml"]);
  expect(() => find("render")).toThrow(/cannot be told by its name/);
});

it("takes the usual file of a format, the preferred one of several", () => {
  addFiles("docker-compose.yml", "compose.yaml", "railway.json", "fly.yaml", "Procfile");
  expect(find("compose")).toEqual(["compose compose.yaml"]);
  expect(find("RAILWAY")).toEqual(["railway railway.json"]);
  expect(find("fly")).toEqual(["fly fly.yaml"]);
  expect(find("procfile")).toEqual(["procfile Procfile"]);
});

it("takes every service of Copilot, but not its environments and pipelines", () => {
  addFiles("copilot/web/manifest.yml", "copilot/worker/manifest.yaml", "copilot/.workspace");
  addFiles("copilot/environments/manifest.yml", "copilot/pipelines/manifest.yml");
  expect(find("copilot")).toEqual([
    "copilot copilot/web/manifest.yml",
    "copilot copilot/worker/manifest.yaml",
  ]);
});

it("with auto takes the only format that is there", () => {
  addFiles("render.yaml");
  expect(find("auto")).toEqual(["render render.yaml"]);
  addFiles("fly.toml");
  expect(() => find("auto")).toThrow(
    expect.objectContaining({
      code: "USAGE",
      message: "Several could be imported: fly.toml, render.yaml",
      hint: expect.stringContaining("--from fly.toml"),
    }),
  );
});

it.each([
  ["auto", /Nothing to import/],
  ["fly", /no fly\.toml or/],
  ["copilot", /no copilot\/<name>\/manifest\.yml/],
  ["heroku", /neither a file here nor a format/],
  [".", /neither a file here nor a format/],
])("says of --from %s what is known, where nothing is there", (from, message) => {
  expect(() => find(from)).toThrow(
    expect.objectContaining({
      code: "USAGE",
      exitCode: 2,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(/\w/),
    }),
  );
});
