/** Reads Python files as text, without comments and docstrings. No code of the app is run. */

import type { Facts, ProjectFiles } from "./facts.ts";
import { isBelow, joinPath, pathBelow } from "./project-paths.ts";

export interface PythonSource {
  readonly path: string;
  /** Comments and triple-quoted strings are blank; lines are where they were. */
  readonly text: string;
}

/** Settings that import each other in a chain longer than this are not worth guessing at. */
const MAX_SETTINGS_FILES = 20;
/** Each is looked for among the project's files; those left out come first, and so lose. */
const MAX_IMPORTS = 100;

const TRIPLE_QUOTED = /"""[\s\S]*?"""|'''[\s\S]*?'''/;
/** The closing quote may be missing: a broken line is then read once, not once for each of its quotes. */
const QUOTED = /"(?:[^"\\\n]+|\\.)*"?|'(?:[^'\\\n]+|\\.)*'?/;
const COMMENT = /#[^\n]*/;
const TOKEN = new RegExp(`(${TRIPLE_QUOTED.source}|${COMMENT.source})|${QUOTED.source}`, "g");

/** Blanks comments and triple-quoted strings, so that commented-out settings are not found. */
export function blankPythonComments(text: string): string {
  return text.replace(TOKEN, (token: string, blanked: string | undefined) =>
    blanked === undefined ? token : token.replace(/[^\n]/g, " "),
  );
}

/** null: no such file. */
export function readPython(files: ProjectFiles, path: string): PythonSource | null {
  const text = files.read(path);
  return text === null ? null : { path, text: blankPythonComments(text) };
}

/**
 * File of a dotted module below the backend root: `<folder>/a/b.py` or `<folder>/a/b/__init__.py`,
 * with any folder in between (`src`), the nearest to the backend root.
 */
export function findModuleFile(
  files: ProjectFiles,
  backendRoot: string,
  module: string,
): string | null {
  const path = module.replaceAll(".", "/");
  const endings = [`${path}.py`, `${path}/__init__.py`];
  const direct = endings.map((ending) => joinPath(backendRoot, ending)).find((p) => files.has(p));
  if (direct !== undefined) return direct;
  const nested = files.paths.filter(
    (candidate) =>
      isBelow(candidate, backendRoot) && endings.some((ending) => candidate.endsWith(`/${ending}`)),
  );
  return nested.sort((a, b) => a.length - b.length)[0] ?? null;
}

/** Folder that the settings module is imported from: the backend root, or `src` below it. */
export function findImportFolder(files: ProjectFiles, known: Facts): string {
  const backendRoot = known["backend.root"]?.value ?? ".";
  const module = known["backend.settingsModule"]?.value;
  const file = module === undefined ? null : findModuleFile(files, backendRoot, module);
  if (module === undefined || file === null) return backendRoot;
  const depth = module.split(".").length + (file.endsWith("/__init__.py") ? 1 : 0);
  return file.split("/").slice(0, -depth).join("/") || ".";
}

/** Dotted module of a file, as the app imports it. */
export function moduleOf(path: string, importFolder: string): string {
  return pathBelow(path, importFolder)
    .replace(/(\/__init__)?\.py$/, "")
    .replaceAll("/", ".");
}

/**
 * The settings module and the project's modules that it imports from (`from .base import *`), the
 * settings module first. Empty if it is not in the project.
 */
export function readSettingsSources(files: ProjectFiles, known: Facts): readonly PythonSource[] {
  const module = known["backend.settingsModule"]?.value;
  const backendRoot = known["backend.root"]?.value;
  if (module === undefined || backendRoot === undefined) return [];
  const sources = new Map<string, PythonSource>();
  const waiting = [module];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const path = findModuleFile(files, backendRoot, next);
    const source = path === null || sources.has(path) ? null : readPython(files, path);
    if (path === null || source === null || sources.size === MAX_SETTINGS_FILES) continue;
    sources.set(path, source);
    waiting.push(...readImportedSettings(source.text, next, path.endsWith("/__init__.py")));
  }
  return [...sources.values()];
}

/** Modules that a settings file takes its names from, the last import first, since that one wins. */
function readImportedSettings(text: string, module: string, isPackage: boolean): readonly string[] {
  const parts = module.split(".");
  const ownPackage = isPackage ? parts : parts.slice(0, -1);
  const modules: string[] = [];
  for (const match of text.matchAll(
    /^[ \t]*from[ \t]+(?=\S)(\.*)(\w[\w.]*|)[ \t]+import[ \t]+(\*|\(\s*[A-Z]\w*|[A-Z]\w*)/gm,
  )) {
    const [, dots = "", name = "", what = ""] = match;
    const parents = ownPackage.slice(0, ownPackage.length - Math.max(dots.length - 1, 0));
    const full = dots === "" ? name : [...parents, name].filter(Boolean).join(".");
    // A class comes from a neighbour (django-configurations), a star from anywhere.
    if (what === "*" || full.startsWith(`${ownPackage.join(".")}.`)) modules.push(full);
  }
  return modules.reverse().slice(0, MAX_IMPORTS);
}
