/** Seeded histories: many clients over HTTP, a real Django app under the real runtime, the real Edge. */

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  holdEdge,
  pushEdgeState,
  readEdgeReport,
  readEdgeStats,
} from "../../../cli/targets/local/edge/edge-control.ts";
import { checkHistory } from "../../helpers/history/check-history.ts";
import { readSeed } from "../../helpers/history/seeded-random.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { ask } from "./edge-fixture.ts";
import { MUTATION_KINDS } from "./histories/counter-mutations.ts";
import { CountersApp } from "./histories/counters-app.ts";
import { HistoryRun } from "./histories/history-run.ts";
import { contextPath, HOST, mintToken } from "./mizan-app.ts";

const seed = readSeed();
const OPTIONS = { seed, operations: 20_000, users: 16, anonymous: 8, kills: 2 };

/** An Edge that answered nothing from its cache would keep every promise. Of all reads; while an outcome is unknown, none is a hit. */
const LEAST_HITS = 0.15;
/** Of those that may be. */
const LEAST_HIT_RATIO = 0.4;

/** In the middle of a mutation; each takes with it what else its worker was about. */
const LOST_BY_KILL = 8;

let app: CountersApp;
let run: HistoryRun;
beforeAll(async () => {
  app = await CountersApp.start();
  run = new HistoryRun(app, OPTIONS);
});
afterAll(() => app?.end());

test("in 20,000 operations of 24 clients no read is stale, invented, of an older value than before or of another's", {
  timeout: 240_000,
}, async () => {
  const startedAtMs = performance.now();
  await Promise.all([run.run(), deployAndRollBack()]);
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  const { violations, samples } = checkHistory(run.log);
  const { hits, misses, bypasses } = await readEdgeStats(app.fixture.controlSocket);
  const { reads, mutations } = run.log;
  const hitRatio = hits / (hits + misses);
  const oddities = [...run.oddities].map(([text, count]) => `${count} × ${text}`);
  const facts = [
    `seed ${seed}: ${reads.length} reads, ${mutations.length} writes in ${seconds} s`,
    `hit ratio ${hitRatio.toFixed(2)} (${hits} hits, ${misses} misses, ${JSON.stringify(bypasses)})`,
    `${samples} writes were followed by a read`,
    `answers not the app's: ${oddities.join("; ") || "none"}`,
  ];
  process.stdout.write(`${facts.join("\n")}\n`);
  const repeat = `repeat with MIZAN_TEST_SEED=${seed}\n${app.readLog().slice(-2000)}`;
  expect(violations, repeat).toEqual([]);
  expect(run.leaks, repeat).toEqual([]);
  expect(reads.filter(({ mark }) => mark === "HIT").length).toBeGreaterThan(
    LEAST_HITS * OPTIONS.operations,
  );
  expect(hitRatio).toBeGreaterThan(LEAST_HIT_RATIO);
  expect(samples).toBeGreaterThan(OPTIONS.operations / 50);
  expect(new Set(mutations.map(({ name }) => name))).toEqual(new Set(MUTATION_KINDS));
});

test("the only answers that were not the app's own are those that died with a worker", () => {
  const lost = [...run.oddities].filter(([text]) =>
    / 502 The app did not answer|^stream: .* aborted$/.test(text),
  );
  expect([...run.oddities]).toEqual(lost);
  const count = lost.reduce((sum, [, each]) => sum + each, 0);
  expect(count).toBeLessThanOrEqual(OPTIONS.kills * LOST_BY_KILL);
});

test("when all outcomes are known, each counter is missed, hit, and what the database says", async () => {
  const control = app.fixture.controlSocket;
  await waitFor("the last outcome", async () => {
    const { cache } = await readEdgeReport(control);
    return cache?.openIntents === 0 && cache.unknownIntents === 0;
  });
  for (const [key, n] of Object.entries(await app.readValues())) {
    const [context = "", value = ""] = key.split(":");
    const query = { item: `?item_id=${value}`, mine: `?user_id=${value}`, board: "" }[context];
    const token = context === "mine" ? { "x-mizan-token": mintToken({ sub: value }) } : {};
    const headers = { host: HOST, ...token };
    const answers = [1, 2].map(() => ask(app.port, `${contextPath(context)}${query}`, { headers }));
    for (const answer of await Promise.all(answers)) expect(answer.body).toContain(`"n":${n}`);
    const hit = await ask(app.port, `${contextPath(context)}${query}`, { headers });
    expect(hit.headers["x-mizan-edge"]).toBe("HIT");
    expect(hit.body).toContain(`"n":${n}`);
  }
});

/** A second release that describes `board` differently comes, and goes again. */
async function deployAndRollBack(): Promise<void> {
  run.log.switches.push({ key: "board", revision: 1, beganAt: 0, doneAt: 0 });
  await waitForShare(0.35);
  await switchTo(1, ["board"]);
  await waitForShare(0.65);
  await switchTo(0, "*");
}

async function waitForShare(share: number): Promise<void> {
  while (run.share < share) await sleep(20);
}

/** As a deploy does it: what differs is held until the old release can no longer answer. */
async function switchTo(slot: 0 | 1, scope: readonly string[] | "*"): Promise<void> {
  const control = app.fixture.controlSocket;
  const state = app.buildState(slot);
  const beganAt = run.clock.tick();
  await holdEdge(control, { action: "hold", id: "deploy", scope, untilMs: null });
  await pushEdgeState(control, state);
  run.log.switches.push({
    key: "board",
    revision: slot + 1,
    beganAt,
    doneAt: run.clock.tick(),
  });
  await waitFor("the old release's last answer", async () => {
    const { inFlight } = await readEdgeReport(control);
    return (inFlight[String(1 - slot)] ?? 0) === 0;
  });
  await holdEdge(control, { action: "release", id: "deploy" });
}
