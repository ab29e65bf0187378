/** Command lines of npm, pnpm, Yarn and Bun: pure, so that a test can read them. */

import type { NodePackageManager } from "../inspect/facts.ts";
import type { Command } from "./run-tool.ts";

/** How to start a package manager: its name, or npm fetching the right version of it. */
export type Launcher = Command;

export interface LockedManager {
  readonly manager: NodePackageManager;
  /** Version that the project names or its lock file implies; null: any. */
  readonly version: string | null;
  /** Yarn 2 and later. */
  readonly isBerry: boolean;
}

/** Newest release of each major that a lock file form belongs to, when the project names no version. */
const PNPM_OF_LOCK: Readonly<Record<string, string>> = { "5": "7", "6": "8", "9": "10" };

/**
 * @param packageManagerField `packageManager` of package.json, e.g. `pnpm@9.15.0+sha512.…`; null: absent.
 * @param lockText the lock file; null: there is none.
 */
export function readLockedManager(
  manager: NodePackageManager,
  packageManagerField: string | null,
  lockText: string | null,
): LockedManager {
  const named = new RegExp(`^${manager}@([^+]+)`).exec(packageManagerField ?? "")?.[1] ?? null;
  if (manager === "pnpm")
    return { manager, version: named ?? impliedPnpm(lockText), isBerry: false };
  if (manager !== "yarn") return { manager, version: named, isBerry: false };
  const isBerry = named === null ? /^__metadata:/m.test(lockText ?? "") : !named.startsWith("1.");
  return { manager, version: named ?? (isBerry ? "4" : "1"), isBerry };
}

/** The manager of PATH. */
export function buildPathLauncher({ manager }: LockedManager): Launcher {
  return [manager];
}

/** npm fetches the manager into its own cache and runs it. */
export function buildFetchLauncher({ manager, version, isBerry }: LockedManager): Launcher {
  // Yarn 2 and later are published under another name; its program is `yarn` all the same.
  const name = isBerry ? "@yarnpkg/cli-dist" : manager;
  return ["npm", "exec", "--yes", `--package=${name}@${version ?? "latest"}`, "--", manager];
}

/** Installs what the lock file says and changes nothing; without a lock file, resolves. */
export function buildInstallCommand(
  launcher: Launcher,
  { manager, isBerry }: LockedManager,
  hasLock: boolean,
): Command {
  switch (manager) {
    case "npm":
      return [...launcher, hasLock ? "ci" : "install", "--include=dev", "--no-audit", "--no-fund"];
    case "pnpm":
      return [...launcher, "install", hasLock ? "--frozen-lockfile" : "--no-frozen-lockfile"];
    case "yarn":
      if (!hasLock) return [...launcher, "install"];
      return isBerry
        ? [...launcher, "install", "--immutable"]
        : [...launcher, "install", "--frozen-lockfile", "--non-interactive", "--production=false"];
    case "bun":
      return [...launcher, "install", ...(hasLock ? ["--frozen-lockfile"] : [])];
  }
}

export function buildScriptCommand(launcher: Launcher, script: string): Command {
  return [...launcher, "run", script];
}

function impliedPnpm(lockText: string | null): string | null {
  const major = /^lockfileVersion:\s*['"]?(\d+)/m.exec(lockText ?? "")?.[1];
  return major === undefined ? null : (PNPM_OF_LOCK[major] ?? null);
}
