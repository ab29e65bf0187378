/** Finishes or undoes what a killed command left behind, and says which (D4). */

import { rm } from "node:fs/promises";
import { removeReadOnlyFolder } from "../../build/python/read-only-folder.ts";
import { decideRecovery } from "../../state/decide-recovery.ts";
import { type JournalRecord, resumeJournal } from "../../state/journal.ts";
import { moveCurrent, readCurrent, removeCurrent } from "../../state/pointer.ts";
import { listReleases, updateRelease } from "../../state/releases.ts";
import type { AgentClient } from "./agent/agent-client.ts";
import { applyPointer } from "./apply-pointer.ts";
import { readEnvironmentRecord } from "./environment-record.ts";
import { connectLocalAgent, ensureLocalAgent } from "./local-agent.ts";
import { type LocalSession, releaseFolder } from "./local-session.ts";
import { endLeftHolds } from "./mizan/context-hold.ts";
import { removeEnvironment } from "./remove-environment.ts";
import { retireReleases } from "./retire-releases.ts";
import { stopEnvironment } from "./stop-environment.ts";
import { orderForStop } from "./stop-order.ts";

/** Only under the lease. Nothing to do is the usual case. */
export async function recoverUnfinished(session: LocalSession): Promise<void> {
  const journal = await resumeJournal(session.store, session.context.nowMs);
  if (journal === null) return;
  const { record } = journal;
  const { action, reason } = decideRecovery(record, await readCurrent(session.store));
  const cutAt = record.steps.at(-1)?.name ?? "its start";
  const did = action === "finish" ? "it is finished now" : "it is undone";
  session.context.out.warn(`The last ${record.kind} was cut off at ${cutAt}: ${did} (${reason}).`);
  if (record.kind === "destroy" && action === "finish") {
    await removeEnvironment(session, readKeepData(record));
  } else if (record.kind === "down" && action === "finish") await stopEnvironment(session);
  else if (action === "undo" && record.kind === "deploy" && record.release !== null) {
    await undoRelease(session, record.release, { status: "undone", reason: `cut off at ${cutAt}` });
  } else await returnToPointer(session);
  await journal.close(action === "finish" ? "finished" : "undone");
}

/** For a command that removes everything: what an earlier one left is gone with the rest. */
export async function abandonUnfinished(session: LocalSession): Promise<void> {
  const journal = await resumeJournal(session.store, session.context.nowMs);
  await journal?.close("undone");
}

/**
 * Takes a release that is not live out of the world: its processes and files. The live release, if
 * any, is what runs afterwards.
 */
export async function undoRelease(
  session: LocalSession,
  release: string,
  ending: { readonly status: "failed" | "undone"; readonly reason: string },
): Promise<void> {
  const records = await listReleases(session.store);
  if (records.some((record) => record.id === release)) {
    await updateRelease(session.store, release, ending);
  }
  // First: after a switch that is taken back, users are still with the release that ends.
  await goToPointer(session);
  const agent = await connectLocalAgent(session);
  if (agent !== null) {
    const { processes } = await agent.status();
    const own = processes.filter((each) => each.release === release);
    for (const process of orderForStop(own)) {
      await agent.stopProcess({ name: process.name, release, wait: true });
    }
  }
  if (agent !== null) await endLeftHolds(session, agent);
  removeReadOnlyFolder(releaseFolder(session, release)); // its own packages may be read-only
  await rm(session.paths.ssrLink(release), { force: true });
}

/** Where a release went live in a command that fails after that: what was live before is so again. */
export async function takeBackSwitch(session: LocalSession, release: string): Promise<void> {
  const pointer = await readCurrent(session.store);
  if (pointer?.release !== release) return;
  const { previous } = pointer;
  const nowMs = session.context.nowMs();
  if (previous === null) await removeCurrent(session.store);
  else await moveCurrent(session.store, { from: release, to: previous, nowMs });
}

/** What the pointer names runs again if it should be up; nothing runs if it names nothing, or should be down. */
export async function returnToPointer(session: LocalSession): Promise<void> {
  const agent = await goToPointer(session);
  if (agent !== null) await endLeftHolds(session, agent);
}

/** @returns null where nothing runs now. */
async function goToPointer(session: LocalSession): Promise<AgentClient | null> {
  const pointer = await readCurrent(session.store);
  const environment = await readEnvironmentRecord(session.store);
  if (pointer === null || environment?.desired === "down") {
    await (await connectLocalAgent(session))?.shutdown();
    return null;
  }
  const agent = await ensureLocalAgent(session);
  await applyPointer(session, agent);
  await retireReleases(session, agent);
  return agent;
}

function readKeepData(record: JournalRecord): boolean {
  const undo = record.steps.find((step) => step.name === "remove")?.undo;
  return (
    typeof undo === "object" && undo !== null && "keepData" in undo && undo["keepData"] === true
  );
}
