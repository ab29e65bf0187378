/** Reads the log files of an environment's processes, and follows them as they grow. */

import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 200;
/** A tail is read from the end in one piece of this size; longer lines are cut. */
const TAIL_BYTES = 1_048_576;

export interface LogFile {
  /** `origin`, `worker`, `agent`, … */
  readonly process: string;
  readonly release: string | null;
  readonly path: string;
}

/** Files are named `<process>-<release>.log`, or `<process>.log` for those of the environment. */
export async function listLogFiles(folder: string): Promise<readonly LogFile[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names
    .filter((name) => name.endsWith(".log"))
    .sort()
    .map((name) => {
      const [process = name, release = null] = name.slice(0, -".log".length).split("-", 2);
      return { process, release, path: join(folder, name) };
    });
}

/** The last `count` lines, and the size up to which they were read. */
export async function readLastLines(
  path: string,
  count: number,
): Promise<{ readonly lines: readonly string[]; readonly endByte: number }> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - TAIL_BYTES);
    const buffer = Buffer.alloc(size - start);
    await file.read(buffer, 0, buffer.length, start);
    const lines = buffer.toString("utf8").split("\n");
    if (start > 0) lines.shift(); // the first line is cut
    if (lines.at(-1) === "") lines.pop();
    return { lines: count === 0 ? [] : lines.slice(-count), endByte: size };
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
  const tail = await readLastLines(path, 40).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return { lines: [] };
    throw error;
  });
  return tail.lines.join("\n");
}

/**
 * Calls back with each complete new line until the signal is aborted. A file that was truncated by
 * the log rotation is read from its start again.
 */
export async function followLog(
  path: string,
  fromByte: number,
  signal: AbortSignal,
  onLine: (line: string) => void,
): Promise<void> {
  let position = fromByte;
  let rest = "";
  while (!signal.aborted) {
    const { size } = await stat(path);
    if (size < position) position = 0;
    if (size > position) {
      const text = rest + (await readRange(path, position, size));
      position = size;
      const lines = text.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) onLine(line);
    }
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
  }
}

async function readRange(path: string, start: number, end: number): Promise<string> {
  const file = await open(path, "r");
  try {
    const buffer = Buffer.alloc(end - start);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
    return buffer.subarray(0, bytesRead).toString("utf8");
  } finally {
    await file.close();
  }
}
