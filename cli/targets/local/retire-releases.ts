/** After a switch: drains what is no longer wanted and removes what is no longer kept. */

import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { removeReadOnlyFolder } from "../../build/python/read-only-folder.ts";
import { readCurrent } from "../../state/pointer.ts";
import type { ReleaseRecord } from "../../state/release-record.ts";
import { listReleases, removeRelease, updateRelease } from "../../state/releases.ts";
import type { AgentClient } from "./agent/agent-client.ts";
import { readEdgeState } from "./apply-pointer.ts";
import { removeUnusedAssets } from "./edge/asset-store.ts";
import { type LocalSession, releaseFolder } from "./local-session.ts";
import { removeLeftovers } from "./remove-leftovers.ts";
import { orderForStop } from "./stop-order.ts";

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
  for (const { name, release } of orderForStop(processes)) {
    const isDone = release !== null && !warm.has(release);
    if (isDone) await agent.stopProcess({ name, release, wait: false });
  }
  const old = await listOldReleases(session, warm);
  const running = await waitUntilEnded(agent, new Set(old));
  const removed = old.filter((release) => !running.has(release));
  for (const release of removed) await removeReleaseFiles(session, release);
  if (removed.length === 0) return;
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

/** @returns those that are no longer kept */
async function listOldReleases(
  session: LocalSession,
  warm: ReadonlySet<string | null>,
): Promise<readonly string[]> {
  const records = await listReleases(session.store);
  const keep = session.environment.keepReleases;
  const isUsable = (record: ReleaseRecord) =>
    record.status === "live" || record.status === "superseded";
  const usable = records.filter(isUsable).slice(keep);
  const failed = records.filter((record) => !isUsable(record)).slice(keep);
  return [...usable, ...failed].map(({ id }) => id).filter((id) => !warm.has(id));
}

/** Most end at once; one with a request or a task under way goes with the next deploy. */
const END_WAIT_MS = 10_000;
const END_POLL_MS = 100;

/**
 * What drains still needs its files, and its slot, which its record tells.
 * @returns those of the releases that still run
 */
async function waitUntilEnded(
  agent: AgentClient,
  releases: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  for (const deadlineMs = performance.now() + END_WAIT_MS; ; await sleep(END_POLL_MS)) {
    const { processes } = await agent.status();
    const running = processes.flatMap(({ release }) => release ?? []);
    const left = new Set(running.filter((release) => releases.has(release)));
    if (left.size === 0 || performance.now() > deadlineMs) return left;
  }
}

async function removeReleaseFiles(session: LocalSession, release: string): Promise<void> {
  removeReadOnlyFolder(releaseFolder(session, release)); // its own packages may be read-only
  await rm(session.paths.ssrLink(release), { force: true });
  await removeRelease(session.store, release);
}
