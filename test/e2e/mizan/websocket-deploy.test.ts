/** `examples/monorepo`, deployed: a deploy and a rollback under 200 open WebSockets, which all come back. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { openBrowser, type TestBrowser } from "../../helpers/browser.ts";
import { createTempProject, type TempProject } from "../../helpers/temp-project.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { runWords, urlOf } from "../use/use-mizan.ts";
import { BoardDispatcher } from "./board-dispatcher.ts";
import { BoardWatcher, type Stay } from "./board-watcher.ts";

const source = join(import.meta.dirname, "../../../examples/monorepo");
const SOCKET_COUNT = 200;
const CHANGE_EVERY_MS = 50;
const dispatcherWords = { name: "ida", password: "correct-horse-7" };

const caseFile = z
  .object({
    requests: z.array(
      z.strictObject({
        path: z.string(),
        headers: z.record(z.string(), z.string()).default({}),
        status: z.int(),
        contains: z.string(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(join(source, "case.json"), "utf8")));

let project: TempProject;
let url = "";
let dispatcher: BoardDispatcher;
let browser: TestBrowser;
const watchers: BoardWatcher[] = [];

beforeAll(async () => {
  project = await createTempProject(source);
  [url, browser] = await Promise.all([project.mizan(["deploy"]).then(urlOf), openBrowser()]);
  const words = ["--noinput", "--username", dispatcherWords.name, "--email", "i@example.com"];
  const made = await runWords(["run", "createsuperuser", ...words], {
    cwd: project.folder,
    env: { DJANGO_SUPERUSER_PASSWORD: dispatcherWords.password },
  });
  expect(made).toMatchObject({ exitCode: 0 });
  const { name, password } = dispatcherWords;
  dispatcher = await BoardDispatcher.signIn(url, name, password);
});
afterAll(async () => {
  await browser?.close();
  await Promise.all(watchers.map((watcher) => watcher.end()));
  await project.remove();
});

describe("every request of its case.json is answered:", () => {
  test.each(caseFile.requests)("$status $path", async ({ path, headers, status, contains }) => {
    const answer = await fetch(new URL(path, url), { headers, redirect: "manual" });
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(contains);
  });
});

function currentStays(): readonly (Stay | undefined)[] {
  return watchers.map(({ current }) => current);
}

async function waitForStays(app: string): Promise<void> {
  const title = `${SOCKET_COUNT} sockets with ${app}`;
  await waitFor(title, () => currentStays().every((stay) => stay?.app === app), {
    timeoutSeconds: 30,
  });
}

/** What was told last reaches everybody, and with it they learn of whatever they had missed. */
async function expectAllKnowAll(): Promise<void> {
  await dispatcher.change();
  const { version } = dispatcher;
  const know = () => watchers.every((watcher) => watcher.version === version);
  await waitFor(`change ${version} everywhere`, know, { timeoutSeconds: 30 });
}

/** Every socket ended once in it, by the Edge, and each heard of its own release's changes alone. */
function expectHandover(index: number, from: string, to: string): void {
  const before = watchers.map(({ stays }) => stays[index]);
  const after = watchers.map(({ stays }) => stays[index + 1]);
  expect(before.map((stay) => stay?.end)).toEqual(
    before.map(() => ({ code: 1012, wasClean: true })),
  );
  expect(after.map((stay) => stay?.end)).toEqual(after.map(() => null));
  expect(new Set(before.flatMap((stay) => stay?.senders ?? []))).toEqual(new Set([from]));
  expect(new Set(after.flatMap((stay) => stay?.senders ?? []))).toEqual(new Set([to]));
  expect(before.filter((stay) => stay?.senders.length === 0)).toEqual([]);
  expect(watchers.filter(({ stays }) => stays.length !== index + 2)).toEqual([]);
}

test("200 sockets are closed with 1012 by a deploy, all come back, and none hears another release", async () => {
  for (let count = 0; count < SOCKET_COUNT; count++) watchers.push(new BoardWatcher(url));
  await waitForStays("1.0.0");
  await expectAllKnowAll();
  await project.edit("backend/config/version.py", (text) => text.replace("1.0.0", "2.0.0"));
  await dispatcher.changeDuring(project.mizan(["deploy"]), CHANGE_EVERY_MS);
  await waitForStays("2.0.0");
  await expectAllKnowAll();
  expectHandover(0, "1.0.0", "2.0.0");
});

test("a rollback does the same, back to the release that stayed warm", async () => {
  await dispatcher.changeDuring(project.mizan(["rollback"]), CHANGE_EVERY_MS);
  await waitForStays("1.0.0");
  await expectAllKnowAll();
  expectHandover(1, "2.0.0", "1.0.0");
  process.stdout.write(`${SOCKET_COUNT} sockets, ${dispatcher.version} changes, two handovers\n`);
});

test("a page that stays open goes on by itself through a deploy, without a complaint", async () => {
  const page = await browser.context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(url);
  await page.getByText("Live", { exact: true }).waitFor();
  await dispatcher.change();
  const told = page.getByRole("list", { name: "Lines" });
  await told.getByText(`after ${dispatcher.version - 1}`, { exact: true }).waitFor();
  await page.evaluate("window.isSamePage = true");
  await project.edit("backend/config/version.py", (text) => text.replace("2.0.0", "3.0.0"));
  await project.mizan(["deploy"]);
  await page.getByRole("button", { name: /new version/ }).waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
  await dispatcher.change();
  await told.getByText(`after ${dispatcher.version - 1}`, { exact: true }).waitFor();
  expect(await page.evaluate("window.isSamePage")).toBe(true);
  expect(complaints).toEqual([]);
});
