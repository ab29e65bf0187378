/** JSON files that a build writes beside its output and Django reads: `webpack-stats.json` of django-webpack-loader. */

import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { dirname, join, posix } from "node:path";

/** Their paths relative to the workspace, with what tells a new state from an old one. */
export type SideFiles = ReadonlyMap<string, number>;

/** Folder of a kept output that holds them, by path. */
const KEPT_FOLDER = "beside";
/** Larger ones are no list of a build's files. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * @param workspace absolute.
 * @param shipped paths of the release's own files, which no build replaces.
 * @param outputs folders that are kept as a whole, relative to the workspace.
 */
export function listSideFiles(
  workspace: string,
  shipped: ReadonlySet<string>,
  outputs: readonly string[],
): SideFiles {
  const found = new Map<string, number>();
  const waiting = ["."];
  for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
    for (const entry of readdirSync(join(workspace, folder), { withFileTypes: true })) {
      const path = posix.join(folder, entry.name);
      // Caches of tools have a dot before their name.
      if (entry.name === "node_modules" || entry.name.startsWith(".")) continue;
      if (entry.isDirectory() && !outputs.includes(path)) waiting.push(path);
      if (!entry.isFile() || !entry.name.endsWith(".json") || shipped.has(path)) continue;
      const { mtimeMs, size } = statSync(join(workspace, path));
      if (size <= MAX_BYTES) found.set(path, mtimeMs);
    }
  }
  return found;
}

/** Keeps those that the build wrote: new ones, and old ones written anew. */
export function keepSideFiles(
  workspace: string,
  kept: string,
  [before, after]: readonly [SideFiles, SideFiles],
): void {
  for (const [path, mtimeMs] of after) {
    if (before.get(path) !== mtimeMs) copy(join(workspace, path), join(kept, KEPT_FOLDER, path));
  }
}

/** Puts the kept ones where the build wrote them, in the release's copy. */
export function placeSideFiles(kept: string, destination: string): void {
  const folder = join(kept, KEPT_FOLDER);
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const from = join(entry.parentPath, entry.name);
    copy(from, join(destination, from.slice(folder.length)));
  }
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}
