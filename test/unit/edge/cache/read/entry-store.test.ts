import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Entry, EntryStore } from "../../../../../edge/cache/read/entry-store.ts";

function createEntry(bytes: number, askedAtMs = 0, ttlMs = 1000): Entry {
  return {
    headers: [],
    body: new Uint8Array(bytes),
    askedAtMs,
    ttlMs,
    varyNames: [],
    readsSession: false,
  };
}

/** Room for about `count` entries of 1000 bytes with short keys. */
const roomFor = (count: number) => ({ maxBytes: count * 3530 });

describe("an entry", () => {
  test("counts while it is younger than its TTL by its own stamp", () => {
    const store = new EntryStore();
    store.put("k", createEntry(1, 5000, 1000));
    expect(store.get("k", 5000)).not.toBeNull();
    expect(store.get("k", 5999)).not.toBeNull();
    expect(store.get("k", 6000)).toBeNull();
  });

  // Mutants `ttl-trust-store` and `ttl-stamp-late`.
  test("is not made younger by being asked for", () => {
    const store = new EntryStore();
    store.put("k", createEntry(1, 0, 1000));
    for (let nowMs = 0; nowMs < 1000; nowMs += 100) store.get("k", nowMs);
    expect(store.get("k", 1000)).toBeNull();
  });

  test("from the future does not count: the clock was set back", () => {
    const store = new EntryStore();
    store.put("k", createEntry(1, 5000));
    expect(store.get("k", 4999)).toBeNull();
  });

  test("that is too old or replaced takes no memory", () => {
    const store = new EntryStore();
    store.put("k", createEntry(9000));
    store.put("k", createEntry(10));
    expect(store.report().memoryBytes).toBeLessThan(3000);
    store.get("k", 9999);
    expect(store.report()).toEqual({ entries: 0, memoryBytes: 0 });
  });

  test("may not be larger than 1 MiB, its key and headers included", () => {
    const store = new EntryStore();
    expect(store.put("k", createEntry(1024 * 1024))).toBe(false);
    expect(store.put("k".repeat(600_000), createEntry(1))).toBe(false);
    const headers = [["x", "v".repeat(600_000)]] as const;
    expect(store.put("k", { ...createEntry(1), headers })).toBe(false);
    expect(store.put("k", createEntry(1024 * 1021))).toBe(true);
  });
});

describe("memory", () => {
  test("a flood of things asked once evicts nothing that was asked twice", () => {
    const store = new EntryStore(roomFor(100));
    const hot = Array.from({ length: 70 }, (_, index) => `hot-${index}`);
    for (const key of hot) store.put(key, createEntry(1000));
    for (const key of hot) store.get(key, 1);
    for (let index = 0; index < 10_000; index += 1) {
      store.put(`flood-${index}`, createEntry(1000));
    }
    expect(hot.filter((key) => store.get(key, 2) === null)).toEqual([]);
  });

  test("a flood of things asked once does not make new again what a write has renumbered", () => {
    const store = new EntryStore(roomFor(10));
    store.put("1 hot", createEntry(1000), "hot");
    store.get("1 hot", 1);
    store.put("2 hot", createEntry(1000), "hot");
    for (let index = 0; index < 100; index += 1) store.put(`flood-${index}`, createEntry(1000));
    expect(store.get("2 hot", 1)).not.toBeNull();
    expect(store.get("1 hot", 1)).toBeNull(); // nobody can ask for it, so it takes no room
  });

  test("… and keeps nothing new that is asked for again from being kept, when it had to go before", () => {
    const store = new EntryStore(roomFor(10));
    const flood = (name: string) => {
      for (let index = 0; index < 100; index += 1) {
        store.put(`${name}-${index}`, createEntry(1000));
      }
    };
    store.put("new", createEntry(1000));
    flood("one");
    expect(store.get("new", 1)).toBeNull();
    store.put("new", createEntry(1000));
    flood("two");
    expect(store.get("new", 1)).not.toBeNull();
  });

  test("… nor does one that stores the same key again and again", () => {
    const store = new EntryStore(roomFor(10));
    store.put("hot", createEntry(1000));
    store.get("hot", 1);
    for (let index = 0; index < 100; index += 1) store.put("again", createEntry(1000));
    expect(store.get("hot", 1)).not.toBeNull();
  });

  test("an entry displaces hot ones by its own second request, those first that were used longest ago", () => {
    const store = new EntryStore(roomFor(10));
    const hot = Array.from({ length: 8 }, (_, index) => `hot-${index}`);
    for (const key of hot) store.put(key, createEntry(1000));
    for (const key of hot) store.get(key, 1);
    store.put("new", createEntry(1000));
    store.get("new", 1);
    expect(store.get("hot-0", 1)).toBeNull();
    expect(store.get("hot-1", 1)).not.toBeNull();
    expect(store.get("new", 1)).not.toBeNull();
  });

  test("what was bumped away gives way to what is used, at the latest with its TTL", () => {
    const store = new EntryStore(roomFor(100));
    for (let generation = 0; generation < 20; generation += 1) {
      const nowMs = 1000 * generation;
      // More than the share that newcomers always have.
      const keys = Array.from({ length: 60 }, (_, index) => `${generation}-${index}`);
      for (const key of keys) store.put(key, createEntry(1000, nowMs));
      for (const key of keys) expect(store.get(key, nowMs + 1)).not.toBeNull();
    }
  });

  test("is never more than its bound, and is what the report says", () => {
    const key = fc.integer({ min: 0, max: 12 }).map(String);
    const step = fc.oneof(
      fc.record({ put: key, bytes: fc.integer({ min: 0, max: 2000 }) }),
      fc.record({ get: key, nowMs: fc.integer({ min: 0, max: 1500 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const store = new EntryStore({ maxBytes: 20_000, maxEntryBytes: 4400 });
        const model = new Map<string, Entry>();
        for (const one of steps) {
          if ("put" in one) {
            const entry = createEntry(one.bytes);
            if (store.put(one.put, entry)) model.set(one.put, entry);
          } else {
            const found = store.get(one.get, one.nowMs);
            if (found !== null) expect(found).toBe(model.get(one.get));
            if (one.nowMs >= 1000) expect(found).toBeNull();
          }
          expect(store.report().memoryBytes).toBeLessThanOrEqual(20_000);
          expect(store.report().memoryBytes >= 2500 * store.report().entries).toBe(true);
        }
        store.clear();
        expect(store.report()).toEqual({ entries: 0, memoryBytes: 0 });
      }),
      { numRuns: 500 },
    );
  });
});
