/** Keeps static files by their content, so that a release is a table of URLs and kept releases cost nothing. */

import { createHash, randomBytes } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { chmod, copyFile, mkdir, readdir, realpath, rename, rm, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import type { Asset, AssetTable } from "../../../../edge/cache/contract.ts";
import { hasContentHash } from "./content-hash-name.ts";
import { findStaticContentType } from "./static-content-type.ts";

export interface StoreAssetsOptions {
  /** Absolute; made if missing. Files in it are named by SHA-256. */
  readonly assetsFolder: string;
  /** Path inside the folder, POSIX → its URL never changes meaning. Default: the name holds a hash. */
  readonly isImmutable?: (path: string) => boolean;
}

/** Disks and hashing overlap up to here; more only costs memory. */
const CONCURRENCY = 8;

/** Readable by whatever user the Edge runs as. */
const FILE_MODE = 0o644;

/** Never a SHA-256, and hidden from the Edge's disk service. */
const TEMPORARY_PREFIX = ".new-";

/**
 * Copies what is new of a folder's files into the store. Hidden files and folders are left out but
 * for `.well-known`, and so are symbolic links to folders or out of the folder.
 * @param urlPrefix where the folder is served, e.g. `/static/` or `/`; a missing slash is added
 * @returns URL path (decoded) → file, sorted
 */
export async function storeAssets(
  folder: string,
  urlPrefix: string,
  { assetsFolder, isImmutable = hasContentHash }: StoreAssetsOptions,
): Promise<AssetTable> {
  await mkdir(assetsFolder, { recursive: true });
  const root = await realpath(folder);
  const paths = (await findFiles(root, "")).sort();
  const prefix = `/${urlPrefix}/`.replace(/\/{2,}/g, "/");
  const stored = new Set(await readdir(assetsFolder));
  const assets = await mapConcurrently(paths, async (path): Promise<[string, Asset]> => {
    const file = await storeFile(join(root, path), assetsFolder, stored);
    const contentType = findStaticContentType(path);
    return [prefix + path, { ...file, contentType, immutable: isImmutable(path) }];
  });
  return Object.fromEntries(assets);
}

/**
 * Removes files that no table names, and what a killed run left behind. Not while another run stores.
 * @param tables of the live release and of every kept one
 * @returns how many files were removed
 */
export async function removeUnusedAssets(
  assetsFolder: string,
  tables: readonly AssetTable[],
): Promise<number> {
  const used = new Set(tables.flatMap((table) => Object.values(table).map(({ sha256 }) => sha256)));
  const names = await readdir(assetsFolder).catch(ignoreMissing);
  const unused = names.filter((name) => isOurs(name) && !used.has(name));
  await mapConcurrently(unused, (name) => rm(join(assetsFolder, name), { force: true }));
  return unused.length;
}

/** A file that someone else put there is none of our business. */
function isOurs(name: string): boolean {
  return /^[0-9a-f]{64}$/.test(name) || name.startsWith(TEMPORARY_PREFIX);
}

function ignoreMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code !== "ENOENT") throw error;
  return [];
}

/** @returns paths below the root, POSIX, of files that may be served */
async function findFiles(root: string, path: string): Promise<string[]> {
  const entries = await readdir(join(root, path), { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      if (entry.name.startsWith(".") && entry.name !== ".well-known") return [];
      const child = path === "" ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) return findFiles(root, child);
      const isFile =
        entry.isFile() || (entry.isSymbolicLink() && (await isFileInside(root, child)));
      return isFile ? [child] : [];
    }),
  );
  return found.flat();
}

/** A link to a folder is left out, since it may lead in circles; one that leads nowhere is no file. */
async function isFileInside(root: string, path: string): Promise<boolean> {
  try {
    const target = await realpath(join(root, path));
    return target.startsWith(root + sep) && (await stat(target)).isFile();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // node:fs throws nothing else
    if (code === "ENOENT" || code === "ELOOP") return false;
    throw error;
  }
}

interface StoredFile {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** The name is the hash of the copy, so a file that changes meanwhile is stored as what was copied. */
async function storeFile(
  source: string,
  assetsFolder: string,
  stored: Set<string>,
): Promise<StoredFile> {
  const known = await hashFile(source);
  if (stored.has(known.sha256)) return known;
  const temporary = join(assetsFolder, TEMPORARY_PREFIX + randomBytes(8).toString("hex"));
  try {
    await copyFile(source, temporary, constants.COPYFILE_FICLONE);
    await chmod(temporary, FILE_MODE);
    const copied = await hashFile(temporary);
    await rename(temporary, join(assetsFolder, copied.sha256));
    stored.add(copied.sha256);
    return copied;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function hashFile(path: string): Promise<StoredFile> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  for await (const chunk of createReadStream(path)) {
    const bytes: Buffer = chunk; // no encoding is set
    hash.update(bytes);
    sizeBytes += bytes.length;
  }
  return { sha256: hash.digest("hex"), sizeBytes };
}

/** @returns the results in the order of the items */
async function mapConcurrently<T, R>(
  items: readonly T[],
  run: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const rest = items.entries(); // one iterator, shared: each takes the next
  const work = async () => {
    for (const [index, item] of rest) results[index] = await run(item);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return results;
}
