/** Chooses and reads pip requirement files. */

import type { ProjectFiles } from "./facts.ts";
import { fileNameOf, folderOf, joinPath } from "./project-paths.ts";
import { listPyprojectDependencies, readPyproject } from "./pyproject.ts";
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

/** Why a requirement file is not among the chosen ones, for people. */
export function explainRequirementFile(
  files: ProjectFiles,
  chosen: readonly string[],
  path: string,
): string {
  if (listIncludedFiles(files, chosen).includes(path)) return "read as part of the chosen one";
  if (OTHER.test(path)) return "its name says development or tests";
  if (chosen.some((name) => PRODUCTION.test(name))) return "another one is named for production";
  return `${chosen[0] ?? "another one"} comes first`;
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

/** A line that is no option and no comment, or one with `-e`. */
const LINE = /^[ \t]*((?:-e[ \t]+|--editable[ \t=]+)?[A-Za-z0-9.][^\n]*)$/m;

/** Packages that the files list, included files too, and those that packages of the project need. */
export function readRequirements(
  files: ProjectFiles,
  paths: readonly string[],
): readonly Requirement[] {
  const ownFolders = new Set<string>();
  return listIncludedFiles(files, paths).flatMap((path) =>
    matchText(path, files.read(path) ?? "", LINE).flatMap(({ groups, at }) => {
      const line = (groups[0] ?? "").replace(/\s#.*$/, "").trim();
      const names = readLine(files, folderOf(path), line, ownFolders);
      return names.map((name) => ({ name: normalizeName(name), at }));
    }),
  );
}

/** `Django==5.2`, `django @ git+https://…`, `-e git+https://…/shop.git#egg=shop`, `-e ./libs/shop[extra]`. */
function readLine(
  files: ProjectFiles,
  folder: string,
  line: string,
  ownFolders: Set<string>,
): readonly string[] {
  const [, editable = "", what = ""] = /^(-e\s+|--editable[\s=]+)?(.*)$/.exec(line) ?? [];
  const url = /^(?:\w+\+)?\w+:\/\//.test(what);
  if (url) return [nameOfUrl(what)];
  const isFolder = editable !== "" || /^\.{0,2}(?:\/|$)|^\.\[/.test(what);
  if (isFolder) {
    const own = joinPath(folder, what.replace(/[[\s;].*$/, ""));
    // Once, however often it is listed.
    if (ownFolders.has(own)) return [];
    ownFolders.add(own);
    return readOwnPackage(files, own);
  }
  return [/^[\w.-]+/.exec(what)?.[0] ?? what];
}

/** The `egg` of an address, else its last part: `…/django-shop.git@main` is `django-shop`. */
function nameOfUrl(url: string): string {
  const egg = /[#&]egg=([\w.-]+)/.exec(url)?.[1];
  const last =
    url
      .replace(/[#?].*$/, "")
      .split("/")
      .at(-1) ?? "";
  return egg ?? last.replace(/@.*$/, "").replace(/\.git$|\.zip$|\.tar\.gz$|-\d.*$/, "");
}

/** What a package of the project's own asks for in its pyproject.toml. */
function readOwnPackage(files: ProjectFiles, folder: string): readonly string[] {
  const pyproject = readPyproject(files, joinPath(folder, "pyproject.toml"));
  const dependencies = pyproject === null ? [] : listPyprojectDependencies(pyproject);
  return dependencies.map((dependency) => /^[\w.-]+/.exec(dependency)?.[0] ?? dependency);
}
