import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ProjectFiles } from "../../../../cli/inspect/facts.ts";
import { inspectStatic } from "../../../../cli/inspect/inspect-static.ts";
import { chooseNodePackageManager } from "../../../../cli/inspect/node-package-manager.ts";
import { inspectFixturesFolder } from "../../../helpers/inspect-fixtures.ts";

function createFiles(texts: Readonly<Record<string, string>>): ProjectFiles {
  return {
    root: "/app",
    paths: Object.keys(texts).sort(),
    has: (path) => texts[path] !== undefined,
    read: (path) => texts[path] ?? null,
  };
}

function choose(texts: Readonly<Record<string, string>>) {
  const { packageManager, findings } = chooseNodePackageManager(createFiles(texts), "ui");
  return [packageManager, ...findings.map(({ code }) => code)];
}

describe("chooseNodePackageManager", () => {
  test("npm's devEngines names the manager too", () => {
    const devEngines = { packageManager: { name: "pnpm", version: ">=10" } };
    const package_ = JSON.stringify({ devEngines });
    expect(choose({ "ui/package.json": package_, "ui/pnpm-lock.yaml": "" })).toEqual(["pnpm"]);
  });

  test("the lock of another manager above is told, its own lock above is enough", () => {
    const package_ = JSON.stringify({ packageManager: "yarn@4.18.1" });
    expect(choose({ "ui/package.json": package_, "bun.lock": "" })).toEqual([
      "yarn",
      "LOCK_IGNORED",
    ]);
    expect(choose({ "ui/package.json": package_, "yarn.lock": "" })).toEqual(["yarn"]);
  });
});

test("two locks that the config decides between are both shown", () => {
  const { facts } = inspectStatic(join(inspectFixturesFolder, "two-node-locks"), { frontends: [] });
  expect(facts.frontends?.considered?.map(({ value, from }) => [value, from])).toEqual([
    [[], "mizan.config"],
    ["yarn", "ui/yarn.lock"],
    ["npm", "ui/package-lock.json"],
  ]);
});
