/** Nobody can switch the cache off from outside: whatever strangers flood the Edge with, others hit as before. */

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bumpEdge, readEdgeStats } from "../../../cli/targets/local/edge/edge-control.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { Flood, type FloodKind } from "./floods/flood.ts";
import { CACHE_BYTES, FloodApp } from "./floods/flood-app.ts";
import { FLOODS } from "./floods/flood-kinds.ts";
import { type Experience, liveThrough, OTHERS_ADDRESSES } from "./floods/flood-others.ts";

const app = new FloodApp();
let calm: Experience | null = null;

beforeAll(async () => {
  await app.start();
  await liveThrough(app); // what both have from here on: compiled code, open connections
  calm = await live(null);
});
afterAll(() => app.end());

test("without a flood others are answered, and mostly from the cache", () => {
  expect(calm?.complaints).toEqual([]);
  expect(ratio(calm)).toBeGreaterThan(0.8);
});

test.each(FLOODS)("$name: others hit as before, and their mutations are answered", async (kind) => {
  const flood = new Flood(app.edge.port);
  const [experience] = await Promise.all([endWith(flood, live(kind, flood)), kind.send(flood)]);
  expectUndisturbed(experience);
  expectFlood(kind, flood);
});

test("from the addresses of the others themselves, with all that costs no share: the same", async () => {
  const kinds = FLOODS.filter(({ hurtsOwnAddress }) => !hurtsOwnAddress);
  const floods = kinds.map(() => new Flood(app.edge.port, OTHERS_ADDRESSES, 1));
  const sending = kinds.map((kind, index) => {
    const flood = floods[index];
    if (flood === undefined) throw new Error("a flood for each kind");
    return kind.send(flood);
  });
  const lived = live(null).finally(() => {
    for (const flood of floods) flood.end();
  });
  const [experience] = await Promise.all([lived, ...sending]);
  expectUndisturbed(experience);
  const counts = floods.map((flood) => flood.report().count);
  expect(Math.min(...counts)).toBeGreaterThan(0);
  expect(counts.reduce((sum, count) => sum + count)).toBeGreaterThan(500);
});

async function live(kind: FloodKind | null, flood: Flood | null = null): Promise<Experience> {
  app.restart(kind?.throttles ?? false);
  await bumpEdge(app.fixture.controlSocket, { targets: "*" });
  if (flood !== null) await waitFor("the flood", () => flood.isUnderWay);
  const watch = watchMemory();
  const experience = await liveThrough(app);
  expect(await watch()).toBeLessThanOrEqual(CACHE_BYTES);
  return experience;
}

async function endWith<T>(flood: Flood, lived: Promise<T>): Promise<T> {
  try {
    return await lived;
  } finally {
    flood.end();
  }
}

function expectUndisturbed(experience: Experience): void {
  expect(experience.complaints).toEqual([]);
  const lost = Math.abs(ratio(experience) - ratio(calm));
  expect(lost, JSON.stringify(experience.marks)).toBeLessThanOrEqual(0.05);
}

function expectFlood(kind: FloodKind, flood: Flood): void {
  const { count, answers } = flood.report();
  const sent = kind.answer === undefined ? count : (answers[kind.answer] ?? 0);
  expect(sent, JSON.stringify(answers)).toBeGreaterThanOrEqual(kind.least);
}

/** @returns ends the watch, with the most that was held */
function watchMemory(): () => Promise<number> {
  let most = 0;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      const { memoryBytes } = await readEdgeStats(app.fixture.controlSocket);
      most = Math.max(most, memoryBytes);
      await sleep(200);
    }
  })();
  watching.catch(() => undefined); // whoever ends the watch gets the error
  return async () => {
    isOver = true;
    await watching;
    return most;
  };
}

function ratio(experience: Experience | null): number {
  return experience === null ? Number.NaN : experience.hits / experience.reads;
}
