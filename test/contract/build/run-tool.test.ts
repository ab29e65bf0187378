import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RunToolOptions, runTool } from "../../../cli/tools/run-tool.ts";

const environment = { PATH: process.env["PATH"] };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mz-tool-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(script: string, options: Partial<RunToolOptions> = {}): Promise<string> {
  return runTool({
    command: ["sh", "-c", script],
    cwd: folder,
    environment,
    failure: { code: "BUILD_FAILED", message: "It did not build" },
    ...options,
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A process that has ended but was not waited for yet is no process any more.
  return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
}

async function waitFor(condition: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error("waited 10 s in vain");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe("runTool", () => {
  it("gives stdout, logs both streams for the user only, and tells the newest line without colours", async () => {
    const logFile = join(folder, "log/build.log");
    const lines: string[] = [];
    const onLine = (line: string) => lines.push(line);
    const script =
      "echo one; sleep 0.1; printf '\\033[31mtwo\\033[0m\\n' >&2; sleep 0.1; echo three";
    expect(await run(script, { logFile, onLine })).toBe("one\nthree\n");
    expect(readFileSync(logFile, "utf8")).toContain("two");
    expect(statSync(logFile).mode & 0o777).toBe(0o600);
    expect(lines).toEqual(["one", "two", "three"]);
  });

  it("hands over the given environment and nothing else", async () => {
    const output = await run("env", { environment: { ...environment, A: "1", B: undefined } });
    const names = output.split("\n").map((line) => line.split("=")[0]);
    expect(names).toContain("A");
    expect(names).not.toContain("HOME");
    expect(names).not.toContain("B");
  });

  it("fails with the given code, the last 30 lines and the log", async () => {
    const logFile = join(folder, "build.log");
    const failure = {
      code: "BUILD_FAILED" as const,
      message: "It did not build",
      hint: (output: string) => (output.includes("line 40") ? "do this" : undefined),
    };
    const error = await run("for i in $(seq 40); do echo line $i; done; exit 3", {
      logFile,
      failure,
    }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: "BUILD_FAILED",
      message: "It did not build (sh: exit 3)",
      hint: "do this",
      details: { logFile },
    });
    const output = (error as { details: { output: string } }).details.output.split("\n");
    expect([output.length, output[0], output.at(-1)]).toEqual([30, "line 11", "line 40"]);
  });

  it("names a program that is not there", async () => {
    const command = ["mizan-no-such-program"] as const;
    await expect(run("", { command, missingHint: "get it" })).rejects.toMatchObject({
      code: "TOOL_MISSING",
      hint: "get it",
      exitCode: 5,
    });
  });

  it("tells a full disk from other failures, whoever says it", async () => {
    const script = "echo 'OSError: [Errno 28] No space left on device' >&2; exit 1";
    await expect(run(script)).rejects.toMatchObject({ code: "DISK_FULL", exitCode: 5 });
  });

  it("ends the whole process group when it is interrupted", async () => {
    const controller = new AbortController();
    const pidFile = join(folder, "pid");
    const running = run(`sleep 60 & echo $! > ${pidFile}.tmp; mv ${pidFile}.tmp ${pidFile}; wait`, {
      signal: controller.signal,
    }).catch((caught: unknown) => caught);
    const readPid = () => {
      try {
        return Number(readFileSync(pidFile, "utf8"));
      } catch {
        return 0;
      }
    };
    await waitFor(() => readPid() > 0);
    const pid = readPid();
    controller.abort();
    expect(await running).toMatchObject({ code: "INTERRUPTED", exitCode: 130 });
    await waitFor(() => !isAlive(pid));
  });

  it("runs build steps at low priority, their children too", async () => {
    writeFileSync(join(folder, "nice.sh"), "sleep 0.2; nice; sh -c nice\n");
    const output = await runTool({
      command: ["sh", "nice.sh"],
      cwd: folder,
      environment,
      lowPriority: true,
      failure: { code: "BUILD_FAILED", message: "x" },
    });
    const levels = output.trim().split("\n").map(Number);
    expect(levels.length).toBe(2);
    for (const level of levels) expect(level).toBeGreaterThanOrEqual(10);
  });
});
