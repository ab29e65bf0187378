/** Runs one history: actors whose every step the scheduler releases, until all of them are done. */

import type fc from "fast-check";
import { type Action, browse, read } from "./clients.ts";
import { changeRelease, crash, replaceEdge } from "./edge-events.ts";
import { EdgeWorld, settle } from "./edge-world.ts";
import type { EdgeProgram } from "./load-edge.ts";
import { EXTRAS, HOSTS, IDENTITIES, type ReadKind } from "./shop.ts";

export interface Plan {
  readonly scheduler: fc.Scheduler;
  /** One list per browser. */
  readonly clients: readonly (readonly Action[])[];
  /** When the clock moves on, and by how much. */
  readonly ticks: readonly { readonly pauses: number; readonly ms: number }[];
  /** When a connection to the origin is cut, and which. */
  readonly cuts: readonly { readonly pauses: number; readonly pick: number }[];
  readonly events: readonly ("crash" | "deploy" | "replace")[];
  readonly skewMs: number;
  readonly salt: number;
  readonly readPauses: readonly number[];
  readonly writePauses: readonly number[];
  /** Reads that must be answered from memory in the end. */
  readonly settled: readonly ReadKind[];
}

/** Longer than any hold, quarantine or intent; shorter than what is stored may live. */
const REST_MS = 50_000;

/** More than any history takes; each step is one thing that the scheduler releases. */
const MOST_STEPS = 5000;

/** @returns what somebody saw and should not have; null: nothing */
export async function runHistory(program: EdgeProgram, plan: Plan): Promise<string | null> {
  const { scheduler } = plan;
  const world = new EdgeWorld({ program, ...plan });
  await world.startProcess({ kind: "dead", sinceMs: 0, originStartsMs: [] }, null);
  await run(world, scheduler, listActors(world, plan));
  if (world.complaint === null) await run(world, scheduler, [() => settleDown(world, plan)]);
  return world.complaint;
}

type Actor = () => Promise<void>;

function listActors(world: EdgeWorld, plan: Plan): readonly Actor[] {
  const events = { crash, deploy: changeRelease, replace: replaceEdge };
  return [
    ...plan.clients.map((actions, index) => () => browse(actions, world, `client ${index}`)),
    async () => {
      for (const { pauses, ms } of plan.ticks) {
        await world.pause(pauses);
        await world.step(`${ms} ms pass`);
        await world.advance(world.nowMs + ms);
      }
    },
    ...plan.cuts.map(({ pauses, pick }) => async () => {
      await world.pause(pauses);
      await world.step("a connection is cut");
      world.cut(pick);
    }),
    ...plan.events.map((name) => () => events[name](world)),
  ];
}

/** Until all have ended; whoever waits for nothing but time gets it. */
async function run(world: EdgeWorld, scheduler: fc.Scheduler, actors: readonly Actor[]) {
  let left = actors.length;
  for (const actor of actors) {
    actor()
      .catch((error: unknown) =>
        world.complain(error instanceof Error ? `${error.stack}` : String(error)),
      )
      .finally(() => {
        left -= 1;
      });
  }
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    await settle();
    if (world.complaint !== null) return;
    if (world.isAdvancing) continue;
    if (scheduler.count() > 0) await scheduler.waitNext(1);
    else if (left === 0) return;
    else if (world.nextTimerMs !== null) await world.advance(world.nextTimerMs);
    else return world.complain("somebody waits for ever");
  }
  world.complain("the history does not end");
}

/** Whatever happened, the cache works again in the end, and is right. */
async function settleDown(world: EdgeWorld, { settled }: Plan): Promise<void> {
  world.isCalm = true;
  while (world.isBusy) await world.sleep(1000);
  await world.advance(world.nowMs + REST_MS);
  for (const kind of settled) {
    // It is kept for the least of its contexts' times from the oldest of their stamps: so these are made one.
    if (kind.kind === "declared") await world.advance(world.nowMs + kind.ttlMs);
    const [identity, extras, host] = [IDENTITIES[0], EXTRAS[0], HOSTS[0]];
    if (identity === undefined || extras === undefined) throw new Error("nobody is anonymous");
    const action = {
      do: "read",
      kind,
      identity,
      extras,
      host,
      isImpatient: false,
      pick: 0,
    } as const;
    const marks = [await read(action, world), await read(action, world)].map((seen) => seen?.mark);
    if (marks[1] !== "HIT") world.complain(`${kind.name} is not kept: ${marks.join(", ")}`);
  }
  for (const process of world.processes.filter(({ isAlive }) => isAlive)) {
    const { inFlight, cache } = await process.report();
    const isLeft = Object.keys(inFlight).length > 0 || (cache?.openIntents ?? 0) > 0;
    if (isLeft) world.complain(`left behind: ${JSON.stringify({ inFlight, cache })}`);
  }
}
