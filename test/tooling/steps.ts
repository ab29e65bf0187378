/** Runs the steps of a gate or test run: quiet, timed, each with its own log, ended when it hangs. */

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "../..");
export const reportsFolder = join(root, ".cache/reports");
const logsFolder = join(root, ".cache/logs");

/** Lines of a failed step's log that are shown; the whole log is in its file. */
const SHOWN_LINES = 150;

/** How the tests of a step are counted: by a vitest JSON report, or by a last line `1 passed, 0 failed, 0 skipped`. */
export type CountSource = { readonly vitestReport: string } | "last-line";

export interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Absent: the step is no test suite. */
  readonly counts?: CountSource;
  /** Default 5. A step that takes longer has failed. */
  readonly timeoutMinutes?: number;
}

export interface StepResult {
  readonly step: Step;
  readonly ok: boolean;
  /** `exit status 1`, `signal SIGKILL`, `no end after 5 min`, or why it did not start. */
  readonly ending: string;
  readonly durationMs: number;
  readonly log: string;
}

/** Runs steps, at most `limit` at a time, and prints a line for each. A failure stops nothing. */
export async function runSteps(steps: readonly Step[], limit: number): Promise<StepResult[]> {
  const queue = [...steps];
  const results: StepResult[] = [];
  const running = new Set<ChildProcess>();
  const interrupt = (signal: NodeJS.Signals) => {
    queue.length = 0;
    for (const child of running) endGroup(child);
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    process.kill(process.pid, signal); // nobody listens any more: now it ends us too
  };
  process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  const work = async () => {
    for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
      const result = await runStep(step, running);
      printResult(result);
      results.push(result);
    }
  };
  await Promise.all(Array.from({ length: limit }, work));
  process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  return results;
}

/** The step writes to a file, not to a pipe: a process that it leaves behind cannot hold us. */
async function runStep(step: Step, running: Set<ChildProcess>): Promise<StepResult> {
  mkdirSync(logsFolder, { recursive: true });
  const logFile = join(logsFolder, `${step.name.replaceAll(/[^a-z0-9]+/g, "-")}.log`);
  const log = openSync(logFile, "w");
  const startedAtMs = performance.now();
  const [program, ...words] = step.command;
  const child = spawn(program, words, {
    cwd: root,
    stdio: ["ignore", log, log],
    detached: true, // a group of its own, so that a hanging step ends with all its children
    env: { ...process.env, PATH: buildPath() },
  });
  closeSync(log);
  running.add(child);
  const ending = await waitForEnd(child, step.timeoutMinutes ?? 5);
  running.delete(child);
  return {
    step,
    ok: ending === "exit status 0",
    ending,
    durationMs: performance.now() - startedAtMs,
    log: readFileSync(logFile, "utf8"),
  };
}

/** Node 24 and our tools first, then uv as the set-up put it, then the machine's. */
function buildPath(): string {
  const ours = ["node_modules/.bin", ".cache/tools/bin"].map((folder) => join(root, folder));
  return [...ours, process.env["PATH"]].join(":");
}

function waitForEnd(child: ChildProcess, timeoutMinutes: number): Promise<string> {
  return new Promise((resolve) => {
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      endGroup(child);
    }, timeoutMinutes * 60_000);
    const finish = (ending: string) => {
      clearTimeout(timer);
      resolve(timedOut ? `no end after ${timeoutMinutes} min` : ending);
    };
    child.once("error", (error) => finish(error.message));
    child.once("exit", (status, signal) =>
      finish(signal ? `signal ${signal}` : `exit status ${status}`),
    );
  });
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // it ended by itself
  }
}

function printResult({ step, ok, ending, durationMs, log }: StepResult): void {
  const seconds = `${(durationMs / 1000).toFixed(1)} s`;
  console.log(`${ok ? "ok    " : "FAILED"} ${step.name.padEnd(28)} ${seconds.padStart(8)}`);
  if (ok) return;
  const lines = log.trimEnd().split("\n");
  const shown = lines.slice(-SHOWN_LINES);
  if (shown.length < lines.length) console.log(`    … (${lines.length} lines in .cache/logs)`);
  for (const line of shown) console.log(`    ${line}`);
  console.log(`    ${step.command.join(" ")}: ${ending}`);
}
