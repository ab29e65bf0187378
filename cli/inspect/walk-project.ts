/** Lists a project's files as every detector sees them, and says what it could not look at. */

import { type Dirent, readdirSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import type { Finding } from "./facts.ts";
import { type IgnoreRules, isIgnored, parseIgnoreRules } from "./ignore-rules.ts";
import { readTextFile } from "./read-text-file.ts";

/** Deep enough for `apps/<name>/backend/<package>/manage.py`; reference/django.md, rule 1. */
export const MAX_FOLDERS_DEEP = 4;
/** Beyond it, this is no app: a disk, a folder of data. */
const MAX_FILES = 250_000;

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

export interface ProjectWalk {
  /** Relative, POSIX, sorted. */
  readonly paths: readonly string[];
  readonly findings: readonly Finding[];
}

interface WalkState {
  readonly root: string;
  readonly realRoot: string;
  readonly paths: string[];
  readonly findings: Finding[];
}

/** @param root Absolute folder. */
export function walkProject(root: string): ProjectWalk {
  const state: WalkState = { root, realRoot: realpathSync(root), paths: [], findings: [] };
  walkFolder(state, "", 0, []);
  if (state.paths.length >= MAX_FILES) state.findings.push(buildTooManyFiles());
  return { paths: state.paths.sort(), findings: state.findings };
}

function walkFolder(
  state: WalkState,
  folder: string,
  depth: number,
  outerRules: readonly IgnoreRules[],
): void {
  const entries = listFolder(state, folder);
  // A virtual environment under any name.
  if (folder !== "" && entries.some((entry) => entry.name === "pyvenv.cfg")) return;
  const rules = entries.some((entry) => entry.name === ".gitignore" && entry.isFile())
    ? [...readIgnoreRules(state, folder), ...outerRules]
    : outerRules;
  for (const entry of entries) {
    if (state.paths.length >= MAX_FILES) return;
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory()) {
      if (depth === MAX_FOLDERS_DEEP || SKIPPED_FOLDERS.has(entry.name)) continue;
      if (!isIgnored(`${path}/`, rules)) walkFolder(state, `${path}/`, depth + 1, rules);
    } else if (entry.isFile() || entry.isSymbolicLink()) {
      if (isIgnored(path, rules)) continue;
      if (entry.isFile() || isFileInside(state, path)) state.paths.push(path);
    }
  }
}

function listFolder({ root, findings }: WalkState, folder: string): readonly Dirent[] {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error; // not from the file system
    // Gone since its own folder was listed, or a name that is not UTF-8.
    if (code !== "ENOENT" && code !== "ENOTDIR") {
      findings.push(buildUnread(folder.replace(/\/$/, "") || ".", `cannot be read (${code})`));
    }
    return [];
  }
}

function readIgnoreRules({ root, findings }: WalkState, folder: string): readonly IgnoreRules[] {
  const path = `${folder}.gitignore`;
  const file = readTextFile(join(root, path));
  if ("unread" in file) {
    findings.push(buildUnread(path, file.detail));
    return [];
  }
  const rules = parseIgnoreRules(folder, file.text);
  if (rules.hasOdd) findings.push(buildOddPattern(path));
  return [rules];
}

/** Links to files of the project count; one that leaves it does not ship either. */
function isFileInside(state: WalkState, path: string): boolean {
  const isInside = isRegularFile(state.root, state.realRoot, path);
  if (isInside === null) {
    state.findings.push(buildUnread(path, "is a link that leaves the project"));
  }
  return isInside === true;
}

/** False: no regular file, or not there. null: it lies outside the project, by whatever link. */
export function isRegularFile(root: string, realRoot: string, path: string): boolean | null {
  try {
    const real = realpathSync(join(root, path));
    if (!statSync(real).isFile()) return false;
    return real.startsWith(realRoot === sep ? sep : realRoot + sep) ? true : null;
  } catch (error) {
    // Missing, dangling, in a circle, or in a folder that may not be looked into.
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return false;
  }
}

/** @param reason What is with it: `is not text`. */
export function buildUnread(path: string, reason: string): Finding {
  return {
    code: "FILE_NOT_READ",
    severity: "warning",
    message: `${path} ${reason}, and is not looked at`,
    evidence: path,
    hint: "If the app needs it, make it a readable text file of the project; else add it to .gitignore.",
  };
}

function buildOddPattern(path: string): Finding {
  return {
    code: "IGNORE_PATTERN_ODD",
    severity: "warning",
    message: `${path} has a pattern with more than three stars in one name, or one that cannot be read: it is not followed`,
    evidence: path,
    hint: "Write it more simply.",
  };
}

function buildTooManyFiles(): Finding {
  return {
    code: "FILES_NOT_LISTED",
    severity: "warning",
    message: `There are more than ${MAX_FILES.toLocaleString("en")} files: the rest was not looked at`,
    evidence: ".",
    hint: "Run mizan in the app's folder, or add what is not the app's source to .gitignore.",
  };
}
