/** Copies the files of a release away from the working tree: what is hashed is what was copied. */

import { hash } from "node:crypto";
import {
  chmodSync,
  constants,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { MizanError } from "../../infra/contract/errors.ts";
import {
  buildSourceTree,
  FILES_PER_TURN,
  hashFile,
  nextTurn,
  readSourceFile,
  type SourceFile,
  type SourceTree,
  WHOLE_READ_LIMIT_BYTES,
} from "./source-tree.ts";

export interface CopySourceTreeOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * Copies the tree into a folder beside the destination, then renames it. An edit during the copy
 * is in or out as a whole file, and the returned hashes say which.
 *
 * @param destination absolute; must not exist.
 * @returns the tree as it was copied, with the destination as its root.
 * @throws {MizanError} DISK_FULL; nothing is left behind then.
 */
export async function copySourceTree(
  tree: SourceTree,
  destination: string,
  options: CopySourceTreeOptions = {},
): Promise<SourceTree> {
  const unfinished = `${destination}.${process.pid}.tmp`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  try {
    const files = await copyFiles(tree, unfinished, options.signal);
    renameSync(unfinished, destination);
    return buildSourceTree(destination, files, tree.findings);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw isDiskFull(error) ? diskFull(destination, error) : error;
  }
}

async function copyFiles(
  tree: SourceTree,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<readonly SourceFile[]> {
  const copied: SourceFile[] = [];
  const folders = new Set<string>();
  for (const [index, file] of tree.files.entries()) {
    if (index % FILES_PER_TURN === 0) await nextTurn(signal);
    const to = join(folder, file.path);
    if (!folders.has(dirname(to))) {
      mkdirSync(dirname(to), { recursive: true });
      folders.add(dirname(to));
    }
    const result = readSourceFile(tree.root, file.path, (from, stats) =>
      copyContent(from, to, stats),
    );
    // Removed, or turned into something that cannot ship, since the tree was read.
    if (result === null || "severity" in result) continue;
    if (result.target !== null) symlinkSync(result.target, to);
    copied.push(result);
  }
  return copied;
}

/** Copies one file. @returns the SHA-256 of the copy, hex. */
function copyContent(from: string, to: string, stats: Stats): string {
  const mode = (stats.mode & 0o100) === 0 ? 0o644 : 0o755;
  if (stats.size > WHOLE_READ_LIMIT_BYTES) {
    copyFileSync(from, to, constants.COPYFILE_FICLONE);
    chmodSync(to, mode);
    return hashFile(to);
  }
  // Hash and copy come from the same bytes; twice as fast as copyFile on small files.
  const content = readFileSync(from);
  writeFileSync(to, content, { mode });
  return hash("sha256", content);
}

/** True for an error of the file system that means: no space, or no quota. */
export function isDiskFull(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code === "ENOSPC" || code === "EDQUOT";
}

/** The error for it. */
export function diskFull(path: string, cause: unknown): MizanError {
  return new MizanError("DISK_FULL", `The disk is full: ${path} could not be written`, {
    hint: "Free some space, then run the same command again",
    details: { path },
    cause,
  });
}
