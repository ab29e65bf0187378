/** The source tree: which files a release is made of, and one hash over all of them. */

import { createHash, hash } from "node:crypto";
import {
  closeSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  readSync,
  type Stats,
} from "node:fs";
import { dirname, isAbsolute, join, normalize, relative, resolve, sep } from "node:path";
import { MizanError } from "../../infra/contract/errors.ts";
import type { Finding } from "../inspect/facts.ts";
import type { GitOptions } from "../tools/git.ts";
import { listSourcePaths } from "./list-source-paths.ts";

export interface SourceFile {
  /** Relative to the root, POSIX. */
  readonly path: string;
  readonly kind: "file" | "link";
  readonly executable: boolean;
  /** SHA-256 of the content (of the target's path for a link), hex. */
  readonly hash: string;
  readonly sizeBytes: number;
  /** Where a link points to, relative to its folder; null for a file. */
  readonly target: string | null;
}

export interface SourceTree {
  /** Absolute. */
  readonly root: string;
  /** Sorted by path. */
  readonly files: readonly SourceFile[];
  /** SHA-256 over path, mode and content hash of every file, hex. */
  readonly treeHash: string;
  readonly totalBytes: number;
  readonly findings: readonly Finding[];
}

export interface ReadSourceTreeOptions extends Omit<GitOptions, "folder"> {
  /** Files or folders that do not ship, relative to the project: a development database, uploads. */
  readonly leaveOut?: readonly string[];
}

/** A tree above this is shipped, but said. */
const LARGE_TREE_BYTES = 500 * 1024 * 1024;
/** Larger files are hashed piece by piece. */
export const WHOLE_READ_LIMIT_BYTES = 16 * 1024 * 1024;
/** After so many files the event loop gets a turn, so that progress and Ctrl-C work. */
export const FILES_PER_TURN = 500;

/**
 * Reads and hashes every file that ships. Synchronous reads in turns: on 10,000 small files they
 * are five times as fast as promises (73 ms against 390 ms, Node 24, ext4).
 *
 * @throws {MizanError} APP_INVALID when a file cannot be read.
 */
export async function readSourceTree(
  projectRoot: string,
  options: ReadSourceTreeOptions,
): Promise<SourceTree> {
  const paths = await listSourcePaths({ ...options, folder: projectRoot }, options.leaveOut);
  const files: SourceFile[] = [];
  const findings: Finding[] = [];
  for (const [index, path] of paths.entries()) {
    if (index % FILES_PER_TURN === 0) await nextTurn(options.signal);
    const read = readSourceFile(projectRoot, path, (file) => hashFile(file));
    if (read === null) continue;
    if ("severity" in read) findings.push(read);
    else files.push(read);
  }
  return buildSourceTree(projectRoot, files, findings);
}

/** Puts files, already sorted by path, into a tree with its hash. */
export function buildSourceTree(
  root: string,
  files: readonly SourceFile[],
  findings: readonly Finding[],
): SourceTree {
  const treeHash = createHash("sha256");
  let totalBytes = 0;
  for (const file of files) {
    const mode = file.kind === "link" ? "120000" : file.executable ? "100755" : "100644";
    treeHash.update(`${file.path}\0${mode}\0${file.hash}\0`);
    totalBytes += file.sizeBytes;
  }
  const large = totalBytes > LARGE_TREE_BYTES ? [largeTreeFinding(files, totalBytes)] : [];
  return {
    root,
    files,
    treeHash: treeHash.digest("hex"),
    totalBytes,
    findings: [...findings, ...large],
  };
}

/**
 * Facts of one path on the disk.
 *
 * @param readContent called for regular files with the absolute path and its status; gives the hash.
 * @returns null when it is gone; a finding when it cannot ship.
 */
export function readSourceFile(
  root: string,
  path: string,
  readContent: (file: string, stats: Stats) => string,
): SourceFile | Finding | null {
  const file = join(root, path);
  try {
    const stats = lstatSync(file);
    if (stats.isSymbolicLink()) return readLink(root, path);
    if (stats.isFile()) {
      const executable = (stats.mode & 0o100) !== 0;
      const contentHash = readContent(file, stats);
      return {
        path,
        kind: "file",
        executable,
        hash: contentHash,
        sizeBytes: stats.size,
        target: null,
      };
    }
    return notShipped(path, "is neither a file nor a link");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // Tracked but deleted, or removed while we were reading.
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    if (code !== "EACCES" && code !== "EPERM") throw error;
    throw new MizanError("APP_INVALID", `${path} cannot be read`, {
      hint: `Make it readable (chmod u+r ${path}) or add it to .gitignore`,
      details: { path },
      cause: error,
    });
  }
}

/** SHA-256 of a file, hex. */
export function hashFile(file: string): string {
  const stats = lstatSync(file);
  if (stats.size <= WHOLE_READ_LIMIT_BYTES) return hash("sha256", readFileSync(file));
  const digest = createHash("sha256");
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  const descriptor = openSync(file, "r");
  try {
    for (
      let length = readSync(descriptor, buffer);
      length > 0;
      length = readSync(descriptor, buffer)
    ) {
      digest.update(buffer.subarray(0, length));
    }
  } finally {
    closeSync(descriptor);
  }
  return digest.digest("hex");
}

/** Lets timers and signals run. @throws {MizanError} INTERRUPTED when the signal was aborted. */
export async function nextTurn(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolveTurn) => setImmediate(resolveTurn));
  if (signal?.aborted === true) {
    throw new MizanError("INTERRUPTED", "Interrupted while reading the project's files", {
      hint: "Run the same command again",
    });
  }
}

function readLink(root: string, path: string): SourceFile | Finding {
  const written = readlinkSync(join(root, path));
  const folder = dirname(join(root, path));
  const absolute = resolve(folder, written);
  if (absolute !== root && !absolute.startsWith(root + sep)) {
    return notShipped(path, `is a link that leaves the project (${written})`);
  }
  // An absolute link would lead from the copy back into the working tree.
  const target = isAbsolute(written) ? relative(folder, absolute) || "." : normalize(written);
  const linkHash = hash("sha256", target);
  return { path, kind: "link", executable: false, hash: linkHash, sizeBytes: 0, target };
}

function notShipped(path: string, reason: string): Finding {
  return {
    code: "SOURCE_NOT_SHIPPED",
    severity: "warning",
    message: `${path} ${reason}: it is not part of the release`,
    evidence: path,
    hint: "Put the file itself into the project, or add the path to .gitignore",
  };
}

function largeTreeFinding(files: readonly SourceFile[], totalBytes: number): Finding {
  const largest = files.toSorted((a, b) => b.sizeBytes - a.sizeBytes).slice(0, 3);
  const names = largest.map((file) => `${file.path} (${toMib(file.sizeBytes)} MiB)`).join(", ");
  return {
    code: "SOURCE_LARGE",
    severity: "warning",
    message: `The project's files take ${toMib(totalBytes)} MiB; the largest: ${names}`,
    evidence: largest[0]?.path ?? ".",
    hint: "Add what the app does not need at run time to .gitignore",
  };
}

function toMib(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}
