/** Small private files that survive a power cut whole, and the file questions that go with them. */
import { open, readFile, stat, unlink } from "node:fs/promises";
import { isFileError, toFileError } from "./file-error.ts";

/** Writes a file that must not exist, mode 0600, and waits until it is on the disk. */
export async function createDurableFile(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Waits until the names in a folder are on the disk. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/**
 * @returns null if there is no such file.
 * @throws {MizanError} NOT_ALLOWED
 */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isFileError(error, "ENOENT")) return null;
    throw toFileError(error, path);
  }
}

/** @returns null if there is no such file. */
export async function readSizeBytes(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isFileError(error, "ENOENT")) return null;
    throw error;
  }
}

export async function unlinkIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!isFileError(error, "ENOENT")) throw error;
  }
}
