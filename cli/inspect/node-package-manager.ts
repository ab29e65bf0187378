/** Chooses npm, pnpm, yarn or bun for a package by its lock file or its `packageManager` field. */

import { MizanError } from "../../infra/contract/errors.ts";
import type { Finding, NodePackageManager, ProjectFiles } from "./facts.ts";
import { readPackageJson } from "./node-packages.ts";
import { foldersUpwards, joinPath } from "./project-paths.ts";

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
      const findings =
        managers.size > 0 || hasLock(files, current) ? [] : [buildLockMissing(folder)];
      return { packageManager: named, findings };
    }
    const [manager, ...others] = managers;
    if (others.length > 0) throw createDisagreeError(current, locks);
    if (manager !== undefined) return { packageManager: manager, findings: [] };
  }
  return { packageManager: "npm", findings: [buildLockMissing(folder)] };
}

/** https://nodejs.org/api/packages.html#packagemanager: `pnpm@9.1.0`. */
function readManagerField(files: ProjectFiles, path: string): NodePackageManager | null {
  const name = readPackageJson(files, path)?.packageManager?.split("@")[0];
  return Object.values(LOCKS).find((manager) => manager === name) ?? null;
}

function hasLock(files: ProjectFiles, folder: string): boolean {
  return foldersUpwards(folder).some((current) =>
    Object.keys(LOCKS).some((name) => files.has(joinPath(current, name))),
  );
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
    details: { files: paths },
  });
}
