/** A temporary project is a clean copy, and leaves nothing behind. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createTempProject } from "../../helpers/temp-project.ts";
import { waitFor } from "../../helpers/wait-for.ts";

test("copies the app without what git does not have, as a repository, and takes edits", async () => {
  const source = mkdtempSync(join(tmpdir(), "mz-source-"));
  onTestFinished(() => rmSync(source, { recursive: true }));
  mkdirSync(join(source, "app/node_modules"), { recursive: true });
  writeFileSync(join(source, "app/a.py"), "VERSION = 1\n");
  const project = await createTempProject(source);
  expect(existsSync(join(project.folder, "app/node_modules"))).toBe(false);
  expect(existsSync(join(project.folder, ".git"))).toBe(true);
  expect(project.folder.length).toBeLessThan(30);
  await project.edit("app/a.py", (text) => text.replace("1", "2"));
  expect(readFileSync(join(project.folder, "app/a.py"), "utf8")).toBe("VERSION = 2\n");
  await expect(project.edit("app/a.py", (text) => text)).rejects.toThrow("changed nothing");
  await project.remove();
  expect(existsSync(project.folder)).toBe(false);
});

test("ends a process that was left in it, and says so", async () => {
  const project = await createTempProject(null);
  const child = spawn("sleep", ["60"], { cwd: project.folder, stdio: "ignore" });
  const ended = once(child, "exit");
  await waitFor("the process to show", () => project.processes().length === 1);
  await expect(project.remove()).rejects.toThrow(`left running: ${child.pid} sleep 60`);
  expect(await ended).toEqual([null, "SIGKILL"]);
});
