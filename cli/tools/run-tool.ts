/** Runs one program of the machine (uv, npm, git, …): no shell, output to a log file, failures as MizanError. */

import { createWriteStream, mkdirSync, type WriteStream } from "node:fs";
import { setPriority } from "node:os";
import { basename, dirname } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { type ErrorCode, MizanError } from "../../infra/contract/errors.ts";

/** Program and arguments. The program is a name to look up on PATH, or absolute. */
export type Command = readonly [string, ...string[]];

/** What the caller says about a failure of the tool. */
export interface ToolFailure {
  readonly code: ErrorCode;
  /** What did not work, e.g. `The frontend in frontend/ did not build`. */
  readonly message: string;
  /** From the tool's last 300 lines to the cause in its own words, for the message. */
  readonly cause?: (output: string) => string | undefined;
  /** From the tool's last 300 lines to the one next step. */
  readonly hint?: (output: string) => string | undefined;
  /** Takes away what hides the cause, such as a usage text. */
  readonly shorten?: (output: string) => string;
}

export interface RunToolOptions {
  readonly command: Command;
  /** Absolute. */
  readonly cwd: string;
  /** The whole environment of the process: nothing is inherited. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Output is appended here (mode 0600). */
  readonly logFile?: string | undefined;
  /** The newest line of output, without control characters. */
  readonly onLine?: ((line: string) => void) | undefined;
  /** Ends the whole process group. */
  readonly signal?: AbortSignal | undefined;
  /** Build steps yield to live traffic on the same machine. Default: false. */
  readonly lowPriority?: boolean;
  readonly failure: ToolFailure;
  /** How to get the program when it is missing. */
  readonly missingHint?: string;
}

/** Lines of output that an error shows, and that are searched for its cause. */
const SHOWN_LINES = 30;
const TAIL_LINES = 300;
/** POSIX nice value of build steps. */
const BUILD_NICENESS = 10;
/** Largest stdout that is kept for the caller. */
const MAX_STDOUT_BYTES = 256 * 1024 * 1024;

/**
 * Runs the command to its end.
 *
 * @returns its stdout.
 * @throws {MizanError} TOOL_MISSING when there is no such program, DISK_FULL when it ran out of
 *   space, INTERRUPTED when the signal was aborted, else `failure.code`; `details.output` holds
 *   the last 30 lines and `details.logFile` the whole log.
 */
export async function runTool(options: RunToolOptions): Promise<string> {
  const [program, ...args] = options.command;
  const log = openLog(options);
  const tail = new OutputTail(options.onLine);
  try {
    const child = execa(program, args, {
      cwd: options.cwd,
      env: definedOnly(options.environment),
      extendEnv: false,
      stdin: "ignore",
      all: true,
      buffer: { stdout: true, stderr: false, all: false },
      maxBuffer: MAX_STDOUT_BYTES,
      stripFinalNewline: false,
      reject: false,
      killDescendants: true,
      ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    });
    if (options.lowPriority === true && child.pid !== undefined) lowerPriority(child.pid);
    child.all.on("data", (chunk: Buffer) => {
      log?.stream.write(chunk);
      tail.add(chunk);
    });
    const result = await child;
    if (result.failed) throw toolError(options, result, tail.text());
    return result.stdout ?? "";
  } finally {
    await closeLog(log);
  }
}

interface FailedResult {
  readonly code?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly isCanceled: boolean;
  readonly cause?: unknown;
  readonly shortMessage?: string | undefined;
}

function toolError(options: RunToolOptions, result: FailedResult, output: string): MizanError {
  const program = options.command[0];
  if (result.isCanceled) {
    return new MizanError("INTERRUPTED", `Interrupted while ${program} was running`, {
      hint: "Run the same command again: it goes on where this one stopped",
    });
  }
  const shown = options.failure.shorten?.(output) ?? output;
  const details = {
    output: shown.split("\n").slice(-SHOWN_LINES).join("\n"),
    ...(options.logFile === undefined ? {} : { logFile: options.logFile }),
  };
  const cause = result.cause ?? result.shortMessage;
  if (result.code === "ENOENT") {
    return new MizanError("TOOL_MISSING", `${program} is not on this machine`, {
      hint: options.missingHint ?? `Install ${program}, then run the same command again`,
      details: { tool: program },
      cause,
    });
  }
  if (isDiskFull(result.code, output)) {
    return new MizanError("DISK_FULL", `The disk is full: ${program} could not write`, {
      hint: "Free some space, then run the same command again",
      details,
      cause,
    });
  }
  const ending = result.signal === undefined ? `exit ${result.exitCode}` : result.signal;
  const hint = options.failure.hint?.(output);
  const why = options.failure.cause?.(output);
  return new MizanError(
    options.failure.code,
    `${options.failure.message} (${basename(program)}: ${ending})${why === undefined ? "" : `: ${why}`}`,
    {
      hint: hint ?? "The lines above say why; fix that and run the same command again",
      details,
      cause,
    },
  );
}

function isDiskFull(code: string | undefined, output: string): boolean {
  return code === "ENOSPC" || /No space left on device|\bENOSPC\b|os error 28\b/.test(output);
}

/** Keeps the last lines of a stream that arrives in pieces, and tells of the newest. */
class OutputTail {
  readonly #onLine: ((line: string) => void) | undefined;
  #lines: string[] = [];
  #rest = "";
  readonly #decoder = new TextDecoder();

  constructor(onLine: ((line: string) => void) | undefined) {
    this.#onLine = onLine;
  }

  add(chunk: Buffer): void {
    const text = this.#decoder.decode(chunk, { stream: true });
    const lines = (this.#rest + text).split(/\r?\n|\r/);
    this.#rest = lines.pop() ?? "";
    const shown = lines.map(cleanLine).filter((line) => line !== "");
    const newest = shown.at(-1);
    if (newest === undefined) return;
    this.#lines = [...this.#lines, ...shown].slice(-TAIL_LINES);
    this.#onLine?.(newest);
  }

  text(): string {
    const last = cleanLine(this.#rest);
    return [...this.#lines, ...(last === "" ? [] : [last])].slice(-TAIL_LINES).join("\n");
  }
}

function cleanLine(line: string): string {
  return stripVTControlCharacters(line).trimEnd();
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, BUILD_NICENESS);
  } catch (error) {
    // A program that has ended already has no priority to lower.
    const code = (error as { info?: { code?: string } }).info?.code;
    if (code !== "ESRCH") throw error;
  }
}

/** A log file that keeps its first error until it is closed. */
interface Log {
  readonly stream: WriteStream;
  error: NodeJS.ErrnoException | null;
}

function openLog(options: RunToolOptions): Log | null {
  if (options.logFile === undefined) return null;
  mkdirSync(dirname(options.logFile), { recursive: true });
  const stream = createWriteStream(options.logFile, { flags: "a", mode: 0o600 });
  const log: Log = { stream, error: null };
  stream.on("error", (error) => {
    log.error ??= error;
  });
  stream.write(`$ ${options.command.join(" ")}\n`);
  return log;
}

async function closeLog(log: Log | null): Promise<void> {
  if (log === null) return;
  await new Promise<void>((resolve) => {
    log.stream.once("close", resolve);
    if (log.stream.closed) resolve();
    log.stream.end();
  });
  if (log.error === null) return;
  if (log.error.code !== "ENOSPC") throw log.error;
  throw new MizanError("DISK_FULL", "The disk is full: the build log could not be written", {
    hint: "Free some space, then run the same command again",
    cause: log.error,
  });
}

function definedOnly(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const entries = Object.entries(environment);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
