/** Reads one file of a project as text, whatever it turns out to be: never waits, never takes more than it may. */

import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";

/** Larger than any file that a person writes, small enough to look through many times. */
const MAX_SOURCE_BYTES = 2 * 1024 ** 2;
/** Lock files are written by programs: those of large projects have a few MiB. */
const MAX_LOCK_BYTES = 64 * 1024 ** 2;

/** `gone`: it is not there any more. */
export type UnreadReason = "gone" | "not a file" | "too large" | "not text" | "not allowed";

export type TextFile =
  | { readonly text: string }
  | { readonly unread: UnreadReason; readonly detail: string };

/** @param path Absolute. */
export function readTextFile(path: string): TextFile {
  let descriptor: number;
  try {
    // Without waiting: a pipe in place of a file would never have a reader.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return describeFailure(error);
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return { unread: "not a file", detail: "is not a regular file" };
    const limitBytes = path.endsWith(".lock") ? MAX_LOCK_BYTES : MAX_SOURCE_BYTES;
    if (stats.size > limitBytes) {
      const limitMib = limitBytes / 1024 ** 2;
      return { unread: "too large", detail: `is larger than ${limitMib} MiB` };
    }
    return decode(readFileSync(descriptor));
  } catch (error) {
    return describeFailure(error);
  } finally {
    closeSync(descriptor);
  }
}

/** Windows PowerShell writes `pip freeze > requirements.txt` as UTF-16, and pip reads it by its mark. */
function decode(bytes: Buffer): TextFile {
  const text = new TextDecoder(encodingOf(bytes)).decode(bytes);
  // Other encodings without NUL (Latin-1) lose their letters only: names in them are ASCII.
  return text.includes("\0") ? { unread: "not text", detail: "is not text" } : { text };
}

function encodingOf(bytes: Buffer): "utf-8" | "utf-16le" | "utf-16be" {
  const mark = bytes.subarray(0, 2).toString("hex");
  if (mark === "fffe") return "utf-16le";
  return mark === "feff" ? "utf-16be" : "utf-8";
}

function describeFailure(error: unknown): TextFile {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT" || code === "ENOTDIR") return { unread: "gone", detail: "is gone" };
  // ENXIO: a socket. ELOOP: links in a circle.
  if (code === "ENXIO" || code === "ELOOP" || code === "EISDIR") {
    return { unread: "not a file", detail: "is not a regular file" };
  }
  if (code === undefined) throw error; // not from the file system
  return { unread: "not allowed", detail: `cannot be read (${code})` };
}
