/** What the helper refuses is what scripts must never see from `mizan --json`. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { expectMizan, runMizan } from "../../helpers/run-mizan.ts";

const folder = mkdtempSync(join(tmpdir(), "mz-run-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A program in place of `mizan`. */
function writeProgram(name: string, source: string): string {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, source);
  return path;
}

test("parts events from the result and passes the exit status on", async () => {
  const bin = writeProgram(
    "fails",
    `console.log('{"type":"step","words":' + JSON.stringify(process.argv.slice(2)) + '}');
     console.log('{"type":"result","ok":false,"exitCode":8,"error":{"code":"X","message":"held"}}');
     console.error("note"); process.exitCode = 8;`,
  );
  const run = await runMizan(["deploy"], { cwd: folder, bin });
  expect(run).toMatchObject({ exitCode: 8, signal: null, stderr: "note\n" });
  expect(run.events).toEqual([{ type: "step", words: ["deploy", "--json"] }]);
  expect(run.result?.error?.message).toBe("held");
  await expect(expectMizan(["deploy"], { cwd: folder, bin })).rejects.toThrow(
    /ended with 8.*held/s,
  );
});

test("refuses a line that is no JSON", async () => {
  const bin = writeProgram("talks", `console.log("Deploying…");`);
  await expect(runMizan([], { cwd: folder, bin })).rejects.toThrow("no JSON: Deploying…");
});

test("fails when a process that was left behind holds stdout", async () => {
  const bin = writeProgram(
    "holds",
    `import { spawn } from "node:child_process";
     spawn("sleep", ["4"], { stdio: "inherit", detached: true }).unref();`,
  );
  await expect(runMizan([], { cwd: folder, bin })).rejects.toThrow("still holds its output");
});

test("ends a program that does not end, and says so", async () => {
  const bin = writeProgram("hangs", `setInterval(() => {}, 1000);`);
  const run = runMizan([], { cwd: folder, bin, timeoutSeconds: 0.5 });
  await expect(run).rejects.toThrow("took over 0.5 s");
});

test("gives the program nothing of npm, vitest or another mizan, but the settings of this machine", async () => {
  const bin = writeProgram(
    "environment",
    `console.log(JSON.stringify({ type: "result", ok: true, names: Object.keys(process.env) }));`,
  );
  process.env["MIZAN_ENV"] = "other";
  process.env["NODE_EXTRA_CA_CERTS"] ??= "";
  const { result } = await runMizan([], { cwd: folder, bin, env: { ADDED: "1" } });
  delete process.env["MIZAN_ENV"];
  const names = result?.["names"];
  expect(names).toEqual(expect.arrayContaining(["PATH", "ADDED", "NODE_EXTRA_CA_CERTS"]));
  expect(names).not.toContain("MIZAN_ENV");
  expect(names).not.toContain("NODE_ENV");
  expect(names).not.toContain("VITEST");
});
