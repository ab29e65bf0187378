/**
 * Makes what runs agree with what the pointer says. Idempotent: deploy and rollback call it to
 * switch, `up` and every repair call it to get back to what should be.
 */

import { readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import {
  type EdgeRelease,
  type EdgeState,
  type MizanPolicy,
  SLOT_COUNT,
} from "../../../edge/cache/contract.ts";
import { MizanError } from "../../../infra/contract/errors.ts";
import { readCurrent } from "../../state/pointer.ts";
import { listReleases, readRelease, updateRelease } from "../../state/releases.ts";
import type { AgentClient } from "./agent/agent-client.ts";
import { readEnvironmentRecord } from "./environment-record.ts";
import { type LaunchPlan, readLaunchPlan, releaseFiles } from "./launch-plan.ts";
import { type LocalSession, releaseFolder } from "./local-session.ts";
import { readEdgeSecrets } from "./mizan/edge-secrets.ts";
import { buildPolicy, readMizanRelease, readPages } from "./mizan/mizan-release.ts";
import { beatSpec, originSpec, workerSpec } from "./process-specs.ts";
import { type RendererNeed, startRenderers } from "./render/start-renderers.ts";
import { startProcess } from "./start-process.ts";
import { startServices } from "./start-services.ts";

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
  await ensureOrigin(session, agent, plan, { renderers: "wanted" });
  await agent.putEdge(await readEdgeState(session, pointer.release));
  await Promise.all([letWorkerStart(session, agent, plan), moveBeat(session, agent, plan)]);
  await stopOthers(agent, plan, "worker", { wait: false });
}

/** They listen at a slot's sockets. */
const SLOT_PROCESSES: ReadonlySet<string> = new Set(["origin", "ssr", "render"]);

/**
 * Starts the origin of a release and what renders for it unless they run, in a free slot; before them,
 * the services that the release needs and that do not run (after `down`, or a restart of the machine).
 * @returns its slot.
 */
export async function ensureOrigin(
  session: LocalSession,
  agent: AgentClient,
  plan: LaunchPlan,
  { renderers: need }: { readonly renderers: RendererNeed },
): Promise<number> {
  const { processes } = await agent.status();
  const missing = plan.services.filter((name) => !processes.some((each) => each.name === name));
  await startServices(session, agent, new Set(missing), { progress: () => undefined });
  const running = processes.filter(({ name }) => SLOT_PROCESSES.has(name));
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
  if (plan.render !== null) await linkSsr(session, plan.release, slot);
  await Promise.all([
    startProcess(agent, originSpec(plan, slot, session.specs)),
    startRenderers(session, agent, { plan, slot, need }),
  ]);
  return slot;
}

/** Replaced in one step: whoever asks meanwhile finds the one or the other. */
async function linkSsr({ paths }: LocalSession, release: string, slot: number): Promise<void> {
  const link = paths.ssrLink(release);
  await rm(`${link}.new`, { force: true });
  await symlink(paths.ssrSocket(slot), `${link}.new`);
  await rename(`${link}.new`, link);
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

/** What the Edge is told: the live release, and the static files of the kept ones. */
export async function readEdgeState(session: LocalSession, live: string): Promise<EdgeState> {
  const records = await listReleases(session.store);
  const others = records.filter(
    (record) => record.id !== live && ["live", "superseded"].includes(record.status),
  );
  const releases = await Promise.all(others.map((record) => readEdgeRelease(session, record.id)));
  const edge = await readEdgeRelease(session, live);
  const { slot = edge.slot } = await readRelease(session.store, live);
  const kept = releases.map((release) => release.assets);
  const mizan = await readLivePolicy(session, live);
  const secrets = mizan === null ? null : await readEdgeSecrets(session, live);
  if (mizan === null || secrets === null) return { version: 1, live: { ...edge, slot }, kept };
  const pages = await readPages(session, live);
  const shown = { ...edge, slot, mizan, ...(pages === null ? {} : { pages }) };
  return { version: 1, live: shown, kept, secrets };
}

/** How the Edge caches the release; null: it has no manifest. */
export async function readLivePolicy(
  session: LocalSession,
  release: string,
): Promise<MizanPolicy | null> {
  const content = await readMizanRelease(session, release);
  if (content === null) return null;
  const environment = await readEnvironmentRecord(session.store);
  if (environment === null) throw new Error("The environment has no address yet");
  return buildPolicy(session, environment, content);
}

async function readEdgeRelease(session: LocalSession, release: string): Promise<EdgeRelease> {
  const file = releaseFiles(releaseFolder(session, release)).edge;
  return JSON.parse(await readFile(file, "utf8")) as EdgeRelease; // written by collect-assets.ts
}

/** A deploy has started it already; from now on it takes tasks. */
async function letWorkerStart(
  session: LocalSession,
  agent: AgentClient,
  plan: LaunchPlan,
): Promise<void> {
  const worker = workerSpec(plan, session.specs);
  if (worker === null) return;
  await startProcess(agent, worker);
  await writeFile(releaseFiles(releaseFolder(session, plan.release)).workerStart, "");
}

/** The old one has ended before the new one starts. */
async function moveBeat(
  session: LocalSession,
  agent: AgentClient,
  plan: LaunchPlan,
): Promise<void> {
  await stopOthers(agent, plan, "beat", { wait: true });
  const beat = beatSpec(plan, session.specs);
  if (beat !== null) await startProcess(agent, beat);
}

async function stopOthers(
  agent: AgentClient,
  plan: LaunchPlan,
  name: "worker" | "beat",
  options: { readonly wait: boolean },
): Promise<void> {
  const { processes } = await agent.status();
  for (const process of processes) {
    const isOther = process.release !== null && process.release !== plan.release;
    if (process.name !== name || !isOther) continue;
    await agent.stopProcess({ name, release: process.release, ...options });
  }
}
