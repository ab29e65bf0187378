/** Log files of supervised processes: opened for appending, read from the end, kept small. */

import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { copyFile, mkdir, truncate } from "node:fs/promises";
import { dirname } from "node:path";

/** A log above this is set aside, so that two files per process bound what logs can fill. */
export const LOG_LIMIT_BYTES = 20 * 1024 * 1024;

/** No log tail in an answer is longer, whatever the lines hold. */
const TAIL_LIMIT_BYTES = 64 * 1024;

/** An open log; the descriptor appends, so several writers and a truncation keep it whole. */
export interface OpenLog {
  readonly fd: number;
  /** Size at opening: where the lines of this start begin. */
  readonly startsAtBytes: number;
}

/** Opens a log for one start of a process. The caller closes the descriptor once the child has it. */
export async function openLog(path: string): Promise<OpenLog> {
  await mkdir(dirname(path), { recursive: true });
  const fd = openSync(path, "a", 0o600);
  return { fd, startsAtBytes: fstatSync(fd).size };
}

/**
 * Last lines of a log; none if somebody removed it.
 * @param startsAtBytes nothing before it is read, unless the file was truncated since
 */
export function readLogTail(path: string, startsAtBytes: number, lines: number): string {
  if (!existsSync(path)) return "";
  const fd = openSync(path, "r");
  try {
    const sizeBytes = fstatSync(fd).size;
    const from = sizeBytes < startsAtBytes ? 0 : startsAtBytes;
    const offset = Math.max(from, sizeBytes - TAIL_LIMIT_BYTES);
    const buffer = Buffer.alloc(sizeBytes - offset);
    const read = readSync(fd, buffer, 0, buffer.length, offset);
    return buffer.toString("utf8", 0, read).trimEnd().split("\n").slice(-lines).join("\n");
  } finally {
    closeSync(fd);
  }
}

/**
 * Sets a log aside as `<path>.1` when it is too large. Its writers keep their descriptors, so it is
 * copied and truncated; lines written between the two are lost, as with logrotate's copytruncate.
 */
export async function rotateLog(path: string, limitBytes: number): Promise<boolean> {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || stat.size <= limitBytes) return false;
  await copyFile(path, `${path}.1`);
  await truncate(path);
  return true;
}
