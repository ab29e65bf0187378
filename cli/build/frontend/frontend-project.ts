/** What a frontend is made of: its lock file, its sources, and files outside its folder that it names. */

import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { z } from "zod";
import type { Frontend, NodePackageManager } from "../../inspect/facts.ts";
import { type LockedManager, readLockedManager } from "../../tools/node-package-manager.ts";
import type { SourceFile, SourceTree } from "../source-tree.ts";

export interface FrontendProject {
  readonly frontend: Frontend;
  readonly locked: LockedManager;
  /** Folder with the lock file, relative to the project: the frontend's own, or a workspace's. */
  readonly installRoot: string;
  /** Relative to the project; null: no lock file. */
  readonly lockFile: string | null;
  /** Every file of the tree that the build may read. */
  readonly sources: readonly SourceFile[];
}

const LOCK_NAMES: Readonly<Record<NodePackageManager, readonly string[]>> = {
  npm: ["package-lock.json", "npm-shrinkwrap.json"],
  pnpm: ["pnpm-lock.yaml"],
  yarn: ["yarn.lock"],
  bun: ["bun.lock", "bun.lockb"],
};
/** Files whose text may name other files. */
const TEXT_FILE = /\.(?:[cm]?[jt]sx?|json|jsonc|css|scss|sass|less|vue|svelte|html)$/;
/** `../shared/x`, up to the first wildcard or quote; or a bare `".."` given to path.resolve. */
const CLIMB = /(?:\.\.\/)+[\w@.\-/]*|(?<=["'`])\.\.(?=["'`])/g;
/** Generated or vendored text above this holds no paths that a person wrote. */
const MAX_SCAN_BYTES = 512 * 1024;

const packageSchema = z.object({ packageManager: z.string().optional() });

/** @param tree the copied tree. */
export function readFrontendProject(tree: SourceTree, frontend: Frontend): FrontendProject {
  const paths = new Set(tree.files.map(({ path }) => path));
  const lockFile = findLockFile(paths, frontend);
  const installRoot = lockFile === null ? frontend.root : posix.dirname(lockFile);
  const lockText = lockFile === null ? null : readFileSync(join(tree.root, lockFile), "utf8");
  const field = readPackageManagerField(tree.root, [installRoot, frontend.root]);
  const roots = new Set([frontend.root, ...listWorkspacePackages(paths, frontend, installRoot)]);
  for (const path of findOutsidePaths(tree, frontend.root)) roots.add(path);
  return {
    frontend,
    locked: readLockedManager(frontend.packageManager, field, lockText),
    installRoot,
    lockFile,
    sources: tree.files.filter(
      ({ path }) =>
        posix.dirname(path) === installRoot || [...roots].some((root) => isWithin(path, root)),
    ),
  };
}

/** In a workspace the frontend may import its siblings: every folder that is a package. */
function listWorkspacePackages(
  paths: ReadonlySet<string>,
  frontend: Frontend,
  installRoot: string,
): readonly string[] {
  if (installRoot === frontend.root) return [];
  return [...paths]
    .filter((path) => posix.basename(path) === "package.json" && isWithin(path, installRoot))
    .map((path) => posix.dirname(path))
    .filter((folder) => folder !== installRoot);
}

/** True for the path itself and everything below it. `.` holds everything. */
function isWithin(path: string, root: string): boolean {
  return root === "." || path === root || path.startsWith(`${root}/`);
}

/** The nearest lock file of the manager, from the frontend's folder upwards. */
function findLockFile(paths: ReadonlySet<string>, frontend: Frontend): string | null {
  for (let folder = frontend.root; ; folder = posix.dirname(folder)) {
    const name = LOCK_NAMES[frontend.packageManager].find((lock) =>
      paths.has(posix.join(folder, lock)),
    );
    if (name !== undefined) return posix.join(folder, name);
    if (folder === ".") return null;
  }
}

/**
 * Files and folders outside the root that its files name (`outDir: "../backend/static"`, Tailwind's
 * `@source "../templates"`): a change there may change the build. Relative to the project.
 */
function findOutsidePaths(tree: SourceTree, root: string): ReadonlySet<string> {
  const outside = new Set<string>();
  if (root === ".") return outside;
  for (const file of tree.files) {
    if (!isWithin(file.path, root) || !TEXT_FILE.test(file.path)) continue;
    if (file.kind === "link" || file.sizeBytes > MAX_SCAN_BYTES || isLockFile(file.path)) continue;
    const text = readFileSync(join(tree.root, file.path), "utf8");
    if (!text.includes("..")) continue;
    for (const [climb] of text.matchAll(CLIMB)) {
      const path = posix.normalize(posix.join(posix.dirname(file.path), climb)).replace(/\/$/, "");
      if (!path.startsWith("..") && !isWithin(path, root)) outside.add(path);
    }
  }
  return outside;
}

function isLockFile(path: string): boolean {
  return Object.values(LOCK_NAMES).some((names) => names.includes(posix.basename(path)));
}

function readPackageManagerField(root: string, folders: readonly string[]): string | null {
  for (const folder of folders) {
    const file = join(root, folder, "package.json");
    if (!existsSync(file)) continue;
    const field = packageSchema.safeParse(JSON.parse(readFileSync(file, "utf8"))).data
      ?.packageManager;
    if (field !== undefined) return field;
  }
  return null;
}

/** Folders of the lock files and of the frontends, for messages: `frontend`, `.`. */
export function describeFolder(root: string): string {
  return root === "." ? "the project's root" : `${root}/`;
}
