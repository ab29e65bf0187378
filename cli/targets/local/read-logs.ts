/** Reads the log files of an environment's processes, and follows them as they grow. */

import { type FileHandle, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 200;
/** A tail is read from the end in one piece of this size; longer lines are cut. */
const TAIL_BYTES = 1_048_576;
const LINE_FEED = 10;

export interface LogFile {
  /** `origin`, `worker`, `agent`, … */
  readonly process: string;
  readonly release: string | null;
  readonly path: string;
}

/** Files are named `<process>-<release>.log`, or `<process>.log` for those of the environment. */
export async function listLogFiles(folder: string): Promise<readonly LogFile[]> {
  const names = (await ifThere(readdir(folder))) ?? [];
  return names
    .filter((name) => name.endsWith(".log"))
    .sort()
    .map((name) => {
      const [process = name, release = null] = name.slice(0, -".log".length).split("-", 2);
      return { process, release, path: join(folder, name) };
    });
}

export interface LogEnd {
  /** Complete lines, oldest first. */
  readonly lines: readonly string[];
  /** What stands behind the last line break; empty if nothing does. */
  readonly unfinished: string;
  /** Where `unfinished` begins: following goes on from here. */
  readonly endByte: number;
}

/** The last `count` lines. The oldest one is cut if it begins before the tail that is read. */
export async function readLastLines(path: string, count: number): Promise<LogEnd> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - TAIL_BYTES);
    const tail = await readRange(file, start, size);
    const end = tail.lastIndexOf(LINE_FEED) + 1;
    const lines = decodeLines(tail.subarray(0, end));
    if (start > 0 && lines.length > 1) lines.shift(); // the first line is cut
    return {
      lines: count === 0 ? [] : lines.slice(-count),
      unfinished: tail.subarray(end).toString("utf8"),
      endByte: start + end,
    };
  } finally {
    await file.close();
  }
}

/** The last 40 lines of one process of one release, for an error; empty if it wrote nothing. */
export async function readLogTail(
  folder: string,
  process: string,
  release: string,
): Promise<string> {
  const path = join(folder, `${process}-${release}.log`);
  const tail = await ifThere(readLastLines(path, 40));
  if (tail === null) return "";
  return [...tail.lines, ...(tail.unfinished === "" ? [] : [tail.unfinished])].join("\n");
}

/**
 * Calls back with each complete new line until the signal is aborted or the file is gone. A file
 * that was truncated by the log rotation is read from its start again.
 */
export async function followLog(
  path: string,
  fromByte: number,
  signal: AbortSignal,
  onLine: (line: string) => void,
): Promise<void> {
  let position = fromByte;
  while (!signal.aborted) {
    const complete = await ifThere(readCompleteLines(path, position));
    if (complete === null) return;
    for (const line of complete.lines) onLine(line);
    position = complete.endByte;
    if (complete.hasMore) continue;
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
  }
}

/**
 * Only up to the last line break: neither a line nor a character is ever cut in two, however it is
 * written. A line that is longer than a whole piece comes in pieces.
 */
async function readCompleteLines(path: string, fromByte: number) {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const start = size < fromByte ? 0 : fromByte;
    const piece = await readRange(file, start, Math.min(size, start + TAIL_BYTES));
    const isFull = piece.length === TAIL_BYTES;
    const end = piece.lastIndexOf(LINE_FEED) + 1 || (isFull ? piece.length : 0);
    const lines = decodeLines(piece.subarray(0, end));
    return { lines, endByte: start + end, hasMore: isFull };
  } finally {
    await file.close();
  }
}

/** Less than was asked for if the file was truncated meanwhile. */
async function readRange(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const buffer = Buffer.alloc(end - start);
  const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
  return buffer.subarray(0, bytesRead);
}

function decodeLines(bytes: Buffer): string[] {
  const lines = bytes.toString("utf8").split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** null for a file that somebody removed: its release was retired, or the environment destroyed. */
export async function ifThere<T>(reading: Promise<T>): Promise<T | null> {
  return reading.catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
}
