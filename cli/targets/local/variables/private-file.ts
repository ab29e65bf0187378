/** Files that hold secrets: mode 0600 from their first byte on, whole or not there at all. */
import { randomUUID } from "node:crypto";
import { chmod, link, mkdir, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { createDurableFile, syncFolder, unlinkIfThere } from "../../../state/durable-file.ts";
import { isFileError, toFileError } from "../../../state/file-error.ts";

/**
 * Creates a private file unless it exists.
 *
 * @returns false if it did: of several processes one creates it, and all find the same.
 * @throws {MizanError} DISK_FULL, NOT_ALLOWED, PLATFORM_UNSUPPORTED
 */
export async function createPrivateFile(path: string, text: string): Promise<boolean> {
  return placePrivateFile(path, text, async (temporaryPath) => {
    try {
      await link(temporaryPath, path);
      return true;
    } catch (error) {
      if (isFileError(error, "EEXIST")) return false;
      throw error;
    }
  });
}

/**
 * Writes a private file, replacing one that exists in one step.
 *
 * @throws {MizanError} DISK_FULL, NOT_ALLOWED
 */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  await placePrivateFile(path, text, (temporaryPath) => rename(temporaryPath, path));
}

/**
 * Takes the permissions of group and others away.
 *
 * @returns whether there were any.
 * @throws {MizanError} NOT_ALLOWED
 */
export async function ensurePrivate(path: string): Promise<boolean> {
  try {
    if (((await stat(path)).mode & 0o077) === 0) return false;
    await chmod(path, 0o600);
    return true;
  } catch (error) {
    throw toFileError(error, path);
  }
}

async function placePrivateFile<T>(
  path: string,
  text: string,
  place: (temporaryPath: string) => Promise<T>,
): Promise<T> {
  const temporaryPath = `${path}.${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await createDurableFile(temporaryPath, text);
    const result = await place(temporaryPath);
    await syncFolder(dirname(path));
    return result;
  } catch (error) {
    throw toFileError(error, path);
  } finally {
    await unlinkIfThere(temporaryPath);
  }
}
