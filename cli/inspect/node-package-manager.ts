/** Chooses npm, pnpm, yarn or bun for a package by its `packageManager` field or its lock file. */

import { MizanError } from "../../infra/contract/errors.ts";
import type { Finding, NodePackageManager, ProjectFiles } from "./facts.ts";
import { readPackageJson } from "./node-packages.ts";
import { fileNameOf, foldersUpwards, joinPath } from "./project-paths.ts";

const LOCKS: Readonly<Record<string, NodePackageManager>> = {
  "pnpm-lock.yaml": "pnpm",
  "yarn.lock": "yarn",
  "bun.lock": "bun",
  "bun.lockb": "bun",
  "package-lock.json": "npm",
  "npm-shrinkwrap.json": "npm",
};

export interface NodeManagerResult {
  readonly packageManager: NodePackageManager;
  readonly findings: readonly Finding[];
}

/**
 * Looks in the package's folder, then upwards: a workspace has its lock at the root.
 * @throws {MizanError} LOCK_FILES_DISAGREE when locks of two managers lie side by side and no field decides.
 */
export function chooseNodePackageManager(files: ProjectFiles, folder: string): NodeManagerResult {
  for (const current of foldersUpwards(folder)) {
    const named = readManagerField(files, joinPath(current, "package.json"));
    const locks = Object.keys(LOCKS).filter((name) => files.has(joinPath(current, name)));
    const managers = new Set(locks.map((name) => LOCKS[name] ?? "npm"));
    if (named !== null) {
      return { packageManager: named, findings: checkLocks(files, current, folder, named) };
    }
    const [manager, ...others] = managers;
    if (others.length > 0) throw createDisagreeError(current, locks);
    if (manager !== undefined) return { packageManager: manager, findings: [] };
  }
  return { packageManager: "npm", findings: [buildLockMissing(folder)] };
}

/**
 * The manager of the `packageManager` field (`pnpm@9.1.0`), which Corepack and the managers go by, or
 * of npm's `devEngines`.
 */
function readManagerField(files: ProjectFiles, path: string): NodePackageManager | null {
  const json = readPackageJson(files, path);
  const asked = json?.devEngines?.packageManager;
  const [engine] = Array.isArray(asked) ? asked : [asked];
  const name = json?.packageManager?.split("@")[0] ?? engine?.name;
  return Object.values(LOCKS).find((manager) => manager === name) ?? null;
}

/** What the named manager finds from its folder upwards: its own lock, another's, or none. */
function checkLocks(
  files: ProjectFiles,
  current: string,
  folder: string,
  named: NodePackageManager,
): readonly Finding[] {
  const locks = foldersUpwards(current).flatMap((parent) =>
    Object.keys(LOCKS)
      .map((name) => joinPath(parent, name))
      .filter((path) => files.has(path)),
  );
  const [other] = locks;
  if (other === undefined) return [buildLockMissing(folder)];
  if (locks.some((path) => LOCKS[fileNameOf(path)] === named)) return [];
  return [buildLockIgnored(joinPath(current, "package.json"), other, named)];
}

function buildLockIgnored(path: string, lock: string, named: NodePackageManager): Finding {
  return {
    code: "LOCK_IGNORED",
    severity: "warning",
    message: `${path} asks for ${named}, which does not read ${lock}: two deploys of the same commit may install different versions`,
    evidence: path,
    hint: `Run ${named} install, commit its lock file and delete ${lock}; or correct packageManager.`,
  };
}

function buildLockMissing(folder: string): Finding {
  const path = joinPath(folder, "package.json");
  return {
    code: "LOCK_MISSING",
    severity: "warning",
    message: `${path} has no lock file: two deploys of the same commit may install different versions`,
    evidence: path,
    hint: "Run the package manager's install and commit its lock file.",
  };
}

function createDisagreeError(folder: string, locks: readonly string[]): MizanError {
  const paths = locks.map((name) => joinPath(folder, name));
  return new MizanError("LOCK_FILES_DISAGREE", `${paths.join(" and ")} lie side by side`, {
    hint: "Delete the one that is not used, or set `packageManager` in package.json.",
    details: { files: paths, candidates: locks.map((name) => LOCKS[name]) },
  });
}
