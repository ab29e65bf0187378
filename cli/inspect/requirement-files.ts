/** Chooses and reads pip requirement files. */

import type { ProjectFiles } from "./facts.ts";
import { fileNameOf, folderOf, joinPath } from "./project-paths.ts";
import { matchText } from "./text-match.ts";

export interface Requirement {
  /** As `normalizeName` gives it. */
  readonly name: string;
  readonly at: string;
}

const REQUIREMENT_FILE = /^requirements(?:[-_.][\w-]+)?\.txt$/i;
const REQUIREMENT_FOLDER = /^(requirements|requires|reqs)$/i;
const PRODUCTION = /(^|[-_./])(production|prod|deploy|live)\.txt$/i;
const BASE = /(^|[-_./])(requirements|base|common|main|app|all)\.txt$/i;
const OTHER = /(^|[-_./])(dev|develop|development|local|tests?|testing|ci|docs?|lint|tools)\.txt$/i;

/** PEP 503: names that differ in case, `-`, `_` and `.` are one package. */
export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

/** Requirement files of a folder and of its `requirements/`, in the order of the walk. */
export function listRequirementFiles(files: ProjectFiles, folder: string): readonly string[] {
  return files.paths.filter((path) => {
    const parent = folderOf(path);
    if (parent === folder) return REQUIREMENT_FILE.test(fileNameOf(path));
    const isRequirementFolder = REQUIREMENT_FOLDER.test(fileNameOf(parent));
    return folderOf(parent) === folder && isRequirementFolder && path.endsWith(".txt");
  });
}

/**
 * The files that production installs: the production one, after the base one if it neither includes
 * that nor lists Django itself; else the base one; else the only one.
 * Empty: none, or several of which no name says which one.
 */
export function chooseRequirementFiles(
  files: ProjectFiles,
  candidates: readonly string[],
): readonly string[] {
  const production = candidates.find((path) => PRODUCTION.test(path));
  const plain = candidates.find((path) => fileNameOf(path).toLowerCase() === "requirements.txt");
  const base = plain ?? candidates.find((path) => BASE.test(path));
  if (production !== undefined) {
    const isComplete = listsDjango(files, production) || base === undefined;
    return isComplete ? [production] : [base, production];
  }
  if (base !== undefined) return [base];
  const runtime = candidates.filter((path) => !OTHER.test(path));
  const only = runtime.length > 0 ? runtime : candidates;
  return only.length === 1 ? only : [];
}

function listsDjango(files: ProjectFiles, path: string): boolean {
  return readRequirements(files, [path]).some(({ name }) => name === "django");
}

/** The files and all that they include by `-r` and `-c`, each once. */
function listIncludedFiles(files: ProjectFiles, paths: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const waiting = [...paths];
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const text = found.has(path) ? null : files.read(path);
    if (text === null) continue;
    found.add(path);
    for (const { groups } of matchText(path, text, INCLUDE)) {
      waiting.push(joinPath(folderOf(path), groups[0] ?? ""));
    }
  }
  return [...found];
}

const INCLUDE = /^[ \t]*(?:-r|-c|--requirement|--constraint)[ \t=]*([^\s#]+)/m;

/** Packages that the files list, included files too. */
export function readRequirements(
  files: ProjectFiles,
  paths: readonly string[],
): readonly Requirement[] {
  return listIncludedFiles(files, paths).flatMap((path) =>
    matchText(path, files.read(path) ?? "", /^[ \t]*([A-Za-z0-9][\w.-]*)/m).map(
      ({ groups, at }) => ({ name: normalizeName(groups[0] ?? ""), at }),
    ),
  );
}
