/** Walks the project once and reads its files on demand: what every detector sees. */

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Ignore } from "ignore";
import ignore from "ignore";
import type { ProjectFiles } from "./facts.ts";

/** Deep enough for `apps/<name>/backend/<package>/manage.py`; reference/django.md, rule 1. */
const MAX_FOLDERS_DEEP = 4;

/** Never part of an app's own source, whether git ignores them or not. */
const SKIPPED_FOLDERS = new Set([
  ".git",
  ".mizan",
  ".hg",
  ".svn",
  ".venv",
  "venv",
  "site-packages",
  "node_modules",
  "bower_components",
  "__pycache__",
  ".tox",
  ".nox",
  ".mypy_cache",
  ".pytest_cache",
  ".ruff_cache",
]);

/** One .gitignore: its rules hold for paths relative to the folder it lies in. */
interface IgnoreRules {
  /** Relative to the root, with a trailing slash; empty for the root. */
  readonly folder: string;
  readonly rules: Ignore;
}

/**
 * Lists the files of a project, at most four folders deep, without those that a `.gitignore` in the
 * project ignores and without virtual environments.
 * @param root Absolute folder.
 */
export function readProjectFiles(root: string): ProjectFiles {
  const paths: string[] = [];
  walk(root, "", 0, [], paths);
  paths.sort();
  const known = new Set(paths);
  const texts = new Map<string, string | null>();

  function has(path: string): boolean {
    return known.has(path) || (isBelowWalk(path) && isFile(join(root, path)));
  }

  function read(path: string): string | null {
    const cached = texts.get(path);
    if (cached !== undefined) return cached;
    const text = has(path) ? readFileSync(join(root, path), "utf8") : null;
    texts.set(path, text);
    return text;
  }

  return { root, paths, read, has };
}

function walk(
  root: string,
  folder: string,
  depth: number,
  outerRules: readonly IgnoreRules[],
  paths: string[],
): void {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  // A virtual environment under any name.
  if (folder !== "" && entries.some((entry) => entry.name === "pyvenv.cfg")) return;
  const rules = entries.some((entry) => entry.name === ".gitignore" && entry.isFile())
    ? [readIgnoreRules(root, folder), ...outerRules]
    : outerRules;
  for (const entry of entries) {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory()) {
      if (depth === MAX_FOLDERS_DEEP || SKIPPED_FOLDERS.has(entry.name)) continue;
      if (!isIgnored(`${path}/`, rules)) walk(root, `${path}/`, depth + 1, rules, paths);
    } else if (entry.isFile() || (entry.isSymbolicLink() && isFile(join(root, path)))) {
      if (!isIgnored(path, rules)) paths.push(path);
    }
  }
}

function readIgnoreRules(root: string, folder: string): IgnoreRules {
  const text = readFileSync(join(root, folder, ".gitignore"), "utf8");
  return { folder, rules: ignore().add(text) };
}

/** As git decides: the innermost .gitignore that says something about the path wins. */
function isIgnored(path: string, rules: readonly IgnoreRules[]): boolean {
  for (const { folder, rules: own } of rules) {
    const result = own.test(path.slice(folder.length));
    if (result.ignored) return true;
    if (result.unignored) return false;
  }
  return false;
}

/** Deeper than the walk goes: settings of a deep backend are still read when asked for by name. */
function isBelowWalk(path: string): boolean {
  return path.split("/").length > MAX_FOLDERS_DEEP + 1;
}

/** True for a file or a link to one; a missing path or a dangling link is not. */
function isFile(absolutePath: string): boolean {
  return statSync(absolutePath, { throwIfNoEntry: false })?.isFile() ?? false;
}
