/** Replaces a file in one step: readers see the old content or the new one, never a part. */

import { renameSync, rmSync, writeFileSync } from "node:fs";

/**
 * @param mode permission bits of the new file, e.g. 0o600
 * @throws {Error} of the file system, e.g. ENOSPC; the old file is then untouched
 */
export function writeFileAtomically(path: string, text: string, mode: number): void {
  const temporary = `${path}.${process.pid}.new`;
  try {
    writeFileSync(temporary, text, { mode });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
