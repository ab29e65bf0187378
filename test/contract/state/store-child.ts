/**
 * A process of its own for the store suite: `store-child.ts <description as JSON> <job> <key> [times]`.
 *
 * - `increment`: adds 1 to the counter `{count}` so many times, by compare-and-set.
 * - `churn`: creates, replaces and removes the document until it is killed.
 */

import type { StateStore } from "../../../cli/state/store.ts";
import { openStore } from "./open-store.ts";

async function increment(store: StateStore, key: string, times: number): Promise<void> {
  for (let done = 0; done < times; ) {
    const current = await store.read(key);
    const etag =
      current === null
        ? await store.create(key, { count: 1 })
        : await store.replace(key, { count: countOf(current.value) + 1 }, current.etag);
    if (etag !== null) done += 1;
  }
}

async function churn(store: StateStore, key: string): Promise<void> {
  process.stdout.write("started\n");
  for (let round = 0; ; round += 1) {
    const current = await store.read(key);
    // Filler of changing length: a half-written document would not parse or not agree with itself.
    const value = { round, filler: "x".repeat(round % 5000), length: round % 5000 };
    if (current === null) await store.create(key, value);
    else if (round % 7 === 0) await store.remove(key, current.etag);
    else await store.replace(key, value, current.etag);
  }
}

function countOf(value: unknown): number {
  return (value as { readonly count: number }).count;
}

const [description = "", job, key = "", times = "0"] = process.argv.slice(2);
const store = await openStore(JSON.parse(description));
if (job === "increment") await increment(store, key, Number(times));
else if (job === "churn") await churn(store, key);
else throw new Error(`Unknown job ${job}`);
