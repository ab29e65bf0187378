/** Bun is taken from where it is, kept where it stays, or brought by npm. */

import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BUN_VERSION, ensureBun } from "../../../cli/build/components/ensure-bun.ts";

const OWN_BUN = join(import.meta.dirname, "../../../node_modules/bun/bin/bun.exe");
const { PATH: _ofTheMachine, ...rest } = process.env;

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "mz-bun-")));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A PATH with these programs and what scripts need. */
function environmentWith(...folders: string[]) {
  return { ...rest, PATH: [...folders, "/usr/bin", "/bin"].join(":") };
}

function writeBun(path: string, version: string): string {
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho ${version}\n`);
  chmodSync(path, 0o755);
  return path;
}

test("one on PATH is used as it is; one that is too old or broken is not", async () => {
  writeBun(join(folder, "old/bun"), "1.2.21");
  writeBun(join(folder, "broken/bun"), "no version");
  const good = writeBun(join(folder, "good/bun"), "1.3.0");
  const onPath = ["old", "broken", "good"].map((name) => join(folder, name));
  const options = { environment: environmentWith(...onPath), toolsFolder: join(folder, "tools") };
  expect(await ensureBun(options)).toBe(good);
});

test("the app's own is copied, since its node_modules come and go", async () => {
  const bin = join(folder, "app/node_modules/.bin");
  const installed = writeBun(join(folder, "app/node_modules/bun/bin/bun.exe"), "1.9.9");
  mkdirSync(bin);
  symlinkSync(installed, join(bin, "bun"));
  const toolsFolder = join(folder, "tools");
  const options = { environment: environmentWith(), packageFolders: [join(folder, "app")] };
  const program = await ensureBun({ ...options, toolsFolder });
  expect(program).toBe(join(toolsFolder, "bun-1.9.9/bun"));
  rmSync(join(folder, "app"), { recursive: true });
  expect(execFileSync(program, ["--version"], { encoding: "utf8" })).toBe("1.9.9\n");
});

test("where there is none, npm brings our version once, and only the program is kept", async () => {
  const toolsFolder = join(folder, "tools");
  const program = await ensureBun({ environment: environmentWith(), toolsFolder });
  expect(program).toBe(join(toolsFolder, `bun-${BUN_VERSION}/bun`));
  expect(execFileSync(program, ["--version"], { encoding: "utf8" })).toBe(`${BUN_VERSION}\n`);
  expect(readdirSync(join(program, ".."))).toEqual(["bun"]);
  // Without npm: it is not asked again.
  const again = await ensureBun({ environment: { PATH: "/nowhere" }, toolsFolder });
  expect(again).toBe(program);
});

test("without npm it says what to install, and leaves nothing behind", async () => {
  const toolsFolder = join(folder, "tools");
  await expect(ensureBun({ environment: { PATH: "/nowhere" }, toolsFolder })).rejects.toMatchObject(
    { code: "TOOL_MISSING", hint: expect.stringContaining("Install npm, or Bun") },
  );
  expect(readdirSync(join(toolsFolder, `bun-${BUN_VERSION}`))).toEqual([]);
});

test("the version that the tests run with is the one that is brought", () => {
  expect(existsSync(OWN_BUN)).toBe(true);
  expect(execFileSync(OWN_BUN, ["--version"], { encoding: "utf8" })).toBe(`${BUN_VERSION}\n`);
});
