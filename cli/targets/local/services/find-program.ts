/** Finds real programs: on a search path and in the folders where systems keep them. */

import { constants } from "node:fs";
import { access, open, readdir, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Folders that hold the program, without doubles, in the order of the search path, then of `places`.
 * A script on the path that wraps the program is none: it may run something else.
 * @param searchPath PATH
 * @param places folders; one name in each may be `*`
 */
export async function findProgramFolders(
  program: string,
  searchPath: string,
  places: readonly string[],
): Promise<string[]> {
  const folders = searchPath.split(":").filter((folder) => folder.startsWith("/"));
  for (const place of places) {
    folders.push(...(await expandPlace(place)));
  }
  const found = new Set<string>();
  for (const folder of folders) {
    const path = await findReal(join(folder, program));
    if (path !== null) found.add(dirname(path));
  }
  return [...found];
}

async function expandPlace(place: string): Promise<string[]> {
  const [before, after] = place.split("*");
  if (before === undefined || after === undefined) return [place];
  const parent = before.slice(0, before.lastIndexOf("/"));
  const prefix = before.slice(before.lastIndexOf("/") + 1);
  const names = await readdir(parent).catch(() => []); // this system has no such folder
  const matching = names.filter((name) => name.startsWith(prefix)).sort();
  return matching.map((name) => `${join(parent, name)}${after}`);
}

async function findReal(path: string): Promise<string | null> {
  try {
    await access(path, constants.X_OK);
    const real = await realpath(path);
    return (await isScript(real)) ? null : real;
  } catch {
    // Not there, or not for us.
    return null;
  }
}

async function isScript(path: string): Promise<boolean> {
  const file = await open(path, "r");
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.toString("latin1") === "#!";
  } finally {
    await file.close();
  }
}
