/** Looks for a history of the real Edge in which somebody sees what the cache protocol forbids. */

import fc from "fast-check";
import type { Action } from "./clients.ts";
import { type Plan, runHistory } from "./history.ts";
import type { EdgeProgram } from "./load-edge.ts";
import { PROFILES, type Profile, type ProfileName } from "./profiles.ts";

export interface CheckOptions {
  readonly runs: number;
  /** Default: another one each time. */
  readonly seed?: number;
  /** Of a finding: that very history again. */
  readonly path?: string;
  /** Looks for the smallest history; costs time. */
  readonly shrinks?: boolean;
}

export interface Finding {
  /** What somebody saw and should not have. */
  readonly complaint: string;
  /** What was released, in its order. */
  readonly schedule: string;
  readonly seed: number;
  readonly path: string;
}

/** @returns null: none found */
export async function checkEdge(
  program: EdgeProgram,
  name: ProfileName,
  { runs, shrinks = false, ...where }: CheckOptions,
): Promise<Finding | null> {
  const property = fc.asyncProperty(somePlan(PROFILES[name]), async (plan) => {
    const complaint = await runHistory(program, plan);
    if (complaint !== null) throw new Error(complaint);
  });
  const details = await fc.check(property, { numRuns: runs, endOnFailure: !shrinks, ...where });
  if (!details.failed) return null;
  const { errorInstance, counterexample, counterexamplePath, seed } = details;
  return {
    complaint: errorInstance instanceof Error ? errorInstance.message : String(errorInstance),
    schedule: fc.stringify(counterexample?.[0].scheduler),
    seed,
    path: counterexamplePath ?? "",
  };
}

/** Steps of others before something happens. */
const pauses = fc.constantFrom(0, 4, 15);

function somePlan(profile: Profile): fc.Arbitrary<Plan> {
  return fc
    .record({
      reads: someWindow(profile.reads),
      writes: someWindow(profile.writes),
      events: fc.subarray([...profile.events], { minLength: Math.min(1, profile.events.length) }),
      ticksMs: someWindow(profile.ticksMs),
    })
    .chain((window) =>
      fc.record({
        scheduler: fc.scheduler(),
        clients: fc.array(fc.array(someAction(profile, window), { minLength: 1, maxLength: 6 }), {
          minLength: 1,
          maxLength: 5,
        }),
        ticks: fc.array(fc.record({ pauses, ms: fc.constantFrom(...window.ticksMs) }), {
          minLength: profile.ticks[0],
          maxLength: profile.ticks[1],
        }),
        cuts: fc.array(fc.record({ pauses, pick: fc.nat(9) }), {
          minLength: profile.cuts[0],
          maxLength: profile.cuts[1],
        }),
        events: fc.constant(window.events),
        skewMs: fc.constantFrom(...profile.skewsMs),
        readPauses: fc.constant(profile.readPauses),
        writePauses: fc.constant(profile.writePauses),
        salt: fc.nat(5),
        settled: fc.constant(window.reads.filter((kind) => profile.settled.includes(kind))),
      }),
    );
}

type Window = Pick<Profile, "reads" | "writes">;

function someAction(profile: Profile, { reads, writes }: Window): fc.Arbitrary<Action> {
  const shared = {
    identity: fc.constantFrom(...profile.identities),
    host: fc.constantFrom(...profile.hosts),
    isImpatient: fc.boolean(),
    pick: fc.nat(1),
  };
  const read = fc.record({
    do: fc.constant("read" as const),
    kind: fc.constantFrom(...reads),
    extras: fc.constantFrom(...profile.extras),
    ...shared,
  });
  const write = fc.record({
    do: fc.constant("write" as const),
    kind: fc.constantFrom(...writes),
    ...shared,
  });
  const past = fc.record({
    do: fc.constant("write-past" as const),
    entity: fc.constantFrom(...profile.writtenPast),
    isReported: fc.boolean(),
    isImpatient: fc.boolean(),
    pick: fc.nat(1),
  });
  return fc.oneof(
    { weight: 6, arbitrary: read },
    { weight: writes.length === 0 ? 0 : profile.writeWeight, arbitrary: write },
    { weight: profile.pastWeight, arbitrary: past },
  );
}

/** Some histories know few kinds: then those meet each other more often. */
function someWindow<T>(list: readonly T[]): fc.Arbitrary<readonly T[]> {
  return fc
    .tuple(fc.nat(Math.max(0, list.length - 1)), fc.constantFrom(1, 2, list.length))
    .map(([first, length]) => [...list.slice(first), ...list].slice(0, length));
}
