/** Keeps finished virtual environments under their key: whole or absent, without locks. */

import { randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, join, relative } from "node:path";
import { z } from "zod";
import { getVenvPython } from "./install-dependencies.ts";
import { makeReadOnly, removeReadOnlyFolder } from "./read-only-folder.ts";

/** In each finished environment. */
const RECORD_FILE = "mizan-environment.json";

const recordSchema = z.object({
  /** Folders of packages inside the project, relative to it. */
  localFolders: z.array(z.string()),
});

export interface StoredEnvironment {
  /** Absolute. */
  readonly folder: string;
  readonly localFolders: readonly string[];
}

/**
 * An environment is built in `<key>-<pid>-<random>`, since it cannot be moved, and becomes the one
 * of its key by a symbolic link `<key>`: creating a link is one step, and only one deploy succeeds.
 */
export function readEnvironment(venvsFolder: string, key: string): StoredEnvironment | null {
  const link = join(venvsFolder, key);
  const name = readLinkName(link);
  if (name === null) return null;
  const folder = join(venvsFolder, name);
  // The interpreter behind it may have been removed since: existsSync follows the link.
  if (existsSync(join(folder, RECORD_FILE)) && existsSync(getVenvPython(folder))) {
    const now = new Date();
    utimesSync(folder, now, now);
    const record = recordSchema.parse(JSON.parse(readFileSync(join(folder, RECORD_FILE), "utf8")));
    return { folder, localFolders: record.localFolders };
  }
  rmSync(link, { force: true });
  return null;
}

/** @returns an absolute folder of our own to build in; it does not exist yet. */
export function createBuildFolder(venvsFolder: string, key: string): string {
  mkdirSync(venvsFolder, { recursive: true });
  removeAbandoned(venvsFolder, key);
  return join(venvsFolder, `${key}-${process.pid}-${randomBytes(3).toString("hex")}`);
}

/** Seals a built folder and makes it the one of its key, unless another deploy did so first. */
export function publishEnvironment(
  venvsFolder: string,
  key: string,
  built: StoredEnvironment,
): StoredEnvironment {
  const { folder, localFolders } = built;
  writeFileSync(join(folder, RECORD_FILE), JSON.stringify({ localFolders }));
  makeReadOnly(folder);
  try {
    symlinkSync(basename(folder), join(venvsFolder, key));
    return built;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const winner = readEnvironment(venvsFolder, key);
    if (winner === null) return publishEnvironment(venvsFolder, key, built);
    removeReadOnlyFolder(folder);
    return winner;
  }
}

/** A deploy beside this one may have found or built an environment that its record does not name yet. */
const UNUSED_AGE_SECONDS = 3600;

export interface RemoveUnusedOptions {
  readonly venvsFolder: string;
  /** Keys that the kept releases of every environment of the project name. */
  readonly usedKeys: ReadonlySet<string>;
  /** Only those that no deploy has used for so long. Default: an hour. */
  readonly unusedAgeSeconds?: number;
}

/** Removes the environments that no kept release names. @returns their keys. */
export function removeUnusedEnvironments(options: RemoveUnusedOptions): readonly string[] {
  const { venvsFolder, usedKeys, unusedAgeSeconds = UNUSED_AGE_SECONDS } = options;
  if (!existsSync(venvsFolder)) return [];
  const removed: string[] = [];
  for (const key of readdirSync(venvsFolder).filter((name) => /^[0-9a-f]{32}$/.test(name))) {
    const name = readLinkName(join(venvsFolder, key));
    if (usedKeys.has(key) || name === null) continue;
    const folder = join(venvsFolder, name);
    const stats = statSync(folder, { throwIfNoEntry: false });
    if (stats !== undefined && Date.now() - stats.mtimeMs < unusedAgeSeconds * 1000) continue;
    rmSync(join(venvsFolder, key), { force: true });
    removeReadOnlyFolder(folder);
    removed.push(key);
  }
  return removed;
}

/** Folders that a killed deploy left half built. */
function removeAbandoned(venvsFolder: string, key: string): void {
  const published = readLinkName(join(venvsFolder, key));
  for (const name of readdirSync(venvsFolder)) {
    const owner = /^[0-9a-f]{32}-(\d+)-[0-9a-f]{6}$/.exec(name);
    if (owner === null || !name.startsWith(key) || name === published) continue;
    if (!isProcessAlive(Number(owner[1]))) removeReadOnlyFolder(join(venvsFolder, name));
  }
}

function readLinkName(link: string): string | null {
  try {
    return basename(readlinkSync(link));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "EINVAL") return null;
    throw error;
  }
}

function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Paths inside a project as the record keeps them. */
export function toRelativeFolders(root: string, folders: readonly string[]): readonly string[] {
  return folders.map((folder) => relative(root, folder) || ".");
}
