/** Runs the built `mizan` as a user's script would: a process of its own, `--json`, its lines parsed. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

/** The program as `npm run build` makes it. */
export const builtBin = join(import.meta.dirname, "../../dist/cli/bin.mjs");

export interface MizanOptions {
  readonly cwd: string;
  /** Added to this process's environment, less what would change how `mizan` behaves. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: `builtBin`. */
  readonly bin?: string;
  /** Default: the Node that runs the tests. */
  readonly node?: string;
  /** Default 240; then SIGKILL, and the run fails. */
  readonly timeoutSeconds?: number;
}

/** One line of `--json`. */
export interface MizanLine {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** The last line of `--json`. */
export interface MizanResult extends MizanLine {
  readonly ok: boolean;
  readonly exitCode?: number;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly hint?: string;
    readonly docs?: string;
    readonly details?: Readonly<Record<string, unknown>>;
  };
}

export interface MizanRun {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Every line but the result. */
  readonly events: readonly MizanLine[];
  /** null when the program was killed before it could say. */
  readonly result: MizanResult | null;
  readonly stderr: string;
  readonly durationMs: number;
}

/** A run under way, for tests that interrupt it. */
export interface StartedMizan {
  readonly child: ChildProcess;
  readonly finished: Promise<MizanRun>;
}

/**
 * Runs `mizan <words> --json` to its end; fails the test when stdout is not what scripts rely on,
 * or when a process that was left behind still holds its stdout.
 */
export function runMizan(words: readonly string[], options: MizanOptions): Promise<MizanRun> {
  return startMizan(words, options).finished;
}

/** Like `runMizan`, but must succeed: a failure shows the error and stderr. Returns the result. */
export async function expectMizan(
  words: readonly string[],
  options: MizanOptions,
): Promise<MizanResult> {
  const { result, stderr, exitCode } = await runMizan(words, options);
  if (result?.ok === true && exitCode === 0) return result;
  const shown = JSON.stringify(result?.error ?? null, null, 2);
  throw new Error(`mizan ${words.join(" ")} ended with ${exitCode}: ${shown}\n${stderr}`);
}

export function startMizan(words: readonly string[], options: MizanOptions): StartedMizan {
  const startedAtMs = performance.now();
  const child = spawn(
    options.node ?? process.execPath,
    [options.bin ?? builtBin, ...words, "--json"],
    {
      cwd: options.cwd,
      env: { ...buildCleanEnvironment(), ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const command = `mizan ${words.join(" ")}`;
  const finished = collectRun(child, command, options.timeoutSeconds ?? 240).then((run) => ({
    ...run,
    durationMs: performance.now() - startedAtMs,
  }));
  return { child, finished };
}

/** What a user's shell would have: nothing of npm, vitest or another `mizan`. */
export function buildCleanEnvironment(): Record<string, string> {
  const foreign =
    /^(MIZAN_|npm_(?!config_)|npm_config_local_prefix$|INIT_CWD$|VITEST|NODE_(ENV|OPTIONS|PATH|CHANNEL|V8)|DJANGO_|(CI|TEST|DEV|PROD|MODE|SSR|BASE_URL)$)/;
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return Object.fromEntries(kept) as Record<string, string>; // process.env holds no undefined
}

async function collectRun(
  child: ChildProcess,
  command: string,
  timeoutSeconds: number,
): Promise<Omit<MizanRun, "durationMs">> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error("started without pipes");
  const outputs = Promise.all([text(stdout), text(stderr)]);
  outputs.catch(() => undefined); // told below, where it is awaited
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill("SIGKILL");
  }, timeoutSeconds * 1000);
  const [exitCode, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  clearTimeout(timer);
  const collected = await Promise.race([outputs, sleep(2000, null, { ref: false })]);
  if (collected === null) {
    stdout.destroy();
    stderr.destroy();
    throw new Error(`${command} has ended, but something it started still holds its output`);
  }
  const [out, err] = collected;
  if (timedOut) throw new Error(`${command} took over ${timeoutSeconds} s:\n${out}\n${err}`);
  return { exitCode, signal, stderr: err, ...parseLines(out, command) };
}

function parseLines(out: string, command: string): Pick<MizanRun, "events" | "result"> {
  const lines = out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => parseLine(line, command));
  const last = lines.at(-1);
  if (last?.type !== "result") return { events: lines, result: null };
  return { events: lines.slice(0, -1), result: last as MizanResult }; // D11: the form of the last line
}

function parseLine(line: string, command: string): MizanLine {
  try {
    return JSON.parse(line) as MizanLine;
  } catch (cause) {
    throw new Error(`${command} --json wrote a line that is no JSON: ${line}`, { cause });
  }
}
