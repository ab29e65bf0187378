import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import type { EdgeState } from "../../../../../edge/cache/contract.ts";
import { buildState } from "../../../../contract/edge/edge-fixture.ts";
import { buildMizanState } from "../../../../contract/edge/mizan-app.ts";

interface EdgeMemory {
  replace(env: object, state: EdgeState): Promise<void>;
  readonly live: { readonly state: EdgeState } | null | undefined;
}

/** Not by its name: the types of the whole worker are those of workerd, which are not Node's. */
const MODULE = join(import.meta.dirname, "../../../../../edge/cache/memory/edge-memory.ts");
const { EdgeMemory }: { readonly EdgeMemory: new () => EdgeMemory } = await import(MODULE);

const env = { START: { incarnation: "i", quarantineUntilMs: 0, holds: [] }, INITIAL_STATE: null };
let memory: EdgeMemory;

beforeEach(() => {
  memory = new EdgeMemory();
});

const live = () => memory.live?.state.live.release;

/** Its keys take a while; without a manifest there is nothing to prepare. */
const slow = buildMizanState({}, { release: "slow" });
const quick = buildState({ release: "quick" });

test.each([
  ["slow", [quick, slow]],
  ["quick", [slow, quick]],
])("of two releases that come at once the later one serves: %s", async (name, states) => {
  await Promise.all(states.map((state) => memory.replace(env, state)));
  expect(live()).toBe(name);
});

test("one that is refused leaves the one before it", async () => {
  const broken = buildMizanState({ manifest: { version: 99 } }, { release: "broken" });
  const first = memory.replace(env, slow);
  await expect(memory.replace(env, broken)).rejects.toThrow("version");
  await first;
  expect(live()).toBe("slow");
});
