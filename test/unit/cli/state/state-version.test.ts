import { describe, expect, it } from "vitest";
import { openEnvironmentState } from "../../../../cli/state/environment-state.ts";
import { readLeaseOwner } from "../../../../cli/state/lease-owner.ts";
import {
  checkStateVersion,
  ensureStateVersion,
  type StateMigration,
} from "../../../../cli/state/state-version.ts";
import { dumpStore, useTempStore } from "./temp-store.ts";

const temp = useTempStore();

function createMigration(from: number, ran: number[], fail = false): StateMigration {
  return {
    from,
    migrate: async () => {
      ran.push(from);
      if (fail) throw new Error("cut off");
    },
  };
}

describe("state version", () => {
  it("is written by the first command that changes something, not by one that reads", async () => {
    const { store } = temp();
    expect(await checkStateVersion(store, { mizanVersion: "0.1.0" })).toBeNull();
    expect(await store.list("")).toEqual([]);
    await ensureStateVersion(store, { mizanVersion: "0.1.0" });
    expect(await checkStateVersion(store, { mizanVersion: "0.1.0" })).toEqual({
      version: 1,
      mizanVersion: "0.1.0",
    });
  });

  it("takes over older state by every migration in between, in order", async () => {
    const { store } = temp();
    await ensureStateVersion(store, { mizanVersion: "0.1.0" });
    const ran: number[] = [];
    const migrations = [3, 1, 2].map((from) => createMigration(from, ran));
    const options = { mizanVersion: "9.0.0", formatVersion: 4, migrations };
    await ensureStateVersion(store, options);
    await ensureStateVersion(store, options);
    expect(ran).toEqual([1, 2, 3]);
    expect(await checkStateVersion(store, options)).toEqual({ version: 4, mizanVersion: "9.0.0" });
  });

  it("goes on with the migration that was cut off", async () => {
    const { store } = temp();
    await ensureStateVersion(store, { mizanVersion: "0.1.0" });
    const ran: number[] = [];
    const options = { mizanVersion: "9.0.0", formatVersion: 3 };
    const cutOff = [createMigration(1, ran), createMigration(2, ran, true)];
    const whole = [createMigration(1, ran), createMigration(2, ran)];
    await expect(ensureStateVersion(store, { ...options, migrations: cutOff })).rejects.toThrow();
    await ensureStateVersion(store, { ...options, migrations: whole });
    expect(ran).toEqual([1, 2, 2]);
  });
});

describe("openEnvironmentState", () => {
  it("refuses state of a newer mizan naming both versions, and changes nothing", async () => {
    const { store, folder } = temp();
    await ensureStateVersion(store, { mizanVersion: "9.0.0", formatVersion: 2 });
    const before = await dumpStore(store);
    await expect(openEnvironmentState(folder, "0.1.0")).rejects.toMatchObject({
      code: "STATE_NEWER",
      exitCode: 5,
      message: expect.stringMatching(/mizan 9\.0\.0 \(format 2\).*mizan 0\.1\.0 \(format 1\)/),
      hint: expect.stringContaining("9.0.0"),
    });
    expect(await dumpStore(store)).toEqual(before);
  });

  it("gives the lease back when a newer mizan changed the state while we waited", async () => {
    const { store, folder } = temp();
    const state = await openEnvironmentState(folder, "0.1.0");
    await ensureStateVersion(store, { mizanVersion: "9.0.0", formatVersion: 2 });
    const lock = state.lock({
      owner: readLeaseOwner("deploy", {}),
      waitSeconds: null,
      signal: new AbortController().signal,
      nowMs: Date.now,
    });
    await expect(lock).rejects.toMatchObject({ code: "STATE_NEWER" });
    expect(await store.list("")).toEqual(["format"]);
  });
});
