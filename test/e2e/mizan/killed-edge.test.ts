/** `kill -9` of the Edge of a deployed shop, in the middle of changes under load: it comes back without a command, and never with old answers. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AgentStatus } from "../../../cli/targets/local/agent/contract.ts";
import { restartDelaySeconds } from "../../../cli/targets/local/agent/restart-backoff.ts";
import { requestOverSocket } from "../../../cli/tools/request-over-socket.ts";
import type { EdgeState } from "../../../edge/cache/contract.ts";
import { mintToken } from "../../contract/edge/mizan-app.ts";
import { findFreePort } from "../../helpers/free-port.ts";
import { checkHistory } from "../../helpers/history/check-history.ts";
import { readSeed } from "../../helpers/history/seeded-random.ts";
import type { TempProject } from "../../helpers/temp-project.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { killProcess } from "../survival/survival-app.ts";
import { runWords } from "../use/use-mizan.ts";
import {
  FIRST_STOCK,
  listPaths,
  type Noted,
  type Person,
  readCounters,
  ShopLoad,
} from "./killed-edge-load.ts";
import { createShopProject, replaceConfig } from "./shop-project.ts";

/** Answers again within (issue 5). */
const RECOVERY_MS = 2000;
const REQUEST_LIMIT_SECONDS = 2;
/** H: nothing that the dead process had forwarded can commit any more (edge-consistency 1). */
const QUARANTINE_MS = (2 + REQUEST_LIMIT_SECONDS + 2) * 1000;
const CUSTOMERS = ["101", "102", "103", "104"];
const STAFF = ["201", "202"];
const PASSERS_BY = 4;

const seed = readSeed();
let project: TempProject;
let port = 0;
let load: ShopLoad;
let people: readonly Person[] = [];

beforeAll(async () => {
  project = await createShopProject();
  port = await findFreePort();
  const config = {
    environments: { local: { port, workers: 2 } },
    edge: { requestLimitSeconds: REQUEST_LIMIT_SECONDS },
  };
  await replaceConfig(project, config);
  project.commit("A short limit");
  await project.mizan(["deploy"]);
  const prepared = await runWords(["run", "shell", "-c", buildPreparation()], {
    cwd: project.folder,
  });
  if (prepared.exitCode !== 0) throw new Error(prepared.stderr);
  people = buildPeople();
  load = new ShopLoad(port);
  load.start(people, seed);
  await waitForHitsAfter(performance.now());
});
afterAll(async () => {
  await load?.stop();
  await project?.remove();
});

function buildPreparation(): string {
  return [
    "from django.contrib.auth import get_user_model as users",
    "from catalogue.models import Product",
    `[users().objects.create(pk=pk, username=pk) for pk in ${JSON.stringify(CUSTOMERS)}]`,
    `Product.objects.update(stock=${FIRST_STOCK})`,
  ].join("; ");
}

function buildPeople(): readonly Person[] {
  const [key] = readEdgeState().secrets?.mwt ?? [];
  if (key === undefined) throw new Error("no key for tokens");
  const build = (user: string, isStaff: boolean): Person => {
    const token = mintToken({ sub: user, staff: isStaff }, { key });
    return { user, isStaff, headers: { "x-mizan-token": token } };
  };
  return [
    ...CUSTOMERS.map((user) => build(user, false)),
    ...STAFF.map((user) => build(user, true)),
    ...Array.from({ length: PASSERS_BY }, () => ({ user: null, isStaff: false, headers: {} })),
  ];
}

function environmentFile(path: string): string {
  return join(project.folder, ".mizan/env/local", path);
}

function readEdgeState(): EdgeState {
  return JSON.parse(readFileSync(environmentFile("edge-state.json"), "utf8"));
}

async function findEdgePid(): Promise<number> {
  const socketPath = environmentFile("run/agent.sock");
  const answer = await requestOverSocket({ socketPath, path: "/status", timeoutMs: 5000 });
  const { processes }: AgentStatus = JSON.parse(answer.body);
  const pid = processes.find(({ name }) => name === "edge")?.pid;
  if (typeof pid !== "number") throw new Error(`no Edge in ${answer.body}`);
  return pid;
}

function notedSince(atMs: number): readonly Noted[] {
  return load.noted.filter(({ sentAtMs }) => sentAtMs > atMs);
}

async function waitForHitsAfter(atMs: number): Promise<void> {
  const isHit = ({ mark }: Noted) => mark === "HIT";
  const wait = { timeoutSeconds: 30 };
  await waitFor("hits", () => notedSince(atMs).filter(isHit).length >= 50, wait);
}

interface Kill {
  readonly killedAtMs: number;
  /** From the kill until no request fails any more. */
  readonly recoveryMs: number;
}

/** While changes are under way, and without a command afterwards. */
async function killEdge(): Promise<Kill> {
  const pid = await findEdgePid();
  while (load.changesUnderWay < 2) await sleep(1);
  const killedAtMs = performance.now();
  killProcess(pid);
  await waitFor("answers", () => notedSince(killedAtMs).some(({ isGood }) => isGood));
  await sleep(500);
  const since = notedSince(killedAtMs);
  const lost = load.noted.filter(({ endedAtMs, isGood }) => endedAtMs > killedAtMs && !isGood);
  const lastLostMs = Math.max(killedAtMs, ...lost.map(({ endedAtMs }) => endedAtMs));
  const firstGood = since.find(({ isGood, endedAtMs }) => isGood && endedAtMs >= lastLostMs);
  const recoveryMs = Math.round((firstGood?.endedAtMs ?? Number.POSITIVE_INFINITY) - killedAtMs);
  const reasons = [...new Set(lost.map(({ mark }) => mark))].join(", ");
  process.stdout.write(
    `kill -9 of the Edge: ${lost.length} requests lost (${reasons}), answers again after ${recoveryMs} ms\n`,
  );
  return { killedAtMs, recoveryMs };
}

/** Of reads that were answered before nothing could commit any more. */
function listMarksInQuarantine({ killedAtMs }: Kill): readonly string[] {
  const marks = notedSince(killedAtMs)
    .filter(({ isRead, isGood, endedAtMs }) => {
      return isRead && isGood && endedAtMs < killedAtMs + QUARANTINE_MS;
    })
    .map(({ mark }) => mark);
  return [...new Set(marks)];
}

/** @param death which one it is within 30 s: from the second on the agent waits before it starts a process again */
function expectRecovered({ recoveryMs }: Kill, death: number): void {
  expect(recoveryMs).toBeLessThanOrEqual(RECOVERY_MS + restartDelaySeconds(death) * 1000);
}

/** Bypasses while anything may still commit, then hits. */
async function expectQuarantine(kill: Kill): Promise<void> {
  const endsAtMs = kill.killedAtMs + QUARANTINE_MS;
  await sleep(Math.max(0, endsAtMs - performance.now()));
  expect(listMarksInQuarantine(kill)).toEqual(["BYPASS; reason=quarantine"]);
  await waitForHitsAfter(endsAtMs);
}

test.each([1, 2])(
  "kill %i: answers within 2 s, only bypasses while anything may still commit, then hits",
  async (death) => {
    const kill = await killEdge();
    expectRecovered(kill, death);
    await expectQuarantine(kill);
  },
);

test("killed again in its quarantine: the quarantine begins anew", async () => {
  expectRecovered(await killEdge(), 3);
  const again = await killEdge();
  expectRecovered(again, 4);
  await expectQuarantine(again);
});

test("through all of it no read was stale, nor of an older value than one before", async () => {
  await load.stop();
  const { mutations, reads } = load.log;
  const { violations, samples } = checkHistory(load.log);
  const hits = reads.filter(({ mark }) => mark === "HIT").length;
  const unknown = mutations.filter(({ isDone }) => isDone === null).length;
  process.stdout.write(
    `seed ${seed}: ${reads.length} reads, ${hits} of them hits; ${mutations.length} changes, ${unknown} of them without an answer\n`,
  );
  expect(violations, `repeat with MIZAN_TEST_SEED=${seed}`).toEqual([]);
  expect(samples).toBeGreaterThan(30);
  expect(hits).toBeGreaterThan(150);
  expect(unknown).toBeGreaterThan(0);
});

test("afterwards each answer of the cache is what the app itself says", async () => {
  const socketPath = environmentFile(`run/slot-${readEdgeState().live.slot}.sock`);
  for (const person of people) {
    for (const path of listPaths(person)) {
      const headers = { ...person.headers, host: `127.0.0.1:${port}` };
      const direct = await requestOverSocket({ socketPath, path, headers, timeoutMs: 5000 });
      const ask = () => fetch(`http://127.0.0.1:${port}${path}`, { headers: person.headers });
      await (await ask()).text();
      const answer = await ask();
      expect(answer.headers.get("x-mizan-edge")).toBe("HIT");
      expect(readCounters(path, await answer.text())).toEqual(readCounters(path, direct.body));
    }
  }
});
