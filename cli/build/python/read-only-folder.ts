/** Takes write permission from a finished folder, and gives it back to remove the folder. */

import { chmodSync, existsSync, lstatSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const WRITE_BITS = 0o222;

/** Files and folders lose write permission for everybody; links are left alone. */
export function makeReadOnly(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) makeReadOnly(path);
    else if (entry.isFile()) chmodSync(path, lstatSync(path).mode & 0o7777 & ~WRITE_BITS);
  }
  chmodSync(folder, lstatSync(folder).mode & 0o7777 & ~WRITE_BITS);
}

/** Removes a folder that may be read-only. Missing is success. */
export function removeReadOnlyFolder(folder: string): void {
  if (!existsSync(folder)) return;
  const unlock = (path: string): void => {
    chmodSync(path, 0o700);
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (entry.isDirectory()) unlock(join(path, entry.name));
    }
  };
  unlock(folder);
  rmSync(folder, { recursive: true, force: true });
}
