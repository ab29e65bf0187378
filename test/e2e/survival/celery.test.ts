/** The Celery worker drains with its release, beat never runs twice, and both come back after a kill (D5). */

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findProcessesOf } from "../../helpers/processes.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { createSurvivalApp, killProcess, type SurvivalApp } from "./survival-app.ts";

interface Chore {
  readonly pk: number;
  readonly name: string;
  readonly version: string;
  readonly starts: number;
  readonly done: boolean;
}

let app: SurvivalApp;
let watch: ReturnType<typeof watchBeat>;

beforeAll(async () => {
  app = await createSurvivalApp("chores");
  watch = watchBeat();
  await app.mizan(["deploy"]);
});

afterAll(() => app.remove());

/** Looks all the time how many beats there are. */
function watchBeat() {
  const seen: string[][] = [];
  let stopped = false;
  const watching = (async () => {
    while (!stopped) {
      const beats = findProcessesOf(app.folder).filter(({ command }) =>
        command.includes("mizan_runtime celery-beat"),
      );
      seen.push(beats.map(({ pid, command }) => `${pid} ${command}`));
      await sleep(20);
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await watching;
      return seen;
    },
  };
}

function readAll() {
  return app.read<{ version: string; chores: readonly Chore[]; ticks: number }>("/chores/all");
}

async function order(name: string, seconds: number): Promise<number> {
  return (await app.read<{ id: number }>(`/chores?name=${name}&seconds=${seconds}`)).id;
}

function waitForChore(pk: number, what: (chore: Chore) => boolean, timeoutSeconds = 15) {
  return waitFor(
    `chore ${pk}`,
    async () => (await readAll()).chores.find((chore) => chore.pk === pk && what(chore)) ?? null,
    { timeoutSeconds },
  );
}

/** Beat sends a tick every second: more come in. */
async function expectTicks(): Promise<void> {
  const { ticks } = await readAll();
  await waitFor("another tick", async () => (await readAll()).ticks > ticks);
}

test("a task that runs during a deploy is finished by the old worker, which then ends", async () => {
  await expectTicks();
  const old = await app.findProcess("worker");
  const pk = await order("slow", 5);
  await waitForChore(pk, ({ starts }) => starts === 1);
  await app.setVersion("2");
  await app.mizan(["deploy"]);
  const other = await order("quick", 0);
  expect(await waitForChore(other, ({ done }) => done)).toMatchObject({ version: "2" });
  expect(await waitForChore(pk, ({ done }) => done)).toMatchObject({ version: "1", starts: 1 });
  await waitFor("the old worker to end", async () =>
    (await app.readAgent()).processes.every(({ pid }) => pid !== old.pid),
  );
  await expectTicks();
});

test("after kill -9 of worker, beat and redis tasks get done and ticks go on", async () => {
  for (const name of ["worker", "beat", "redis"]) {
    const { pid } = await app.findProcess(name);
    killProcess(pid);
    await waitFor(`${name} to be back`, async () => {
      const found = await app.findProcess(name);
      return found.pid !== pid && found.state === "ready";
    });
    const pk = await order(`after-${name}`, 0);
    await waitForChore(pk, ({ done }) => done);
    await expectTicks();
  }
});

test("a task whose worker is killed is done by the next one", async () => {
  const pk = await order("interrupted", 3);
  await waitForChore(pk, ({ starts }) => starts === 1);
  killProcess((await app.findProcess("worker")).pid);
  expect(await waitForChore(pk, ({ done }) => done, 45)).toMatchObject({ starts: 2 });
});

test("after kill -9 of the agent, and of everything, worker and beat go on with the next command", async () => {
  const before = await app.findProcess("beat");
  killProcess((await app.readAgent()).pid);
  await app.mizan(["status"]);
  expect((await app.findProcess("beat")).pid).toBe(before.pid);
  app.killEverything();
  await app.mizan(["status"]);
  const pk = await order("after-all", 0);
  await waitForChore(pk, ({ done }) => done);
  await expectTicks();
});

test("a rollback moves worker and beat back", async () => {
  await app.mizan(["rollback"]);
  const pk = await order("back", 0);
  expect(await waitForChore(pk, ({ done }) => done)).toMatchObject({ version: "1" });
  await expectTicks();
});

test("at no moment were there two beats", async () => {
  const seen = await watch.stop();
  expect(seen.length).toBeGreaterThan(100);
  expect(seen.filter((beats) => beats.length > 1)).toEqual([]);
});
