import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { moveCurrent } from "../../../../../../cli/state/pointer.ts";
import {
  endHold,
  endLeftHolds,
  endMigrationHold,
  holdContexts,
  holdForMigrations,
  planHold,
} from "../../../../../../cli/targets/local/mizan/context-hold.ts";
import type { EdgeCacheReport } from "../../../../../../edge/cache/contract.ts";
import { openTestSession, type TestSession } from "../test-session.ts";
import { createFakeAgent, type FakeReleaseOptions, writeFakeRelease } from "./fake-release.ts";

let test: TestSession;
beforeEach(async () => {
  test = await openTestSession();
});
afterEach(() => test.remove());

const OLD: FakeReleaseOptions = { slot: 1, revs: { catalog: 0, cart: 0 } };

async function planFor(before: FakeReleaseOptions, after: FakeReleaseOptions, everything = false) {
  await writeFakeRelease(test.session, "r1", before);
  await writeFakeRelease(test.session, "r2", after);
  return planHold(test.session, { from: "r1", to: "r2", everything });
}

describe("what is held while two releases answer", () => {
  it("is what their manifests describe differently", async () => {
    const plan = await planFor(OLD, { revs: { catalog: 1, cart: 0, orders: 0 } });
    expect(plan?.scope).toEqual(["catalog", "orders"]);
  });

  it("is nothing where they agree, so that everything stays warm", async () => {
    const plan = await planFor(OLD, { ...OLD, slot: 2 });
    expect(plan?.scope).toEqual([]);
    const agent = createFakeAgent([{}]);
    await holdContexts(test.session, agent.client, plan);
    expect(agent.holds).toEqual([]);
  });

  it.each<[string, FakeReleaseOptions, FakeReleaseOptions, boolean]>([
    ["a rollback, or migrations that do more than expand", OLD, OLD, true],
    ["other variables: another database, say", OLD, { ...OLD, variables: { DB: "b" } }, false],
    ["another database server", OLD, { ...OLD, databaseUrl: "postgresql:///b" }, false],
    ["a release without a manifest", OLD, { revs: null }, false],
  ])("is everything for %s", async (_what, before, after, everything) => {
    expect((await planFor(before, after, everything))?.scope).toBe("*");
  });

  it("is every context of a first manifest", async () => {
    const plan = await planFor({ revs: null }, { revs: { catalog: 0 } });
    expect(plan?.scope).toEqual(["catalog"]);
  });

  it("is nothing for an app without manifests, and at a first deploy", async () => {
    expect(await planFor({ revs: null }, { revs: null })).toBeNull();
    expect(await planHold(test.session, { from: null, to: "r2", everything: true })).toBeNull();
  });
});

describe("a hold", () => {
  it("ends by itself when nothing of the old release can commit any more", async () => {
    const plan = await planFor(OLD, { revs: { catalog: 1, cart: 0 } });
    const agent = createFakeAgent([{}]);
    const before = Date.now();
    await holdContexts(test.session, agent.client, plan);
    const [hold] = agent.holds;
    expect(hold).toMatchObject({ action: "hold", id: "switch-r2", scope: ["catalog"] });
    const untilMs = hold?.action === "hold" ? hold.untilMs : null;
    // The switch itself, then the limit of a mutation (60 s), the wait before it and the clocks (4 s).
    expect(untilMs).toBeGreaterThanOrEqual(before + 94_000);
    expect(untilMs).toBeLessThanOrEqual(Date.now() + 94_000);
  });

  it("is released once the old release's last request is over", async () => {
    const plan = await planFor(OLD, { revs: { catalog: 1, cart: 0 } });
    const agent = createFakeAgent([{ inFlight: { 1: 2 } }, { inFlight: { 1: 1, 2: 3 } }, {}]);
    expect(await endHold(test.session, agent.client, plan)).toBe(true);
    expect(agent.holds).toEqual([{ action: "release", id: "switch-r2" }]);
  });

  it("is left to the Edge where a request of the old release goes on", async () => {
    const plan = await planFor(OLD, { revs: { catalog: 1, cart: 0 } });
    const agent = createFakeAgent([{ inFlight: { 1: 1 } }]);
    expect(await endHold(test.session, agent.client, plan)).toBe(false);
    expect(agent.holds).toEqual([]);
  });

  it("is left to the Edge where nobody knows what a lost mutation still writes", async () => {
    const plan = await planFor(OLD, { revs: { catalog: 1, cart: 0 } });
    const agent = createFakeAgent([{ cache: { ...LEFT, unknownIntents: 1 } }]);
    expect(await endHold(test.session, agent.client, plan)).toBe(false);
    expect(agent.holds).toEqual([]);
  });

  it("is told also while the Edge is being started again: its next process begins with it", async () => {
    const plan = await planFor(OLD, { revs: { catalog: 1, cart: 0 } });
    const agent = createFakeAgent(null);
    await holdContexts(test.session, agent.client, plan);
    await holdForMigrations(test.session, agent.client, { release: "r2", longestSeconds: 9 });
    await endMigrationHold(agent.client, "r2");
    expect(await endHold(test.session, agent.client, plan)).toBe(true);
    await endLeftHolds(test.session, agent.client);
    expect(agent.holds.map(({ action, id }) => [action, id])).toEqual([
      ["hold", "switch-r2"],
      ["hold", "switch-migrations-r2"],
      ["release", "switch-migrations-r2"],
      ["release", "switch-r2"],
    ]);
  });

  it("of migrations is one of its own, so that it may last longer than the switch's", async () => {
    const agent = createFakeAgent([{}]);
    await holdForMigrations(test.session, agent.client, { release: "r2", longestSeconds: 3600 });
    await endMigrationHold(agent.client, "r2");
    expect(agent.holds).toMatchObject([
      { action: "hold", id: "switch-migrations-r2", scope: "*" },
      { action: "release", id: "switch-migrations-r2" },
    ]);
  });

  it("that a killed command has left is released by the next, no other", async () => {
    const agent = createFakeAgent([{ cache: LEFT }]);
    await endLeftHolds(test.session, agent.client);
    expect(agent.holds).toEqual([
      { action: "release", id: "switch-r2" },
      { action: "release", id: "switch-migrations-r2" },
    ]);
  });

  it("that still waits for the release before is not ended by the next command", async () => {
    await planFor({ ...OLD, slot: 1 }, { ...OLD, slot: 2 });
    await moveCurrent(test.session.store, { from: null, to: "r2", nowMs: 1 });
    const busy = createFakeAgent([{ cache: LEFT, inFlight: { 1: 1, 2: 5 } }]);
    await endLeftHolds(test.session, busy.client);
    expect(busy.holds).toEqual([{ action: "release", id: "switch-migrations-r2" }]);
    const done = createFakeAgent([{ cache: LEFT, inFlight: { 2: 5 } }]);
    await endLeftHolds(test.session, done.client);
    expect(done.holds).toContainEqual({ action: "release", id: "switch-r2" });
  });
});

const LEFT: EdgeCacheReport = {
  contexts: 1,
  cachedContexts: 1,
  cachedPages: 0,
  isCacheOff: false,
  incarnation: "i",
  openIntents: 0,
  unknownIntents: 0,
  holds: ["switch-r2", "restore", "switch-migrations-r2"],
  quarantineUntilMs: null,
  kids: { edge: [], cache: [], mwt: [] },
  unreadablePatterns: [],
};
