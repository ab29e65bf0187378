/** Interleaves reads, mutations, clock, crashes, a deployment and messages in every order that it can find. */

import fc from "fast-check";
import type { AuthorityModules } from "../load-authority.ts";
import {
  MUTATION_KINDS,
  type MutationKind,
  QUIET_KIND,
  READ_KINDS,
  type ReadKind,
} from "./freshness-origin.ts";
import {
  FreshnessWorld,
  type HostRules,
  type Read,
  RIGHT_RULES,
  TIMES,
} from "./freshness-world.ts";
import { type RunOptions, runProperty } from "./run-property.ts";

/** One step; `pick` chooses among what is there, so that every list of steps means something. */
export interface Step {
  readonly do:
    | "read"
    | "step-read"
    | "read-through"
    | "mutate"
    | "mutate-quietly"
    | "step-mutation"
    | "lose"
    | "tick"
    | "crash"
    | "rebuild"
    | "deploy"
    | "write-past"
    | "deliver"
    | "replay";
  readonly pick: number;
}

const WEIGHTS: Readonly<Record<Step["do"], number>> = {
  read: 12,
  "step-read": 14,
  "read-through": 20,
  mutate: 12,
  "mutate-quietly": 8,
  "step-mutation": 24,
  lose: 9,
  tick: 10,
  crash: 2,
  rebuild: 3,
  deploy: 7,
  "write-past": 4,
  deliver: 5,
  replay: 5,
};

const someStep: fc.Arbitrary<Step> = fc.record({
  do: fc.oneof(
    ...Object.entries(WEIGHTS).map(([name, weight]) => ({
      weight,
      arbitrary: fc.constant(name as Step["do"]),
    })),
  ),
  pick: fc.nat(1000),
});

/** Some runs know few kinds of mutations, reads and accidents: then those meet each other more often. */
const someRun: fc.Arbitrary<Run> = fc.record({
  mutations: someWindow(MUTATION_KINDS),
  reads: someWindow(READ_KINDS),
  absent: fc.subarray<Step["do"]>([
    "tick",
    "crash",
    "rebuild",
    "deploy",
    "write-past",
    "mutate-quietly",
  ]),
  steps: fc.array(someStep, { minLength: 1, maxLength: 80, size: "max" }),
});

interface Run {
  readonly mutations: readonly MutationKind[];
  readonly reads: readonly ReadKind[];
  /** Steps that do nothing in this run. */
  readonly absent: readonly Step["do"][];
  readonly steps: readonly Step[];
}

function someWindow<T>(list: readonly T[]): fc.Arbitrary<readonly T[]> {
  return fc
    .tuple(fc.nat(list.length - 1), fc.constantFrom(1, 2, list.length))
    .map(([first, length]) => [...list.slice(first), ...list].slice(0, length));
}

/** @returns the steps that broke a promise, and which; null: none found */
export function checkFreshness(
  modules: AuthorityModules,
  options: RunOptions,
  rules: Partial<HostRules> = {},
): string | null {
  const property = fc.property(someRun, (run) =>
    runSteps(modules, { ...RIGHT_RULES, ...rules }, run),
  );
  return runProperty(property, options);
}

/** @throws Error that says what somebody saw and should not have */
export function runSteps(modules: AuthorityModules, rules: HostRules, run: Run): void {
  const world = new FreshnessWorld(modules, rules);
  for (const step of run.steps) {
    if (!run.absent.includes(step.do)) runStep(world, run, step);
  }
  settleDown(world);
}

function runStep(world: FreshnessWorld, run: Run, { do: name, pick }: Step): void {
  const read = choose(world.reads, pick);
  const mutation = choose(world.mutations, pick);
  const side = choose(world.sideWrites, pick);
  if (name === "read") world.startRead(chooseAlways(run.reads, pick));
  if (name === "step-read" && read) world.stepRead(read);
  if (name === "read-through") readThrough(world, chooseAlways(run.reads, pick));
  if (name === "mutate") world.startMutation(chooseAlways(run.mutations, pick));
  if (name === "mutate-quietly") world.startMutation(QUIET_KIND);
  if (name === "step-mutation" && mutation) world.stepMutation(mutation);
  if (name === "lose" && mutation) world.lose(mutation);
  if (name === "tick") world.nowMs += chooseTick(world, pick);
  if (name === "crash") world.crash();
  if (name === "rebuild") world.rebuild();
  if (name === "deploy") world.stepDeployment();
  if (name === "write-past") world.writePastEdge(pick % 2 === 0 ? "item/2" : "news");
  if (name === "deliver" && side) world.deliver(side, skew(pick));
  if (name === "replay" && side) world.replay(side);
}

/** Whatever happened, the cache works again in the end, and is right. */
function settleDown(world: FreshnessWorld): void {
  for (const mutation of [...world.mutations]) {
    while (world.mutations.includes(mutation)) world.stepMutation(mutation);
  }
  while (world.deployment !== "none") world.stepDeployment();
  for (const read of [...world.reads]) finishRead(world, read);
  world.nowMs += world.hardAgeMs + 1;
  for (const kind of READ_KINDS) {
    const miss = readThrough(world, kind);
    if (miss?.key === null) throw new Error(`${kind.context} stays off`);
    if (readThrough(world, kind) !== undefined) throw new Error(`${kind.context} is not kept`);
  }
  const { openIntents, unknownIntents } = world.authority.buildReport(world.nowMs);
  if (openIntents + unknownIntents > 0) throw new Error("intents are left");
}

/** @returns undefined: it was a hit */
function readThrough(world: FreshnessWorld, kind: ReadKind): Read | undefined {
  const count = world.reads.length;
  world.startRead(kind);
  const read = world.reads[count];
  if (read !== undefined) finishRead(world, read);
  return read;
}

function finishRead(world: FreshnessWorld, read: Read): void {
  while (world.reads.includes(read)) world.stepRead(read);
}

/** Short as often as long. */
function chooseTick({ hardAgeMs }: FreshnessWorld, pick: number): number {
  const range = pick % 2 === 0 ? 3 : hardAgeMs + 1;
  return 1 + (Math.floor(pick / 2) % range);
}

function skew(pick: number): number {
  return (pick % (2 * TIMES.clockDifferenceMs + 1)) - TIMES.clockDifferenceMs;
}

function choose<T>(list: readonly T[], pick: number): T | undefined {
  return list.length === 0 ? undefined : list[pick % list.length];
}

function chooseAlways<T>(list: readonly T[], pick: number): T {
  const chosen = choose(list, pick);
  if (chosen === undefined) throw new Error("nothing to choose from");
  return chosen;
}
