/**
 * Keeps the Edge's cache right while two releases answer (edge-consistency 6): what they may see
 * differently is neither read from the cache nor stored until the old one can write no more.
 */

import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { EdgeReport, EdgeScope } from "../../../../edge/cache/contract.ts";
import { compareManifests, computeHardAgeMs, DEFAULT_TIMES } from "../../../../edge/index.ts";
import { readCurrent } from "../../../state/pointer.ts";
import { readRelease } from "../../../state/releases.ts";
import type { AgentClient } from "../agent/agent-client.ts";
import { releaseFiles } from "../launch-plan.ts";
import { type LocalSession, releaseFolder } from "../local-session.ts";
import { readVariablesFile } from "../variables-file.ts";
import { type MizanRelease, parseReleaseManifest, readMizanRelease } from "./mizan-release.ts";

/** Ids of holds begin with it; whoever has the environment's lease may release them all. */
const PREFIX = "switch-";
/** From the hold to the moment of the switch. */
const SWITCH_MS = 30_000;
/** So long a command waits for the old release's last requests; the Edge ends the hold by itself later. */
const DRAIN_WAIT_MS = 2_000;
const POLL_MS = 20;

const surroundingsSchema = z.object({ databaseUrl: z.string().nullable() });

export interface HoldPlan {
  readonly from: string;
  readonly to: string;
  readonly scope: EdgeScope;
  /** How long a mutation of the old release may take. */
  readonly limitSeconds: number;
}

/**
 * @param options.everything a rollback, or a release with migrations that do more than expand
 * @returns null: nothing was cached before
 */
export async function planHold(
  session: LocalSession,
  options: { readonly from: string | null; readonly to: string; readonly everything: boolean },
): Promise<HoldPlan | null> {
  const { from, to } = options;
  if (from === null || from === to) return null;
  const before = await readMizanRelease(session, from);
  const after = await readMizanRelease(session, to);
  if (before === null && after === null) return null;
  const isEverything =
    options.everything ||
    after === null ||
    session.loaded.config.edge.onDeploy === "flush" ||
    !isDeepStrictEqual(await readSurroundings(session, from), await readSurroundings(session, to));
  const scope = isEverything ? "*" : findChanged(before, after);
  const { policy } = before ?? after ?? {};
  return { from, to, scope, limitSeconds: policy?.requestLimitSeconds ?? 0 };
}

/** Holds from now on, until it is ended or the old release can write no more. Again: goes on. */
export async function holdContexts(
  session: LocalSession,
  agent: AgentClient,
  plan: HoldPlan | null,
): Promise<void> {
  if (plan === null || plan.scope.length === 0) return;
  const times = { ...DEFAULT_TIMES, requestLimitMs: plan.limitSeconds * 1_000 };
  await agent.holdEdge({
    action: "hold",
    id: `${PREFIX}${plan.to}`,
    scope: plan.scope,
    untilMs: session.context.nowMs() + SWITCH_MS + computeHardAgeMs(times),
  });
}

/** Holds everything while migrations run; the caller ends it once `holdContexts` holds. */
export async function holdForMigrations(
  session: LocalSession,
  agent: AgentClient,
  options: { readonly release: string; readonly longestSeconds: number },
): Promise<void> {
  const untilMs = session.context.nowMs() + options.longestSeconds * 1_000;
  await agent.holdEdge({ action: "hold", id: migrationId(options.release), scope: "*", untilMs });
}

/** The contexts are bumped once and free again. */
export async function endMigrationHold(agent: AgentClient, release: string): Promise<void> {
  await agent.holdEdge({ action: "release", id: migrationId(release) });
}

/** After the switch. @returns false: the old release still works on something; the Edge waits for it */
export async function endHold(
  session: LocalSession,
  agent: AgentClient,
  plan: HoldPlan | null,
): Promise<boolean> {
  if (plan === null) return true;
  const { slot } = await readRelease(session.store, plan.from);
  if (slot !== undefined && !(await waitUntilDrained(agent, slot))) return false;
  await agent.holdEdge({ action: "release", id: `${PREFIX}${plan.to}` });
  return true;
}

/** What a killed or failed command has left; only under the lease, once the pointer's release is live. */
export async function endLeftHolds(session: LocalSession, agent: AgentClient): Promise<void> {
  if (!(await isEdgeRunning(agent))) return;
  const edge = await agent.readEdge();
  const live = (await readCurrent(session.store))?.release ?? null;
  const slot = live === null ? undefined : (await readRelease(session.store, live)).slot;
  const isOldOneBusy = mayStillWrite(edge, (busy) => busy !== String(slot));
  for (const id of edge.cache?.holds ?? []) {
    // As `endHold` leaves it: the Edge ends it when the release before can write no more.
    const isWaiting = isOldOneBusy && id === `${PREFIX}${live}`;
    if (id.startsWith(PREFIX) && !isWaiting) await agent.holdEdge({ action: "release", id });
  }
}

function migrationId(release: string): string {
  return `${PREFIX}migrations-${release}`;
}

/** One that is being started again is born with the holds, and says nothing yet. */
async function isEdgeRunning(agent: AgentClient): Promise<boolean> {
  const { processes } = await agent.status();
  return processes.some(({ name, state }) => name === "edge" && state === "ready");
}

async function waitUntilDrained(agent: AgentClient, slot: number): Promise<boolean> {
  const deadlineMs = performance.now() + DRAIN_WAIT_MS;
  for (;;) {
    const isRunning = await isEdgeRunning(agent);
    // What a process that died had forwarded is its quarantine's business.
    const edge = isRunning ? await agent.readEdge() : null;
    if (edge === null || !mayStillWrite(edge, (busy) => busy === String(slot))) return true;
    if (performance.now() >= deadlineMs) return false;
    await sleep(POLL_MS);
  }
}

/**
 * A mutation whose connection was lost is no longer under way, but may commit all the same, and to
 * contexts that only the next release's manifest names. Nobody knows whose it was.
 */
function mayStillWrite({ inFlight, cache }: EdgeReport, isOld: (slot: string) => boolean): boolean {
  return Object.keys(inFlight).some(isOld) || (cache !== null && cache.unknownIntents > 0);
}

function findChanged(before: MizanRelease | null, after: MizanRelease): readonly string[] {
  const earlier = before === null ? null : parseReleaseManifest(before);
  return compareManifests(earlier, parseReleaseManifest(after)).changed;
}

/** Variables and database: with another one the same code answers otherwise. */
async function readSurroundings(session: LocalSession, release: string) {
  const files = releaseFiles(releaseFolder(session, release));
  const overlay: unknown = JSON.parse(await readFile(files.overlay, "utf8"));
  const { databaseUrl } = surroundingsSchema.parse(overlay);
  return { databaseUrl, variables: await readVariablesFile(files.variables) };
}
