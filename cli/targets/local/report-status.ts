/** `mizan status` on one machine; what had died is brought back first. */

import { MizanError } from "../../../infra/contract/errors.ts";
import { readUnfinished } from "../../state/journal.ts";
import { readCurrent } from "../../state/pointer.ts";
import type { StatusResult } from "../target.ts";
import type { AgentClient } from "./agent/agent-client.ts";
import { environmentUrl, readEnvironmentRecord } from "./environment-record.ts";
import { holdEnvironment } from "./hold-environment.ts";
import { readLaunchPlan } from "./launch-plan.ts";
import { connectLocalAgent } from "./local-agent.ts";
import { type LocalSession, releaseFolder } from "./local-session.ts";
import { describeCachingNow } from "./mizan/describe-caching.ts";
import { returnToPointer } from "./recover-unfinished.ts";
import { removeState } from "./remove-environment.ts";
import { listRendererNames } from "./render/start-renderers.ts";

export async function reportStatus(session: LocalSession): Promise<StatusResult> {
  await bringBack(session);
  const environment = await readEnvironmentRecord(session.store);
  const pointer = await readCurrent(session.store);
  const agent = await connectLocalAgent(session);
  const status = agent === null ? null : await agent.status();
  const isUp = environment?.desired === "up" && pointer !== null;
  return {
    environment: session.environment.name,
    target: "local",
    url: environment === null || pointer === null ? null : environmentUrl(environment),
    release: pointer?.release ?? null,
    state: pointer === null ? "none" : isUp ? "up" : "down",
    processes: (status?.processes ?? []).map(({ name, release, pid, state, restarts }) => ({
      name,
      release,
      pid,
      state,
      restarts,
    })),
    agentPid: status?.pid ?? null,
    edge: await describeEdge(session, agent),
  };
}

/** One sentence: whether the Edge caches, and else why not. */
export async function describeEdge(
  session: LocalSession,
  agent: AgentClient | null,
): Promise<string> {
  const status = await agent?.status();
  const isUp = status?.processes.some(({ name, state }) => name === "edge" && state === "ready");
  if (agent === null || !isUp) return "Edge: does not run.";
  try {
    return `Edge: ${describeCachingNow(await agent.readEdge(), session.context.nowMs())}.`;
  } catch (error) {
    if (!(error instanceof MizanError)) throw error;
    return "Edge: does not answer (mizan logs --process edge).";
  }
}

/**
 * After a crash of the agent, of everything, or of another command: the next command repairs (D4,
 * D5). Where another command is at work right now, it is only looked at.
 */
export async function bringBack(session: LocalSession): Promise<void> {
  if (!(await needsRepair(session))) return;
  const unfinished = await readUnfinished(session.store);
  session.context.out.warn("Something had stopped: bringing the environment back.");
  const hold = {
    kind: "up",
    release: (await readCurrent(session.store))?.release ?? null,
    waitSeconds: null,
    undo: async () => undefined, // bringing back what should be is never taken back
  } as const;
  try {
    await holdEnvironment(session, hold, () => returnToPointer(session));
    const isDestroyed = (await readCurrent(session.store)) === null;
    if (unfinished?.kind === "destroy" && isDestroyed) await removeState(session);
  } catch (error) {
    if (!(error instanceof MizanError) || error.code !== "ENVIRONMENT_LOCKED") throw error;
    session.context.out.warn(error.message);
  }
}

async function needsRepair(session: LocalSession): Promise<boolean> {
  if ((await readUnfinished(session.store)) !== null) return true;
  const environment = await readEnvironmentRecord(session.store);
  const pointer = await readCurrent(session.store);
  if (pointer === null || environment?.desired !== "up") return false;
  const status = await (await connectLocalAgent(session))?.status();
  if (status === undefined || status.edgeRelease !== pointer.release) return true;
  const running = status.processes.filter(({ release }) => release === pointer.release);
  const wanted = ["origin", ...(await listRenderers(session, pointer.release))];
  return wanted.some((name) => !running.some((process) => process.name === name));
}

/** None where its files are damaged: what runs goes on without them. */
async function listRenderers(session: LocalSession, release: string): Promise<readonly string[]> {
  try {
    return listRendererNames(session, await readLaunchPlan(releaseFolder(session, release)));
  } catch (error) {
    if (error instanceof MizanError && error.code === "RELEASE_UNKNOWN") return [];
    throw error;
  }
}
