/**
 * Makes what runs agree with what the pointer says. Idempotent: deploy and rollback call it to
 * switch, `up` and every repair call it to get back to what should be.
 */

import { readFile, writeFile } from "node:fs/promises";
import { type EdgeRelease, type EdgeState, SLOT_COUNT } from "../../../edge/cache/contract.ts";
import { MizanError } from "../../../infra/contract/errors.ts";
import { readCurrent } from "../../state/pointer.ts";
import { listReleases, readRelease, updateRelease } from "../../state/releases.ts";
import type { AgentClient } from "./agent/agent-client.ts";
import type { ProcessSpec, StartResult } from "./agent/contract.ts";
import { type LaunchPlan, readLaunchPlan, releaseFiles } from "./launch-plan.ts";
import { type LocalSession, releaseFolder } from "./local-session.ts";
import { beatSpec, originSpec, workerSpec } from "./process-specs.ts";

/**
 * Order: origin ready → Edge switched (one assignment) → worker started, where a deploy has not
 * done that → beat moved (never two) → other workers told to finish. What the other releases' origins do is not its business (retire-releases.ts).
 * @throws {MizanError} NOTHING_LIVE, RELEASE_UNHEALTHY if the live release does not start.
 */
export async function applyPointer(session: LocalSession, agent: AgentClient): Promise<void> {
  const pointer = await readCurrent(session.store);
  if (pointer === null) {
    throw new MizanError("NOTHING_LIVE", "Nothing was ever deployed here.", {
      hint: "mizan deploy",
    });
  }
  const plan = await readLaunchPlan(releaseFolder(session, pointer.release));
  await ensureOrigin(session, agent, plan);
  await agent.putEdge(await readEdgeState(session, pointer.release));
  const worker = workerSpec(plan, session.specs);
  if (worker !== null) {
    await startProcess(agent, worker);
    const folder = releaseFolder(session, pointer.release);
    await writeFile(releaseFiles(folder).workerStart, "");
  }
  await moveBackgroundProcesses(session, agent, plan);
}

/** Starts the origin of a release unless it runs, in a free slot. @returns its slot. */
export async function ensureOrigin(
  session: LocalSession,
  agent: AgentClient,
  plan: LaunchPlan,
): Promise<number> {
  const { processes } = await agent.status();
  const running = processes.filter((process) => process.name === "origin");
  const record = await readRelease(session.store, plan.release);
  const isRunning = running.some((process) => process.release === plan.release);
  const slot =
    isRunning && record.slot !== undefined
      ? record.slot
      : await findFreeSlot(
          session,
          running.flatMap((process) => process.release ?? []),
        );
  if (slot !== record.slot) await updateRelease(session.store, plan.release, { slot });
  await startProcess(agent, originSpec(plan, slot, session.specs));
  return slot;
}

async function findFreeSlot(session: LocalSession, running: readonly string[]): Promise<number> {
  const releases = await listReleases(session.store);
  const taken = new Set(
    releases.filter((release) => running.includes(release.id)).map((release) => release.slot),
  );
  for (let slot = 0; slot < SLOT_COUNT; slot += 1) {
    if (!taken.has(slot)) return slot;
  }
  throw new MizanError(
    "SERVICE_FAILED",
    `All ${SLOT_COUNT} slots are taken by draining releases.`,
    {
      hint: "Wait until they have drained (mizan status), then deploy again.",
    },
  );
}

/** @throws {MizanError} RELEASE_UNHEALTHY with the process's last lines. */
export async function startProcess(agent: AgentClient, spec: ProcessSpec): Promise<void> {
  const result = await agent.startProcess(spec);
  if (!result.ok) throw startFailure(spec, result);
}

function startFailure(spec: ProcessSpec, result: StartResult & { ok: false }): MizanError {
  const isService = spec.release === null;
  const what = isService ? spec.name : `The ${spec.name} of release ${spec.release}`;
  const how =
    result.reason === "exited"
      ? `ended at its start (${result.detail})`
      : `was not ready within ${spec.readyTimeoutSeconds} s (${result.detail})`;
  const output = result.logTail;
  return new MizanError(
    isService ? "SERVICE_FAILED" : "RELEASE_UNHEALTHY",
    `${what} ${how}${isService ? "." : "; it took no traffic."}${likelyCause(output)}`,
    {
      hint: isService ? `Its log is in ${spec.logFile}` : "Fix the cause, then: mizan deploy",
      details: { process: spec.name, release: spec.release, detail: result.detail, output },
    },
  );
}

/** The last line of a traceback is the cause: `ModuleNotFoundError: No module named 'x'`. */
function likelyCause(output: string): string {
  const errors = output.match(/^[\w.]*(?:Error|Exception|ImproperlyConfigured)\b.*$/gm);
  return errors === null ? "" : ` Cause: ${errors.at(-1)}`;
}

/** What the Edge is told: the live release, and the static files of the kept ones. */
export async function readEdgeState(session: LocalSession, live: string): Promise<EdgeState> {
  const records = await listReleases(session.store);
  const kept = records.filter(
    (record) => record.id !== live && ["live", "superseded"].includes(record.status),
  );
  const releases = await Promise.all(kept.map((record) => readEdgeRelease(session, record.id)));
  const edge = await readEdgeRelease(session, live);
  const { slot = edge.slot } = await readRelease(session.store, live);
  return { version: 1, live: { ...edge, slot }, kept: releases.map((release) => release.assets) };
}

async function readEdgeRelease(session: LocalSession, release: string): Promise<EdgeRelease> {
  const file = releaseFiles(releaseFolder(session, release)).edge;
  return JSON.parse(await readFile(file, "utf8")) as EdgeRelease; // written by collect-assets.ts
}

/** Beat: the old one has ended before the new one starts. Workers: new first, old ones finish. */
async function moveBackgroundProcesses(
  session: LocalSession,
  agent: AgentClient,
  plan: LaunchPlan,
): Promise<void> {
  const { processes } = await agent.status();
  const others = processes.filter(
    (process) => process.release !== null && process.release !== plan.release,
  );
  for (const { name, release } of others.filter((process) => process.name === "beat")) {
    await agent.stopProcess({ name, release, wait: true });
  }
  const beat = beatSpec(plan, session.specs);
  if (beat !== null) await startProcess(agent, beat);
  for (const { name, release } of others.filter((process) => process.name === "worker")) {
    await agent.stopProcess({ name, release, wait: false });
  }
}
