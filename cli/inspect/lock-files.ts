/** Reads what Python lock files pin, and whether two of them agree. */

import { z } from "zod";
import type { PackageManager, ProjectFiles } from "./facts.ts";
import { readJson } from "./parse-app-file.ts";
import { normalizeName } from "./requirement-files.ts";
import { matchText } from "./text-match.ts";

export interface LockKind {
  readonly manager: PackageManager;
  readonly lock: string;
  /** What the lock is made from, beside it. */
  readonly manifest: string;
}

/** In order of precedence (reference/django.md, rule 2). */
export const LOCK_KINDS: readonly LockKind[] = [
  { manager: "uv", lock: "uv.lock", manifest: "pyproject.toml" },
  { manager: "poetry", lock: "poetry.lock", manifest: "pyproject.toml" },
  { manager: "pdm", lock: "pdm.lock", manifest: "pyproject.toml" },
  { manager: "pipenv", lock: "Pipfile.lock", manifest: "Pipfile" },
];

export interface LockedPackage {
  /** null: pinned to a path or a commit. */
  readonly version: string | null;
  readonly at: string;
}

const PIPFILE_LOCK = z.looseObject({
  _meta: z
    .looseObject({
      requires: z
        .looseObject({
          python_version: z.string().optional(),
          python_full_version: z.string().optional(),
        })
        .optional(),
    })
    .optional(),
  default: z.record(z.string(), z.looseObject({ version: z.string().optional() })).optional(),
});

/** @throws {MizanError} APP_INVALID */
export function readPipfileLock(
  files: ProjectFiles,
  path: string,
): z.infer<typeof PIPFILE_LOCK> | null {
  return readJson(files, path, PIPFILE_LOCK);
}

/** Normalised name → what is pinned. Machine-written TOML, so the lines are enough. */
export function readLock(files: ProjectFiles, path: string): ReadonlyMap<string, LockedPackage> {
  if (path.endsWith("Pipfile.lock")) return readPipfileLockPackages(files, path);
  const entry = /^\[\[package\]\]\s*\nname = "([^"]+)"(?:\s*\nversion = "([^"]+)")?/m;
  const matches = matchText(path, files.read(path) ?? "", entry);
  return new Map(
    matches.map(({ groups, at }) => [
      normalizeName(groups[0] ?? ""),
      { version: groups[1] ?? null, at },
    ]),
  );
}

function readPipfileLockPackages(
  files: ProjectFiles,
  path: string,
): ReadonlyMap<string, LockedPackage> {
  const packages = Object.entries(readPipfileLock(files, path)?.default ?? {});
  return new Map(
    packages.map(([name, { version }]) => [
      normalizeName(name),
      { version: version?.replace(/^==/, "") ?? null, at: path },
    ]),
  );
}

/**
 * Why two lock files cannot both be right, or null if every package in both has one version.
 * Locks that do not both pin Django say nothing about each other, and so do not agree.
 */
export function findLockDisagreement(
  files: ProjectFiles,
  first: string,
  second: string,
): string | null {
  const other = readLock(files, second);
  const own = readLock(files, first);
  if (!own.has("django") || !other.has("django")) return "not both pin Django";
  for (const [name, { version }] of own) {
    const otherVersion = other.get(name)?.version ?? version;
    if (version !== otherVersion)
      return `${name} is ${version} in one and ${otherVersion} in the other`;
  }
  return null;
}
