/**
 * The state store of the local target: a folder, with compare-and-set between processes and
 * without a mutex that a killed process could leave behind.
 *
 * A document is a folder of immutable versions `1.json`, `2.json`, …; the highest is the current
 * one. To write version n+1, a process makes a *ticket* (`n.<random>.ticket`: the whole content,
 * on the disk), then sees that n is still current, then links the ticket to `n+1.json`: of several
 * writers one succeeds. A removal is a version too, so numbers never fall.
 *
 * Old versions are deleted, lowest first, after the tickets of everyone who still writes on top of
 * an old version. So a writer that slept cannot fill the gap: its ticket is gone, and a ticket made
 * later finds its base gone. `1.json` is emptied, not deleted: "never written" is proof as well.
 */
import { randomUUID } from "node:crypto";
import { link, mkdir, readdir, rename } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import {
  createDurableFile,
  readIfThere,
  readSizeBytes,
  syncFolder,
  unlinkIfThere,
} from "./durable-file.ts";
import { isFileError, toFileError } from "./file-error.ts";
import { assertStateKey, isStateKey } from "./state-key.ts";
import type { Etag, StateStore, Stored } from "./store.ts";

const VERSION_FILE = /^([1-9][0-9]*)\.json$/;
const TICKET_FILE = /^([0-9]+)\.[0-9a-f-]+\.ticket$/;
/** Each try that fails means that another process wrote meanwhile; so many in a row do not happen. */
const READ_TRIES = 1000;

type Content = { readonly value: unknown } | { readonly removed: true };

interface Version {
  /** 0: never written. */
  readonly number: number;
  /** null: never written, or removed. */
  readonly stored: Stored | null;
}

/**
 * Opens a folder as a store. It is made at the first write: folders with mode 0700, files 0600.
 *
 * @param folder on a file system with hard links.
 * @throws {MizanError} DISK_FULL, NOT_ALLOWED or PLATFORM_UNSUPPORTED from its methods; the
 * document is then as it was before.
 */
export function createFolderStore(folder: string): StateStore {
  const root = resolve(folder);
  const folderOf = (key: string) => join(root, ...assertStateKey(key).split("/"));

  async function writeOver(key: string, etag: Etag | null, content: Content): Promise<Etag | null> {
    const current = await readCurrent(folderOf(key));
    if ((current.stored?.etag ?? null) !== etag) return null;
    return writeVersion(folderOf(key), current.number, content);
  }

  return {
    read: async (key) => (await readCurrent(folderOf(key))).stored,
    create: async (key, value) => writeOver(key, null, toContent(value)),
    replace: async (key, value, etag) => writeOver(key, etag, toContent(value)),
    remove: async (key, etag) => (await writeOver(key, etag, { removed: true })) !== null,
    list: (prefix) => listDocuments(root, prefix),
  };
}

function toContent(value: unknown): Content {
  if (value === undefined) throw new TypeError("A state document cannot be undefined");
  return { value };
}

/** Tries again where the version that it saw was deleted meanwhile: then there is a newer one. */
async function readCurrent(folder: string): Promise<Version> {
  for (let attempt = 0; attempt < READ_TRIES; attempt += 1) {
    const number = findHighest(await listNames(folder));
    if (number === 0) return { number, stored: null };
    const text = await readIfThere(versionPath(folder, number));
    // Empty: version 1 after newer ones came, which the listing was too early for.
    if (text !== null && text !== "") return parseVersion(text, number, folder);
  }
  throw new Error(`The state document ${folder} is damaged: its newest version is missing`);
}

function parseVersion(text: string, number: number, folder: string): Version {
  let content: { readonly value?: unknown };
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new Error(`The state document ${versionPath(folder, number)} is damaged`, { cause });
  }
  const { value } = content;
  return { number, stored: value === undefined ? null : { value, etag: String(number) } };
}

function findHighest(names: readonly string[]): number {
  return names.reduce((highest, name) => Math.max(highest, readNumber(VERSION_FILE, name) ?? 0), 0);
}

function readNumber(pattern: RegExp, name: string): number | null {
  const digits = pattern.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

function versionPath(folder: string, number: number): string {
  return join(folder, `${number}.json`);
}

/** @returns null if another writer was faster. */
async function writeVersion(folder: string, base: number, content: Content): Promise<Etag | null> {
  const ticket = join(folder, `${base}.${randomUUID()}.ticket`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await createDurableFile(ticket, `${JSON.stringify(content, null, 2)}\n`);
    if (!(await isCurrent(folder, base))) return null;
    if (!(await linkVersion(ticket, versionPath(folder, base + 1)))) return null;
    await syncFolder(folder);
    if (base === 0) await syncFolder(dirname(folder));
  } catch (error) {
    throw toFileError(error, folder);
  } finally {
    await unlinkIfThere(ticket);
  }
  await deleteOldVersions(folder);
  return String(base + 1);
}

/**
 * Asked while our ticket exists. The order matters: a next version that was deleted already had
 * its base deleted before it.
 */
async function isCurrent(folder: string, base: number): Promise<boolean> {
  if ((await readSizeBytes(versionPath(folder, base + 1))) !== null) return false;
  if (base === 0) return true;
  return ((await readSizeBytes(versionPath(folder, base))) ?? 0) > 0;
}

async function linkVersion(ticket: string, path: string): Promise<boolean> {
  try {
    await link(ticket, path);
    return true;
  } catch (error) {
    // EEXIST: another writer's version. ENOENT: the clean-up after another one took the ticket.
    if (isFileError(error, "EEXIST", "ENOENT")) return false;
    throw error;
  }
}

async function deleteOldVersions(folder: string): Promise<void> {
  const names = await listNames(folder);
  const highest = findHighest(names);
  for (const name of names) {
    const base = readNumber(TICKET_FILE, name);
    if (base !== null && base < highest) await unlinkIfThere(join(folder, name));
  }
  const numbers = names.map((name) => readNumber(VERSION_FILE, name) ?? highest);
  for (const number of numbers.filter((each) => each < highest).sort((a, b) => a - b)) {
    if (number > 1) await unlinkIfThere(versionPath(folder, number));
    else if (!(await emptyFirstVersion(folder))) return;
  }
}

/** @returns false where that was not possible now: the next write tries again, and deletes nothing before. */
async function emptyFirstVersion(folder: string): Promise<boolean> {
  const path = versionPath(folder, 1);
  if ((await readSizeBytes(path)) === 0) return true;
  const empty = join(folder, `0.${randomUUID()}.ticket`);
  try {
    await createDurableFile(empty, "");
    await rename(empty, path);
    return true;
  } catch (error) {
    // The write itself has succeeded; a full disk, or another clean-up that took the file, only delays this.
    if (isFileError(error, "ENOSPC", "EDQUOT", "ENOENT")) return false;
    throw error;
  }
}

async function listDocuments(root: string, prefix: string): Promise<readonly string[]> {
  const keys = (await listEntries(root))
    .filter((entry) => entry.isFile() && entry.name === "1.json" && entry.parentPath !== root)
    .map((entry) => entry.parentPath.slice(root.length + 1).replaceAll("\\", "/"))
    .filter((key) => isStateKey(key) && key.startsWith(prefix))
    .sort();
  const versions = await Promise.all(keys.map((key) => readCurrent(join(root, key))));
  return keys.filter((_, index) => versions[index]?.stored !== null);
}

async function listEntries(root: string) {
  try {
    return await readdir(root, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (isFileError(error, "ENOENT")) return [];
    throw toFileError(error, root);
  }
}

async function listNames(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isFileError(error, "ENOENT")) return [];
    throw toFileError(error, folder);
  }
}
