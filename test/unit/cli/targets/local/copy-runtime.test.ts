import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { packageFile } from "../../../../../cli/package-files.ts";
import { copyRuntime } from "../../../../../cli/targets/local/copy-runtime.ts";

let folder: string;
let source: string;
let runtimes: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mz-copy-"));
  source = join(folder, "package");
  runtimes = join(folder, "project/runtime");
  await mkdir(join(source, "mizan_runtime/probe/__pycache__"), { recursive: true });
  await writeFile(join(source, "mizan_runtime/__init__.py"), "");
  await writeFile(join(source, "mizan_runtime/probe/run.py"), "one\n");
  await writeFile(join(source, "mizan_runtime/probe/__pycache__/run.pyc"), "compiled");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the runtime of a release", () => {
  it("is a copy without compiled files, in a folder named by its content", async () => {
    const first = await copyRuntime(source, runtimes);
    expect(await readFile(join(first, "mizan_runtime/probe/run.py"), "utf8")).toBe("one\n");
    expect(await readdir(join(first, "mizan_runtime/probe"))).toEqual(["run.py"]);
    expect(await copyRuntime(source, runtimes)).toBe(first);
  });

  it("stays as it is when mizan is upgraded: the new one is another folder", async () => {
    const first = await copyRuntime(source, runtimes);
    await writeFile(join(source, "mizan_runtime/probe/run.py"), "two\n");
    const second = await copyRuntime(source, runtimes);
    expect(second).not.toBe(first);
    expect(await readFile(join(first, "mizan_runtime/probe/run.py"), "utf8")).toBe("one\n");
  });

  it("is made once by deploys that come at the same time, and nothing half made is left", async () => {
    const folders = await Promise.all(
      Array.from({ length: 6 }, () => copyRuntime(source, runtimes)),
    );
    expect(new Set(folders).size).toBe(1);
    expect(await readdir(runtimes)).toHaveLength(1);
  });

  it("is what the package ships", async () => {
    const copy = await copyRuntime(packageFile("runtime/origin"), runtimes);
    expect(await readdir(join(copy, "mizan_runtime"))).toContain("__main__.py");
  });
});
