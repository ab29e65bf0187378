/** After a switch: drains what is no longer wanted and removes what is no longer kept. */

import { removeReadOnlyFolder } from "../../build/python/read-only-folder.ts";
import { readCurrent } from "../../state/pointer.ts";
import type { ReleaseRecord } from "../../state/release-record.ts";
import { listReleases, removeRelease, updateRelease } from "../../state/releases.ts";
import type { AgentClient } from "./agent/agent-client.ts";
import { readEdgeState } from "./apply-pointer.ts";
import { removeUnusedAssets } from "./edge/asset-store.ts";
import { type LocalSession, releaseFolder } from "./local-session.ts";
import { removeLeftovers } from "./remove-leftovers.ts";

/**
 * The live release and the one before it stay up (rollback is one assignment); every other origin
 * drains. Records and files of the oldest releases go, static files that nobody serves go with them.
 */
export async function retireReleases(session: LocalSession, agent: AgentClient): Promise<void> {
  const pointer = await readCurrent(session.store);
  if (pointer === null) return;
  const warm = new Set([pointer.release, pointer.previous]);
  await markSuperseded(session, pointer.release);
  const { processes } = await agent.status();
  for (const { name, release } of processes) {
    const isDone = release !== null && !warm.has(release);
    if (isDone) await agent.stopProcess({ name, release, wait: false });
  }
  const removed = await removeOldReleases(session, warm);
  if (removed === 0) return;
  const edge = await readEdgeState(session, pointer.release);
  await agent.putEdge(edge);
  await removeUnusedAssets(session.paths.assets, [edge.live.assets, ...edge.kept]);
  await removeLeftovers(session);
}

async function markSuperseded(session: LocalSession, live: string): Promise<void> {
  for (const record of await listReleases(session.store)) {
    const shouldBe = record.id === live ? "live" : "superseded";
    const isOfTwo = record.status === "live" || record.status === "superseded";
    const becomesLive = record.id === live && record.status !== "live";
    if (becomesLive || (isOfTwo && record.status !== shouldBe)) {
      await updateRelease(session.store, record.id, { status: shouldBe });
    }
  }
}

/** @returns how many went. */
async function removeOldReleases(
  session: LocalSession,
  warm: ReadonlySet<string | null>,
): Promise<number> {
  const records = await listReleases(session.store);
  const keep = session.environment.keepReleases;
  const isUsable = (record: ReleaseRecord) =>
    record.status === "live" || record.status === "superseded";
  const usable = records.filter(isUsable).slice(keep);
  const failed = records.filter((record) => !isUsable(record)).slice(keep);
  const old = [...usable, ...failed].filter((record) => !warm.has(record.id));
  for (const record of old) {
    removeReadOnlyFolder(releaseFolder(session, record.id)); // its own packages may be read-only
    await removeRelease(session.store, record.id);
  }
  return old.length;
}
