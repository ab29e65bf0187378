/** `kill -9` of the CLI at each journalled step: the app stays up, the next command repairs and says so (D4). */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createFolderStore } from "../../../cli/state/folder-store.ts";
import { parseLease } from "../../../cli/state/lease-document.ts";
import { isOwnerDead } from "../../../cli/state/lease-owner.ts";
import { createRandom } from "../../helpers/history/seeded-random.ts";
import { assertNoneLost, type Load, startLoad } from "../../helpers/load.ts";
import { findProcessesOf } from "../../helpers/processes.ts";
import type { MizanLine, MizanRun } from "../../helpers/run-mizan.ts";
import { runMizan } from "../../helpers/run-mizan.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { isStep, killMizan, namesOfSteps } from "./kill-cli.ts";
import { createSurvivalApp, listNames, type SurvivalApp } from "./survival-app.ts";

const SEED = 20261124;
/** Kills at moments between the events, per command. */
const RANDOM_KILLS = 4;

let app: SurvivalApp;
let load: Load;
let version = 0;

beforeAll(async () => {
  app = await createSurvivalApp("ledger", { environments: ["spare"] });
  // Holds on to the virtual environment and tools while `local` is destroyed again and again.
  await app.mizan(["deploy", "--env", "spare"]);
});

afterAll(() => app.remove());

function nextVersion(): Promise<void> {
  version += 1;
  return app.setVersion(`v${version}`);
}

/** The next command ends well and says which way it went, where there was something to repair. */
function expectRepair(killed: MizanRun, repair: MizanRun): void {
  expect(repair.exitCode, JSON.stringify(repair.result)).toBe(0);
  if (killed.result !== null || !wasHolding(killed)) return;
  const said = repair.events.filter(({ type }) => type === "warning");
  const words = said.map((event) => String(event["message"])).join("\n");
  expect(words).toMatch(/The last \w+ was cut off at .+: it is (finished now|undone) \(/);
}

/** Killed so early that it had taken nothing, or so late that nothing was left to do: not worth a word. */
function wasHolding(killed: MizanRun): boolean {
  const last = killed.events.at(-1);
  const isOver = last !== undefined && isStep(last, "retire", "ended");
  return namesOfSteps(killed.events).length > 0 && !isOver;
}

/** Nothing of the dead command is left: processes, release folders, half-made records, lease, journal. */
async function expectTidy(environment = "local"): Promise<void> {
  const strangers = async () => {
    const found = await app.findStrangers(environment);
    if (found.length > 0) throw new Error(JSON.stringify(found));
    return true;
  };
  await waitFor("the dead command's processes to end", strangers, { timeoutSeconds: 5 });
  const folder = app.environmentFolder(environment);
  const store = createFolderStore(join(folder, "state"));
  expect(await store.read("journal")).toBeNull();
  // Killed between lease and journal there is nothing to repair: the lease of the dead holds nobody up.
  const lease = await store.read("lease");
  expect(lease === null || isOwnerDead(parseLease(lease.value).owner)).toBe(true);
  const { releases } = (await app.mizan(["releases", "--env", environment])) as unknown as {
    releases: readonly { id: string; status: string; current: boolean }[];
  };
  const kept = releases.filter(({ status }) => status === "live" || status === "superseded");
  expect(kept.length + releases.filter(({ status }) => status === "undone").length).toBe(
    releases.length,
  );
  expect(releases.filter(({ status }) => status === "live")).toHaveLength(kept.length > 0 ? 1 : 0);
  const folders = join(folder, "releases");
  expect(existsSync(folders) ? listNames(folders) : []).toEqual(kept.map(({ id }) => id).sort());
}

async function expectLive(run: MizanRun): Promise<void> {
  const status = await app.mizan(["status"]);
  const { processes } = status as unknown as {
    processes: readonly { name: string; release: string | null; state: string }[];
  };
  const isOfLive = processes.some(
    (each) =>
      each.name === "origin" && each.release === status["release"] && each.state === "ready",
  );
  expect(isOfLive).toBe(true);
  if (run.result?.["release"] !== undefined) expect(status["release"]).toBe(run.result["release"]);
}

describe("while the app is live", () => {
  let steps: readonly string[] = [];

  beforeAll(async () => {
    await app.mizan(["deploy"]);
    await nextVersion();
    const deploy = await runMizan(["deploy"], { cwd: app.folder });
    steps = namesOfSteps(deploy.events);
    expect(steps.length).toBeGreaterThan(8);
    const next = () => ({ path: "/entries/latest" });
    load = startLoad({ origin: app.origin, ratePerSecond: 20, next });
  });

  test("a deploy killed at any step is undone or finished by the next status or deploy", async () => {
    // The end of an early step is the start of the next one.
    const late = steps.slice(-4).map((step) => [step, "ended"] as const);
    const moments = [...steps.map((step) => [step, "started"] as const), ...late];
    for (const [index, [step, when]] of moments.entries()) {
      const before = await app.read<{ version: string }>("/version");
      await nextVersion();
      const at = (event: MizanLine) => isStep(event, step, when);
      const killed = await killMizan(["deploy"], { cwd: app.folder, at });
      expect(killed.signal, `killed at ${step} ${when}`).toBe("SIGKILL");
      const word = index % 2 === 0 ? "status" : "deploy";
      const repair = await runMizan([word], { cwd: app.folder });
      expectRepair(killed, repair);
      const { version: after } = await app.read<{ version: string }>("/version");
      const allowed = word === "deploy" ? [`v${version}`] : [before.version, `v${version}`];
      expect(allowed, `${step} ${when}`).toContain(after);
      await expectLive(repair);
      await expectTidy();
    }
  });

  test("a deploy or rollback killed at any moment is repaired", async () => {
    const random = createRandom(SEED).next;
    for (const word of ["deploy", "rollback"]) {
      for (let count = 0; count < RANDOM_KILLS; count += 1) {
        await nextVersion();
        const afterMs = 150 + random() * (word === "deploy" ? 2500 : 700);
        const killed = await killMizan([word], { cwd: app.folder, afterMs });
        const repair = await runMizan(["status"], { cwd: app.folder });
        expect(repair.exitCode, `${word} killed after ${afterMs} ms`).toBe(0);
        expectRepair(killed, repair);
        await expectLive(repair);
        await expectTidy();
      }
    }
  });

  test("a rollback killed at any step is undone or finished", async () => {
    for (const step of ["start", "switch", "retire"]) {
      for (const when of ["started", "ended"] as const) {
        await nextVersion();
        await app.mizan(["deploy"]);
        const at = (event: MizanLine) => isStep(event, step, when);
        const killed = await killMizan(["rollback"], { cwd: app.folder, at });
        const repair = await runMizan(["status"], { cwd: app.folder });
        expectRepair(killed, repair);
        await expectLive(repair);
        await expectTidy();
      }
    }
  });

  test("none of the requests meanwhile was lost", async () => {
    const answers = await load.stop();
    process.stdout.write(`Killed CLI: ${answers.length} requests meanwhile\n`);
    assertNoneLost(answers);
  });
});

describe("without a live release", () => {
  test("a first deploy killed at any step is taken back or finished by the next status or deploy", async () => {
    const { events } = await runMizan(["deploy", "--force"], { cwd: app.folder });
    for (const [index, step] of namesOfSteps(events).entries()) {
      await app.mizan(["destroy", "--yes"]);
      const at = (event: MizanLine) => isStep(event, step, "started");
      const killed = await killMizan(["deploy"], { cwd: app.folder, at });
      expect(killed.signal, `killed at ${step}`).toBe("SIGKILL");
      const word = index % 2 === 0 ? "status" : "deploy";
      const repair = await runMizan([word], { cwd: app.folder });
      expectRepair(killed, repair);
      await expectTidy();
      if (repair.result?.["release"] !== null) await expectLive(repair);
      else expect(findProcessesOf(app.environmentFolder())).toEqual([]);
    }
  });

  test("a down killed at any moment is finished or had not begun, and up brings all back", async () => {
    const random = createRandom(SEED).next;
    await app.mizan(["deploy"]);
    for (let count = 0; count < RANDOM_KILLS; count += 1) {
      const afterMs = 150 + random() * 500;
      await killMizan(["down"], { cwd: app.folder, afterMs });
      const status = await runMizan(["status"], { cwd: app.folder });
      expect(status.exitCode, `killed after ${afterMs} ms: ${JSON.stringify(status.result)}`).toBe(
        0,
      );
      expect(["up", "down"]).toContain(status.result?.["state"]);
      const isUp = status.result?.["state"] === "up";
      expect(findProcessesOf(app.environmentFolder()).length > 0).toBe(isUp);
      await app.mizan(["up"]);
      await app.read("/version");
    }
  });

  test("a destroy killed at any moment is finished or had not begun", async () => {
    const random = createRandom(SEED).next;
    for (let count = 0; count < RANDOM_KILLS; count += 1) {
      await app.mizan(["deploy"]);
      const afterMs = 150 + random() * 800;
      await killMizan(["destroy", "--yes"], { cwd: app.folder, afterMs });
      const status = await runMizan(["status"], { cwd: app.folder });
      expect(status.exitCode, `killed after ${afterMs} ms: ${JSON.stringify(status.result)}`).toBe(
        0,
      );
      if (status.result?.["release"] === null) {
        expect(findProcessesOf(app.environmentFolder())).toEqual([]);
        expect(existsSync(app.environmentFolder())).toBe(false);
      } else await app.read("/version");
    }
  });
});
