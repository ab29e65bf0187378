/** Removes an environment: its processes, its files, its boot service. Nothing else of the project. */

import { lstatSync } from "node:fs";
import { readdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { removeReadOnlyFolder } from "../../build/python/read-only-folder.ts";
import { removeCurrent } from "../../state/pointer.ts";
import { listReleases, removeRelease } from "../../state/releases.ts";
import type { StateStore } from "../../state/store.ts";
import { removeBootService } from "./boot-service.ts";
import type { LocalSession } from "./local-session.ts";
import { removeServiceData } from "./services/service-folder.ts";
import { stopEnvironment } from "./stop-environment.ts";

/**
 * Everything but the state's folder, which tells the next command to go on if this one is cut off.
 * Virtual environments and tools are shared, so they go with the last environment.
 */
export async function removeEnvironment(session: LocalSession, keepData: boolean): Promise<void> {
  const { paths } = session;
  await stopEnvironment(session);
  await removeBootService({
    projectRoot: session.projectRoot,
    environment: session.environment.name,
  });
  if (!keepData) await removeServiceData(paths.data);
  await removeTree(paths.run);
  for (const name of await listFolder(paths.folder)) {
    const path = join(paths.folder, name);
    if (path !== paths.state && !(keepData && path === paths.data)) await removeTree(path);
  }
  await forgetReleases(session.store);
}

/** Whoever has the lease next finds nothing live. */
async function forgetReleases(store: StateStore): Promise<void> {
  for (const { id } of await listReleases(store)) await removeRelease(store, id);
  await removeCurrent(store);
}

/** After the lease was given back: the state, and what no other environment of the project needs. */
export async function removeState(session: LocalSession): Promise<void> {
  const { paths } = session;
  const environments = join(paths.mizanFolder, "env");
  await removeTree(paths.state);
  await removeIfEmpty(paths.folder);
  await removeIfEmpty(environments);
  if ((await listFolder(environments)).length === 0) await removeTree(paths.mizanFolder);
}

/** Virtual environments are read-only, which stops everybody but root. */
async function removeTree(path: string): Promise<void> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) removeReadOnlyFolder(path);
  else await rm(path, { force: true });
}

async function listFolder(path: string): Promise<readonly string[]> {
  return readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
}

async function removeIfEmpty(path: string): Promise<void> {
  if ((await listFolder(path)).length > 0) return;
  await rmdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
}
