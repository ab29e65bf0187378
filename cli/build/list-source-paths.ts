/** The paths that may ship: the working tree less what git or .gitignore leaves out. */

import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ignore, { type Ignore } from "ignore";
import { buildListFilesCommand, type GitOptions, isInGitRepository, runGit } from "../tools/git.ts";

/** Never part of a release, ignored or not: tools' own folders, and files with secrets. */
const LEFT_OUT_NAMES = new Set([".git", ".mizan", "node_modules", ".venv", "__pycache__"]);
/** `.env`, `.env.production`, `.envrc`: secrets travel by the environment, not by the tree. */
const ENVIRONMENT_FILE = /^\.env(?:rc|\..*)?$/;

/**
 * @param leftOut further files or folders, relative to the folder (a database, uploads).
 * @returns sorted paths relative to the folder, POSIX; files and symbolic links, some of which
 *   may be gone from the disk (tracked, but deleted).
 */
export async function listSourcePaths(
  options: GitOptions,
  leftOut: readonly string[] = [],
): Promise<readonly string[]> {
  const paths = await listPaths(options);
  const virtualEnvironments = paths
    .filter((path) => path === "pyvenv.cfg" || path.endsWith("/pyvenv.cfg"))
    .map((path) => path.slice(0, -"pyvenv.cfg".length));
  const prefixes = [...virtualEnvironments.filter((path) => path !== ""), ...leftOut.map(asFolder)];
  return paths
    .filter((path) => !hasLeftOutName(path) && !leftOut.includes(path))
    .filter((path) => !prefixes.some((prefix) => path.startsWith(prefix)))
    .sort(compareBytes);
}

/** Code unit order: the same everywhere, unlike a locale's. */
export function compareBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function asFolder(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}

function hasLeftOutName(path: string): boolean {
  return path.split("/").some((name) => LEFT_OUT_NAMES.has(name) || ENVIRONMENT_FILE.test(name));
}

async function listPaths(options: GitOptions): Promise<readonly string[]> {
  if (!isInGitRepository(options.folder)) return walkFolder(options.folder);
  const output = await runGit(buildListFilesCommand(), options);
  if (output === null) return walkFolder(options.folder);
  // A path in conflict is listed once per stage.
  const listed = [...new Set(output.split("\0").filter((path) => path !== ""))];
  const paths = await Promise.all(listed.map((path) => expandRepository(path, options)));
  return paths.flat();
}

/** A submodule, or a repository inside this one, is listed as one path: ask it for its own files. */
async function expandRepository(path: string, options: GitOptions): Promise<readonly string[]> {
  const isFolder = path.endsWith("/") || existsSync(join(options.folder, path, ".git"));
  if (!isFolder) return [path];
  const name = path.replace(/\/$/, "");
  const folder = join(options.folder, name);
  if (!existsSync(join(folder, ".git"))) return [];
  const inner = await listPaths({ ...options, folder });
  return inner.map((innerPath) => `${name}/${innerPath}`);
}

interface IgnoreRules {
  /** Folder of the .gitignore, relative to the root, with a trailing slash; "" for the root. */
  readonly folder: string;
  readonly rules: Ignore;
}

function walkFolder(root: string): readonly string[] {
  const found: string[] = [];
  const visit = (folder: string, inherited: readonly IgnoreRules[]): void => {
    const rules = [...inherited, ...readIgnoreRules(root, folder)];
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder + entry.name;
      if (hasLeftOutName(entry.name)) continue;
      if (isIgnored(entry.isDirectory() ? `${path}/` : path, rules)) continue;
      if (entry.isDirectory()) visit(`${path}/`, rules);
      else found.push(path);
    }
  };
  visit("", []);
  return found;
}

function readIgnoreRules(root: string, folder: string): readonly IgnoreRules[] {
  const file = join(root, folder, ".gitignore");
  if (!existsSync(file) || !lstatSync(file).isFile()) return [];
  return [{ folder, rules: ignore().add(readFileSync(file, "utf8")) }];
}

function isIgnored(path: string, rules: readonly IgnoreRules[]): boolean {
  // The nearest .gitignore that says something about the path decides.
  for (const { folder, rules: own } of rules.toReversed()) {
    const result = own.test(path.slice(folder.length));
    if (result.ignored) return true;
    if (result.unignored) return false;
  }
  return false;
}
