/** Twenty deploys at once run one at a time, none is lost (D4); Ctrl-C takes back what was begun. */

import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createFolderStore } from "../../../cli/state/folder-store.ts";
import { assertNoneLost, type Load, startLoad } from "../../helpers/load.ts";
import { type MizanLine, type MizanRun, startMizan } from "../../helpers/run-mizan.ts";
import { isStep, killMizan } from "./kill-cli.ts";
import { createSurvivalApp, listNames, type SurvivalApp } from "./survival-app.ts";

const DEPLOYS = 20;
/** How many of them make a release though nothing changed. */
const FORCED = 5;

let app: SurvivalApp;
let load: Load;

beforeAll(async () => {
  app = await createSurvivalApp("ledger");
  await app.mizan(["deploy"]);
});

afterAll(() => app.remove());

beforeEach(() => {
  load = startLoad({ origin: app.origin, ratePerSecond: 10, next: () => ({ path: "/version" }) });
});

afterEach(async () => assertNoneLost(await load.stop()));

interface Timed {
  readonly run: MizanRun;
  /** Unix times in ms of its first and last step, seen from outside. */
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

async function runTimed(words: readonly string[]): Promise<Timed> {
  const { child, finished } = startMizan(words, { cwd: app.folder });
  const times: number[] = [];
  child.stdout?.on("data", (chunk: Buffer) => {
    if (chunk.includes('"type":"step"')) times.push(Date.now());
  });
  const run = await finished;
  return { run, firstAtMs: times[0] ?? 0, lastAtMs: times.at(-1) ?? 0 };
}

/** One live release, one record and one folder each, nothing held. */
async function expectConsistent(): Promise<void> {
  const status = await app.mizan(["status"]);
  const { releases } = (await app.mizan(["releases"])) as unknown as {
    releases: readonly { id: string; status: string; current: boolean }[];
  };
  const live = releases.filter((release) => release.status === "live");
  expect(live.map(({ id }) => id)).toEqual([status["release"]]);
  const kept = releases.filter(({ status: word }) => word === "live" || word === "superseded");
  expect(listNames(join(app.environmentFolder(), "releases"))).toEqual(
    kept.map(({ id }) => id).sort(),
  );
  const store = createFolderStore(join(app.environmentFolder(), "state"));
  expect([await store.read("lease"), await store.read("journal")]).toEqual([null, null]);
  expect(await app.findStrangers()).toEqual([]);
}

test("twenty deploys that wait all end well, one after another", async () => {
  await app.setVersion("waiting");
  const runs = await Promise.all(
    Array.from({ length: DEPLOYS }, (_, index) =>
      runTimed(["deploy", "--wait", ...(index < FORCED ? ["--force"] : [])]),
    ),
  );
  for (const { run } of runs) expect(run.exitCode, JSON.stringify(run.result)).toBe(0);
  const inOrder = runs.toSorted((a, b) => a.firstAtMs - b.firstAtMs);
  inOrder.slice(1).forEach(({ firstAtMs }, index) => {
    expect(firstAtMs, "begins after the one before has ended").toBeGreaterThanOrEqual(
      inOrder[index]?.lastAtMs ?? 0,
    );
  });
  const made = runs.filter(({ run }) => run.result?.["unchanged"] === false);
  expect(made.length).toBeGreaterThanOrEqual(FORCED);
  expect(new Set(made.map(({ run }) => run.result?.["release"])).size).toBe(made.length);
  const last = made.toSorted((a, b) => a.lastAtMs - b.lastAtMs).at(-1);
  expect((await app.mizan(["status"]))["release"]).toBe(last?.run.result?.["release"]);
  expect(await app.read("/version")).toEqual({ version: "waiting" });
  await expectConsistent();
});

test("twenty deploys that do not wait end well or with 8 and the holder's name", async () => {
  await app.setVersion("impatient");
  const runs = await Promise.all(
    Array.from({ length: DEPLOYS }, () => runTimed(["deploy"]).then(({ run }) => run)),
  );
  const refused = runs.filter(({ exitCode }) => exitCode !== 0);
  expect(refused.length).toBeLessThan(DEPLOYS);
  for (const { exitCode, result } of refused) {
    expect(exitCode, JSON.stringify(result)).toBe(8);
    expect(result?.error?.code).toBe("ENVIRONMENT_LOCKED");
    expect(result?.error?.message).toMatch(/held by `mizan deploy` of .+ \(process \d+/);
    expect(result?.error?.hint).toContain("--wait");
  }
  expect(await app.read("/version")).toEqual({ version: "impatient" });
  await expectConsistent();
});

test.each(["settings", "start", "verify", "switch", "retire"])(
  "Ctrl-C during the step %s of a deploy exits 130 and leaves what was live",
  async (step) => {
    const before = await app.mizan(["status"]);
    const version = await app.read("/version");
    await app.setVersion(`interrupted at ${step}`);
    const at = (event: MizanLine) => isStep(event, step, "started");
    const run = await killMizan(["deploy"], { cwd: app.folder, at, signal: "SIGINT" });
    const wasTooLate = run.exitCode === 0;
    if (step === "retire" && wasTooLate) return;
    expect(run.exitCode, JSON.stringify(run.result)).toBe(130);
    expect(run.result?.error?.code).toBe("INTERRUPTED");
    expect(await app.read("/version")).toEqual(version);
    expect((await app.mizan(["status"]))["release"]).toBe(before["release"]);
    await expectConsistent();
  },
);
