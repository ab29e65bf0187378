/** Removes what no kept release refers to: static files, logs, virtual environments. */

import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { removeUnusedEnvironments } from "../../build/python/environment-store.ts";
import { createFolderStore } from "../../state/folder-store.ts";
import type { ReleaseRecord } from "../../state/release-record.ts";
import { listReleases } from "../../state/releases.ts";
import { readLaunchPlan, releaseFiles } from "./launch-plan.ts";
import { type LocalSession, releaseFolder } from "./local-session.ts";
import { listLogFiles } from "./read-logs.ts";

/** After old releases were removed. Missing is success. */
export async function removeLeftovers(session: LocalSession): Promise<void> {
  const kept = await listReleases(session.store);
  await removeStaticFolders(session, kept);
  await removeLogs(session, kept);
  removeUnusedEnvironments({
    venvsFolder: join(session.paths.mizanFolder, "venv"),
    usedKeys: await readUsedKeys(session),
  });
}

async function removeStaticFolders(
  session: LocalSession,
  kept: readonly ReleaseRecord[],
): Promise<void> {
  const shared = join(session.paths.folder, "static");
  if (!existsSync(shared)) return;
  const folders = kept.map((record) => releaseFolder(session, record.id));
  const started = folders.filter((folder) => existsSync(releaseFiles(folder).launchPlan));
  const plans = await Promise.all(started.map(readLaunchPlan));
  const used = new Set(plans.map((plan) => basename(plan.staticFolder)));
  for (const name of await readdir(shared)) {
    const isUsed = used.has(name.replace(/\.complete$/, ""));
    if (!isUsed) await rm(join(shared, name), { recursive: true, force: true });
  }
}

async function removeLogs(session: LocalSession, kept: readonly ReleaseRecord[]): Promise<void> {
  const ids = new Set(kept.map((record) => record.id));
  for (const { path, release } of await listLogFiles(session.paths.logs)) {
    if (release === null || release === "inspect" || ids.has(release)) continue;
    await rm(path, { force: true });
    await rm(`${path}.1`, { force: true });
  }
}

/** Of every environment of the project: they share the virtual environments. */
async function readUsedKeys(session: LocalSession): Promise<ReadonlySet<string>> {
  const environments = join(session.paths.mizanFolder, "env");
  const keys = new Set<string>();
  for (const name of await readdir(environments)) {
    const store = createFolderStore(join(environments, name, "state"));
    for (const { venvKey } of await listReleases(store)) {
      if (venvKey !== undefined) keys.add(venvKey);
    }
  }
  return keys;
}
