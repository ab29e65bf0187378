/** What every state store promises: the folder, S3 and Blob run this same suite. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { StateStore } from "../../../cli/state/store.ts";
import { openStore, type StoreDescription } from "./open-store.ts";

const CHILD = fileURLToPath(new URL("./store-child.ts", import.meta.url));
const KEYS = ["current", "releases/a", "releases/b", "releases"] as const;

export interface StoreSuiteOptions {
  /** Describes a new, empty store at each call. */
  readonly describeEmptyStore: () => Promise<StoreDescription>;
}

export function runStoreSuite(name: string, options: StoreSuiteOptions): void {
  describe(name, () => {
    let description: StoreDescription;
    let store: StateStore;
    beforeEach(async () => {
      description = await options.describeEmptyStore();
      store = await openStore(description);
    });

    defineDocumentTests(() => store);
    defineModelTest(options);
    defineProcessTests(
      () => store,
      () => description,
    );
  });
}

function defineDocumentTests(store: () => StateStore): void {
  it("gives null for a document that was never written", async () => {
    expect(await store().read("current")).toBeNull();
    expect(await store().list("")).toEqual([]);
  });

  it("gives back what was created, with the etag of the creation", async () => {
    const value = { release: "a", list: [1, null, "ü\n"], nested: { empty: {} } };
    const etag = await store().create("current", value);
    expect(await store().read("current")).toEqual({ value, etag });
  });

  it("keeps null, false and the empty text as values", async () => {
    for (const [index, value] of [null, false, "", 0].entries()) {
      await store().create(`value-${index}`, value);
      expect((await store().read(`value-${index}`))?.value).toBe(value);
    }
  });

  it("refuses to create a document that exists", async () => {
    await store().create("current", 1);
    expect(await store().create("current", 2)).toBeNull();
    expect((await store().read("current"))?.value).toBe(1);
  });

  it("replaces only the version that the etag names", async () => {
    const first = (await store().create("current", 1)) ?? "";
    const second = await store().replace("current", 2, first);
    expect(second).not.toBeNull();
    expect(await store().replace("current", 3, first)).toBeNull();
    expect(await store().read("current")).toEqual({ value: 2, etag: second });
  });

  it("does not replace or remove what does not exist", async () => {
    expect(await store().replace("current", 1, "1")).toBeNull();
    expect(await store().remove("current", "1")).toBe(false);
  });

  it("removes only the version that the etag names", async () => {
    const first = (await store().create("current", 1)) ?? "";
    const second = (await store().replace("current", 1, first)) ?? "";
    expect(await store().remove("current", first)).toBe(false);
    expect(await store().remove("current", second)).toBe(true);
    expect(await store().read("current")).toBeNull();
    expect(await store().remove("current", second)).toBe(false);
  });

  it("never gives an etag again, not even after a removal", async () => {
    const seen = new Set<string>();
    for (let round = 0; round < 5; round += 1) {
      const created = (await store().create("current", "same")) ?? "";
      const replaced = (await store().replace("current", "same", created)) ?? "";
      expect(seen.has(created) || seen.has(replaced)).toBe(false);
      seen.add(created).add(replaced);
      await store().remove("current", replaced);
    }
  });

  it("lists the keys under a prefix, sorted, without removed ones", async () => {
    for (const key of ["releases/b", "current", "releases/a", "journal", "journal/last"]) {
      await store().create(key, key);
    }
    const gone = (await store().create("releases/c", 1)) ?? "";
    await store().remove("releases/c", gone);
    expect(await store().list("releases/")).toEqual(["releases/a", "releases/b"]);
    expect(await store().list("journal")).toEqual(["journal", "journal/last"]);
    expect(await store().list("")).toHaveLength(5);
  });

  it("refuses keys that are not lower-case names", async () => {
    for (const key of ["", "/a", "a/", "a//b", "../a", "a/..", "A", "a.json", "a b", "a\0"]) {
      await expect(async () => store().read(key)).rejects.toThrow("Not a state key");
      await expect(async () => store().create(key, 1)).rejects.toThrow("Not a state key");
    }
  });
}

type Command =
  | { readonly do: "create" | "read"; readonly key: string }
  | { readonly do: "replace" | "remove"; readonly key: string; readonly stale: boolean };

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ do: fc.constantFrom("create", "read"), key: fc.constantFrom(...KEYS) }),
  fc.record({
    do: fc.constantFrom("replace", "remove"),
    key: fc.constantFrom(...KEYS),
    stale: fc.boolean(),
  }),
);

function defineModelTest(options: StoreSuiteOptions): void {
  it("behaves like a table with versions, whatever the order of calls", {
    timeout: 60_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 25 }), async (commands) => {
        const store = await openStore(await options.describeEmptyStore());
        await followModel(store, commands);
      }),
      { numRuns: 25 },
    );
  });
}

async function followModel(store: StateStore, commands: readonly Command[]): Promise<void> {
  const model = new Map<string, { value: number; etag: string }>();
  const staleEtags = new Map<string, string>();
  for (const [index, step] of commands.entries()) {
    const { key } = step;
    const known = model.get(key);
    const isStale = "stale" in step && step.stale;
    const etag = (isStale ? staleEtags.get(key) : known?.etag) ?? "1";
    const isMatch = known !== undefined && etag === known.etag;
    if (known !== undefined && step.do !== "read" && step.do !== "create") {
      staleEtags.set(key, known.etag);
    }
    if (step.do === "create") {
      const created = await store.create(key, index);
      expect(created === null).toBe(known !== undefined);
      if (created !== null) model.set(key, { value: index, etag: created });
    } else if (step.do === "replace") {
      const replaced = await store.replace(key, index, etag);
      expect(replaced !== null).toBe(isMatch);
      if (replaced !== null) model.set(key, { value: index, etag: replaced });
    } else if (step.do === "remove") {
      expect(await store.remove(key, etag)).toBe(isMatch);
      if (isMatch) model.delete(key);
    }
    expect(await store.read(key)).toEqual(model.get(key) ?? null);
  }
  expect(await store.list("")).toEqual([...model.keys()].sort());
}

function defineProcessTests(store: () => StateStore, description: () => StoreDescription): void {
  const startChild = (...args: readonly string[]) =>
    spawn(process.execPath, [CHILD, JSON.stringify(description()), ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });

  it("loses no update of 8 processes that count to 400 together", {
    timeout: 120_000,
  }, async () => {
    const children = Array.from({ length: 8 }, () => startChild("increment", "counter", "50"));
    const exits = await Promise.all(children.map(waitForExit));
    expect(exits).toEqual(Array(8).fill(0));
    expect((await store().read("counter"))?.value).toEqual({ count: 400 });
  });

  it("loses no update of processes that are stopped in the middle for a while", {
    timeout: 120_000,
  }, async () => {
    const children = Array.from({ length: 4 }, () => startChild("increment", "counter", "100"));
    const exits = Promise.all(children.map(waitForExit));
    const pauses = children.map(pauseOftenUntilExit);
    expect(await exits).toEqual(Array(4).fill(0));
    await Promise.all(pauses);
    expect((await store().read("counter"))?.value).toEqual({ count: 400 });
  });

  it("gives a document to exactly one of many creators", async () => {
    for (let round = 0; round < 10; round += 1) {
      const racers = Array.from({ length: 8 }, (_, racer) =>
        store().create(`race-${round}`, racer),
      );
      const winners = (await Promise.all(racers)).filter((etag) => etag !== null);
      expect(winners).toHaveLength(1);
    }
  });

  it("stays whole when writers are killed in the middle", { timeout: 120_000 }, async () => {
    for (let round = 0; round < 12; round += 1) {
      const children = [startChild("churn", "document"), startChild("churn", "document")];
      await Promise.all(children.map((child) => once(child.stdout ?? child, "data")));
      await readFor(store(), 10 + round * 7);
      for (const child of children) child.kill("SIGKILL");
      await Promise.all(children.map(waitForExit));
      await writeOnce(store(), round);
    }
  });
}

async function waitForExit(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.exitCode;
}

/** A writer that sleeps between its steps comes back to versions that were deleted long ago. */
async function pauseOftenUntilExit(child: ChildProcess): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    child.kill("SIGSTOP");
    await sleep(Math.random() * 15);
    child.kill("SIGCONT");
    await sleep(Math.random() * 10);
  }
}

/** Reads while others write: every document that is seen agrees with itself. */
async function readFor(store: StateStore, durationMs: number): Promise<void> {
  const endMs = Date.now() + durationMs;
  while (Date.now() < endMs) {
    const value = (await store.read("document"))?.value as
      | { readonly filler?: string; readonly length?: number }
      | undefined;
    if (value !== undefined) expect(value.filler?.length).toBe(value.length);
    await sleep(1);
  }
}

/** After a crash the store takes the next write at once: nothing that was left behind holds it up. */
async function writeOnce(store: StateStore, round: number): Promise<void> {
  const current = await store.read("document");
  const value = { filler: "y".repeat(round), length: round };
  const etag =
    current === null
      ? await store.create("document", value)
      : await store.replace("document", value, current.etag);
  expect(etag).not.toBeNull();
  expect(await store.read("document")).toEqual({ value, etag });
}
