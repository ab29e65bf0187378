import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { acquireLease, type LeaseOptions, readLeaseHolder } from "../../../../cli/state/lease.ts";
import { buildLease, LEASE_KEY } from "../../../../cli/state/lease-document.ts";
import { buildRunUrl, type LeaseOwner, readLeaseOwner } from "../../../../cli/state/lease-owner.ts";
import type { StateStore } from "../../../../cli/state/store.ts";
import { useTempStore } from "./temp-store.ts";

const temp = useTempStore();
const startMs = Date.UTC(2026, 10, 24, 12);
let clockMs: number;
let stop: AbortController;
beforeEach(() => {
  clockMs = startMs;
  stop = new AbortController();
});
afterEach(() => {
  stop.abort();
});

const here = readLeaseOwner("deploy", {});
const elsewhere: LeaseOwner = {
  ...here,
  who: "ci@runner-7",
  pid: 4242,
  processSpace: "another machine",
  runUrl: "https://github.com/o/r/actions/runs/1",
};

function build(options: Partial<LeaseOptions> = {}): LeaseOptions {
  return { owner: here, waitSeconds: null, signal: stop.signal, nowMs: () => clockMs, ...options };
}

async function hold(store: StateStore, owner: LeaseOwner, heartbeatMs = clockMs): Promise<void> {
  await store.create(LEASE_KEY, buildLease(owner, heartbeatMs, heartbeatMs));
}

describe("acquireLease", () => {
  it("takes a free lease and gives it back", async () => {
    const { store } = temp();
    const lease = await acquireLease(store, build());
    expect((await readLeaseHolder(store, clockMs))?.owner).toEqual(here);
    await lease.release();
    await lease.release();
    expect(await readLeaseHolder(store, clockMs)).toBeNull();
    expect(await store.list("")).toEqual([]);
  });

  it("exits 8 naming the holder when it shall not wait", async () => {
    const { store } = temp();
    await hold(store, elsewhere);
    await expect(acquireLease(store, build())).rejects.toMatchObject({
      code: "ENVIRONMENT_LOCKED",
      exitCode: 8,
      message:
        "The environment is held by `mizan deploy` of ci@runner-7 (process 4242, https://github.com/o/r/actions/runs/1) since 2026-11-24T12:00:00.000Z",
      hint: expect.stringContaining("--wait"),
      details: { who: "ci@runner-7", pid: 4242, since: "2026-11-24T12:00:00.000Z" },
    });
  });

  it("takes the lease of a dead process of this machine at once", async () => {
    const { store } = temp();
    for (const dead of [{ pid: 2 ** 22 + 1 }, { processStart: "an earlier process of that id" }]) {
      await hold(store, { ...here, ...dead });
      const lease = await acquireLease(store, build());
      await lease.release();
    }
  });

  it("leaves a living process of this machine its lease, however late its heartbeat is", async () => {
    const { store } = temp();
    await hold(store, here, startMs - 3_600_000);
    await expect(acquireLease(store, build())).rejects.toMatchObject({
      code: "ENVIRONMENT_LOCKED",
    });
  });

  it("takes the lease of another machine once it saw no heartbeat for 20 s", async () => {
    const { store } = temp();
    await hold(store, elsewhere);
    const waiting = acquireLease(
      store,
      build({ waitSeconds: 60, onWait: () => setTimeout(() => (clockMs += 20_000), 50) }),
    );
    await (await waiting).release();
    expect(clockMs).toBe(startMs + 20_000);
  });

  it("does not take it while heartbeats come", async () => {
    const { store } = temp();
    await hold(store, elsewhere);
    const waiting = acquireLease(store, build({ waitSeconds: 60 }));
    const outcome = waiting.catch((error: unknown) => error);
    for (let beat = 0; beat < 6; beat += 1) {
      await sleep(250);
      const stored = await store.read(LEASE_KEY);
      clockMs += 11_000;
      await store.replace(LEASE_KEY, buildLease(elsewhere, startMs, clockMs), stored?.etag ?? "");
    }
    expect(await outcome).toMatchObject({ code: "ENVIRONMENT_LOCKED" });
  });

  it("needs no waiting where the expiry is longer ago than clocks differ", async () => {
    const { store } = temp();
    await hold(store, elsewhere);
    clockMs += 79_000;
    await expect(acquireLease(store, build())).rejects.toMatchObject({
      code: "ENVIRONMENT_LOCKED",
    });
    clockMs += 1_000;
    await (await acquireLease(store, build())).release();
  });

  it("gets its turn when the holder is done, and says once whom it waits for", async () => {
    const { store } = temp();
    const first = await acquireLease(store, build());
    const waits: LeaseOwner[] = [];
    const second = acquireLease(
      store,
      build({ waitSeconds: 60, onWait: (who) => waits.push(who) }),
    );
    await sleep(500);
    await first.release();
    await (await second).release();
    expect(waits).toEqual([here]);
  });

  it("gives up when the waiting time is over", async () => {
    const { store } = temp();
    await hold(store, here);
    const options = build({ waitSeconds: 1, nowMs: Date.now });
    await expect(acquireLease(store, options)).rejects.toMatchObject({
      code: "ENVIRONMENT_LOCKED",
      message: expect.stringContaining("still after 1 s"),
    });
  });

  it("ends its waiting with the signal's reason", async () => {
    const { store } = temp();
    await hold(store, here);
    const reason = new Error("interrupted");
    const onWait = () => setTimeout(() => stop.abort(reason), 20);
    await expect(acquireLease(store, build({ waitSeconds: 60, onWait }))).rejects.toBe(reason);
  });
});

describe("a held lease", () => {
  it("renews its expiry by heartbeats", async () => {
    const { store } = temp();
    const lease = await acquireLease(store, build({ heartbeatSeconds: 0.02 }));
    clockMs += 7_000;
    await expect
      .poll(async () => (await readLeaseHolder(store, clockMs))?.expiresAtMs)
      .toBe(clockMs + 20_000);
    await lease.release();
    expect(lease.signal.aborted).toBe(false);
    expect(await store.read(LEASE_KEY)).toBeNull();
  });

  it("aborts its signal when another one took it, and leaves that one alone", async () => {
    const { store } = temp();
    const lease = await acquireLease(store, build({ heartbeatSeconds: 0.02 }));
    for (let isTaken = false; !isTaken; ) {
      const stored = await store.read(LEASE_KEY);
      const taken = buildLease(elsewhere, clockMs, clockMs);
      isTaken = (await store.replace(LEASE_KEY, taken, stored?.etag ?? "")) !== null;
    }
    await expect.poll(() => lease.signal.aborted).toBe(true);
    expect(lease.signal.reason).toMatchObject({ code: "STATE_CONFLICT", exitCode: 8 });
    await lease.release();
    expect((await readLeaseHolder(store, clockMs))?.owner).toEqual(elsewhere);
  });

  it("survives a store that fails for a moment, and is lost when it fails until the expiry", async () => {
    const { store } = temp();
    let isBroken = false;
    const fragile: StateStore = {
      ...store,
      replace: async (...args) => {
        if (isBroken) throw new Error("unreachable");
        return store.replace(...args);
      },
    };
    const lease = await acquireLease(fragile, build({ heartbeatSeconds: 0.02 }));
    isBroken = true;
    await sleep(100);
    expect(lease.signal.aborted).toBe(false);
    clockMs += 20_000;
    await expect.poll(() => lease.signal.aborted).toBe(true);
    expect(lease.signal.reason).toMatchObject({ cause: { message: "unreachable" } });
  });
});

describe("buildRunUrl", () => {
  it("is the address of the GitHub run, or null elsewhere", () => {
    const env = {
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_REPOSITORY: "o/r",
      GITHUB_RUN_ID: "12",
    };
    expect(buildRunUrl(env)).toBe("https://github.com/o/r/actions/runs/12");
    expect(buildRunUrl({})).toBeNull();
  });
});
