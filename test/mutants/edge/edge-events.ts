/** What happens to the Edge in a history: its death, its replacement, another release. */

import type { AgentClient } from "../../../cli/targets/local/agent/agent-client.ts";
import {
  EDGE_DRAIN_SECONDS,
  EDGE_READY_SECONDS,
} from "../../../cli/targets/local/agent/edge-spec.ts";
import type { LocalSession } from "../../../cli/targets/local/local-session.ts";
import type { HoldRequest } from "../../../edge/cache/contract.ts";
import type { EdgeProcess } from "./edge-process.ts";
import type { EdgeWorld } from "./edge-world.ts";
import { TIMES } from "./shop.ts";

/** The agent starts the next one at once. The test's store survives, as no real one does. */
export async function crash(world: EdgeWorld): Promise<void> {
  await world.step("the Edge dies");
  const old = world.choose(0);
  const survivor = old.entries;
  world.kill(old);
  await world.startProcess({ kind: "dead", sinceMs: world.nowMs, originStartsMs: [0] }, survivor);
}

/** The steps of a deploy that the Edge is told about, by the deploy's own code. */
export async function changeRelease(world: EdgeWorld): Promise<void> {
  await world.step("contexts are held");
  const { holdContexts, endHold } = world.startDeploy();
  const [session, agent] = [createSession(world), createAgent(world)];
  const limitSeconds = TIMES.requestLimitMs / 1000;
  const plan = { from: "r1", to: "r2", scope: world.machine.findChanged(), limitSeconds };
  await holdContexts(session, agent, plan);
  await world.step("the next release goes live");
  await world.choose(0).putRelease(world.machine.switchRelease());
  world.switchedContexts = plan.scope;
  world.promiseContexts(plan.scope);
  await endHold(session, agent, plan);
}

/** As much of it as holding takes. */
function createSession(world: EdgeWorld): LocalSession {
  const record = {
    formatVersion: 1,
    id: "r1",
    createdAt: new Date(world.nowMs).toISOString(),
    createdBy: "a@b",
    mizanVersion: "1.0.0",
    status: "live",
    slot: world.machine.state.live.slot,
  };
  return {
    context: { nowMs: () => world.nowMs },
    store: { read: async () => ({ value: record }) },
  } as unknown as LocalSession;
}

/** As the agent's server and `EdgeKeeper.hold`. */
function createAgent(world: EdgeWorld): AgentClient {
  return {
    status: async () => ({ processes: [{ name: "edge", state: "ready" }] }),
    readEdge: () => world.choose(0).report(),
    holdEdge: async (request: HoldRequest) => {
      world.machine.life.noteHold(request);
      await world.choose(0).hold(request);
    },
  } as unknown as AgentClient;
}

/** Meanwhile both accept connections. */
const READY_STEPS = 6;

const REPLACEMENT = "edge-replacement";

const DRAIN_MS = EDGE_DRAIN_SECONDS * 1000;
/** By then the old one has ended. */
const REPLACEMENT_MS = EDGE_READY_SECONDS * 1000 + DRAIN_MS;
const POLL_MS = 100;

/** As `EdgeKeeper` replaces an outdated Edge: hold, start beside it, drain, release. */
export async function replaceEdge(world: EdgeWorld): Promise<void> {
  await world.step("the old Edge is held");
  const old = world.choose(0);
  const untilMs = world.nowMs + REPLACEMENT_MS;
  await old.hold({ action: "hold", id: REPLACEMENT, scope: "*", untilMs });
  const isSettled = (await old.report()).cache?.unknownIntents === 0;
  await world.step("a new Edge starts beside it");
  const replaced = { kind: "replaced", drainMs: REPLACEMENT_MS, holdId: REPLACEMENT } as const;
  const fresh = await world.startProcess(replaced, null);
  await world.pause(READY_STEPS);
  await world.step("the old Edge ends");
  old.isAccepting = false;
  const isDrained = await drain(old, world);
  world.kill(old);
  if (isSettled && isDrained) await fresh.hold({ action: "release", id: REPLACEMENT });
}

/** @returns false: it is killed with something under way */
async function drain(old: EdgeProcess, world: EdgeWorld): Promise<boolean> {
  const untilMs = world.nowMs + DRAIN_MS;
  while (world.nowMs < untilMs) {
    if (Object.keys((await old.report()).inFlight).length === 0) return true;
    await world.sleep(POLL_MS);
  }
  return false;
}
