/** Brings a persistent build workspace to the state of a tree: only what differs is written. */

import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { SourceFile, SourceTree } from "../source-tree.ts";

/** What the workspace holds, from path to mode and hash; beside node_modules and build output. */
const RECORD_FILE = ".mizan-workspace.json";
const recordSchema = z.record(z.string(), z.string());

/** node_modules and whatever else builds leave behind stay. */
export function mirrorTree(tree: SourceTree, workspace: string): void {
  mkdirSync(workspace, { recursive: true });
  const recordFile = join(workspace, RECORD_FILE);
  const known = readRecord(recordFile);
  // If we are killed half way, the next run trusts nothing.
  rmSync(recordFile, { force: true });
  const wanted = new Set(tree.files.map(({ path }) => path));
  for (const path of Object.keys(known)) {
    if (!wanted.has(path)) rmSync(join(workspace, path), { recursive: true, force: true });
  }
  const record: Record<string, string> = {};
  for (const file of tree.files) {
    const to = join(workspace, file.path);
    if (known[file.path] !== describe(file, to)) place(tree.root, workspace, file);
    record[file.path] = describe(file, to);
  }
  writeFileSync(`${recordFile}.tmp`, JSON.stringify(record));
  renameSync(`${recordFile}.tmp`, recordFile);
}

/** With the time of the file in the workspace: a build may have written over it. */
function describe(file: SourceFile, placed: string): string {
  const stats = lstatSync(placed, { throwIfNoEntry: false });
  return `${file.kind}${file.executable ? "x" : ""}:${file.hash}:${stats?.mtimeMs ?? "absent"}`;
}

function place(root: string, workspace: string, file: SourceFile): void {
  const to = join(workspace, file.path);
  // A file where a folder was, or the other way round.
  rmSync(to, { recursive: true, force: true });
  mkdirSync(dirname(to), { recursive: true });
  if (file.target !== null) {
    symlinkSync(file.target, to);
    return;
  }
  copyFileSync(join(root, file.path), to);
  chmodSync(to, file.executable ? 0o755 : 0o644);
}

function readRecord(file: string): Readonly<Record<string, string>> {
  return existsSync(file) ? recordSchema.parse(JSON.parse(readFileSync(file, "utf8"))) : {};
}
