/** Walks the project once and reads its files on demand: what every detector sees. */

import { realpathSync } from "node:fs";
import { join } from "node:path";
import type { Finding, ProjectFiles } from "./facts.ts";
import { readTextFile } from "./read-text-file.ts";
import { buildUnread, isRegularFile, MAX_FOLDERS_DEEP, walkProject } from "./walk-project.ts";

export interface ReadProjectFiles extends ProjectFiles {
  /** What could not be listed or read so far. */
  listFindings(): readonly Finding[];
}

/**
 * Lists the files of a project, at most four folders deep, without those that a `.gitignore` in the
 * project ignores and without virtual environments. Nothing outside the folder is read.
 * @param root Absolute folder.
 */
export function readProjectFiles(root: string): ReadProjectFiles {
  const { paths, findings } = walkProject(root);
  const realRoot = realpathSync(root);
  const known = new Set(paths);
  const texts = new Map<string, string | null>();
  const unread: Finding[] = [];

  function has(path: string): boolean {
    return known.has(path) || (isBelowWalk(path) && isRegularFile(root, realRoot, path) === true);
  }

  function read(path: string): string | null {
    const cached = texts.get(path);
    if (cached !== undefined) return cached;
    const text = has(path) ? readKnown(path) : null;
    texts.set(path, text);
    return text;
  }

  function readKnown(path: string): string | null {
    const file = readTextFile(join(root, path));
    if ("text" in file) return file.text;
    if (file.unread !== "gone") unread.push(buildUnread(path, file.detail));
    return null;
  }

  return { root, paths, read, has, listFindings: () => [...findings, ...unread] };
}

/** Deeper than the walk goes: settings of a deep backend are still read when asked for by name. */
function isBelowWalk(path: string): boolean {
  return path.split("/").length > MAX_FOLDERS_DEEP + 1;
}
