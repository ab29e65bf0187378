/** Copies `mizan_runtime` away from the package: an upgrade of mizan changes no live release. */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/**
 * @param sourceFolder the package's folder that holds `mizan_runtime`.
 * @param runtimesFolder `<project>/.mizan/runtime`.
 * @returns the folder, named by its content, that holds the copy.
 */
export async function copyRuntime(sourceFolder: string, runtimesFolder: string): Promise<string> {
  const source = join(sourceFolder, "mizan_runtime");
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".py"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash("sha256");
  for (const file of files) {
    hash.update(file.slice(source.length)).update(await readFile(file));
  }
  const folder = join(runtimesFolder, hash.digest("hex").slice(0, 16));
  if (existsSync(folder)) return folder;
  await mkdir(runtimesFolder, { recursive: true });
  const temporary = await mkdtemp(`${folder}.`);
  await cp(source, join(temporary, "mizan_runtime"), {
    recursive: true,
    filter: (path) => !path.includes("__pycache__"),
  });
  await rename(temporary, folder).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    await rm(temporary, { recursive: true }); // another environment's deploy was faster
  });
  return folder;
}
