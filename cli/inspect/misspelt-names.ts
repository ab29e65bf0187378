/** Recognises file names that somebody meant to be found, but that no tool knows. */

import type { ProjectFiles } from "./facts.ts";
import { editDistance } from "./nearest-name.ts";
import { fileNameOf, folderOf, joinPath } from "./project-paths.ts";

export interface MisspeltFile {
  readonly path: string;
  /** Path that it should have. */
  readonly meant: string;
}

const KNOWN_NAMES = [
  "requirements.txt",
  "pyproject.toml",
  "uv.lock",
  "poetry.lock",
  "pdm.lock",
  "Pipfile",
  "Pipfile.lock",
  ".python-version",
  "runtime.txt",
  "Procfile",
  "package.json",
  "package-lock.json",
  "pnpm-lock.yaml",
  "yarn.lock",
];

/** Files in the given folders whose name is nearly that of a file that is not there. */
export function listMisspeltFiles(
  files: ProjectFiles,
  folders: readonly string[],
): readonly MisspeltFile[] {
  return files.paths
    .filter((path) => folders.includes(folderOf(path)))
    .flatMap((path) => {
      const name = KNOWN_NAMES.find((known) => isMisspelt(fileNameOf(path), known));
      const meant = joinPath(folderOf(path), name ?? "");
      return name === undefined || files.has(meant) ? [] : [{ path, meant }];
    });
}

/** Wrong case, a doubled or added ending, `_` for `-`, or up to two letters wrong in a long name. */
function isMisspelt(written: string, name: string): boolean {
  if (KNOWN_NAMES.includes(written)) return false;
  const plain = written.toLowerCase().replaceAll("_", "-");
  const wanted = name.toLowerCase();
  if (plain === wanted || plain === `${wanted}.txt`) return true;
  if (wanted.length < 10 || Math.abs(plain.length - wanted.length) > 2) return false;
  return editDistance(plain, wanted) <= 2;
}
