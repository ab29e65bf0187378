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

/** @returns what waits until it is back. */
async function kill(name: string): Promise<() => Promise<unknown>> {
  const { pid } = await app.findProcess(name);
  killProcess(pid);
  return () =>
    waitFor(`${name} to be back`, async () => {
      const found = await app.findProcess(name);
      return found.pid !== pid && found.state === "ready";
    });
}

test("a task that is ordered while the worker is dead gets done", async () => {
  const { pid: dead } = await app.findProcess("worker");
  const untilBack = await kill("worker");
  // Until its children have gone, too, Redis may still give them the task: it would be lost with them.
  await waitFor("the agent to have ended the rest of it", async () => {
    return (await app.findProcess("worker")).pid !== dead;
  });
  const pk = await order("while-dead", 0);
  await untilBack();
  await waitForChore(pk, ({ done }) => done);
  await expectTicks();
});

test("after kill -9 of Redis tasks get done again", async () => {
  const untilBack = await kill("redis");
  await untilBack();
  const pk = await order("after-redis", 0);
  await waitForChore(pk, ({ done }) => done);
  await expectTicks();
});

test("after kill -9 of beat ticks go on", async () => {
  const untilBack = await kill("beat");
  await untilBack();
  await expectTicks();
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
