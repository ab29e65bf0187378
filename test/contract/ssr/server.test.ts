/** The SSR server renders, streams, survives its components, and ends as it is told. */

import { readdir, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { buildEndMark, RENDER_LIMIT } from "../../../edge/render/contract.ts";
import { SSR_ENV } from "../../../runtime/ssr/contract.ts";
import { findFreePort } from "../../helpers/free-port.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { NONCE, SsrFixture, type SsrFixtureOptions } from "./ssr-fixture.ts";

let fixture: SsrFixture | null = null;
afterEach(() => fixture?.remove());

async function start(options: SsrFixtureOptions = {}): Promise<SsrFixture> {
  fixture = await SsrFixture.create(options);
  await fixture.start();
  return fixture;
}

/** 30 renders of several kinds, each of which has to be answered whole. */
async function renderInnocents(ssr: SsrFixture, round: string): Promise<void> {
  const answers = await Promise.all(
    Array.from({ length: 30 }, async (_, index) => {
      const name = `${round} ${index}`;
      if (index % 3 === 0) return [`Hello <!-- -->${name}`, await ssr.render("Hello", { name })];
      if (index % 3 === 1) return [`of ${name}"`, await ssr.render("Big", { name })];
      return [`slept ${name}`, await ssr.render("Slow", { id: name, ms: 10 * index })];
    }),
  );
  for (const [text, answer] of answers) {
    expect(answer).toMatchObject({ status: 200, isWhole: true });
    expect(answer).toHaveProperty("text", expect.stringContaining(String(text)));
    expect(answer).toHaveProperty("text", expect.stringMatching(/<\/script>$/));
  }
}

const countDeaths = async (ssr: SsrFixture) =>
  (await ssr.log()).match(/^renderer \d+ .* ended: /gm)?.length ?? 0;

const GUILTY = {
  status: 500,
  isWhole: true,
  text: expect.stringContaining("the renderer ended while it rendered this"),
};

test("it answers live, ready, fragments, and says what it does not have", async () => {
  const ssr = await start();
  expect(JSON.parse((await ssr.get("/live")).text)).toEqual({ bundle: "bundle-of-test" });
  expect(JSON.parse((await ssr.get("/ready")).text)).toMatchObject({ broken: {} });
  expect(await ssr.render("Hello", { name: "<Ada>" })).toEqual({
    status: 200,
    isWhole: true,
    text:
      '<div id="mizan-root"><p>Hello <!-- -->&lt;Ada&gt;</p></div>' +
      '<script>window.__MIZAN_SSR_DATA__={"name":"\\u003cAda\\u003e"}</script>',
  });
  expect(await ssr.render("Nowhere")).toMatchObject({ status: 404 });
  expect(await ssr.render("Throws")).toMatchObject({
    status: 500,
    text: expect.stringContaining("out of order"),
  });
  expect(await ssr.post("/render", "{")).toMatchObject({ status: 400 });
  expect(await ssr.get("/other")).toMatchObject({ status: 400 });
});

test("it listens on a port as well", async () => {
  const ssr = await start({ port: await findFreePort() });
  expect(await ssr.render("Hello", { name: "Ada" })).toMatchObject({ status: 200 });
});

test("a page's shell comes before what is late, and its end mark last", async () => {
  const ssr = await start();
  let hasShell = false;
  const { asked, done } = ssr.page("Late", (text) => {
    if (hasShell || !text.includes("waiting")) return;
    hasShell = true;
    asked.end(`${JSON.stringify({ context: "news", value: "it rains" })}\n`);
  });
  const { text, isWhole } = await done;
  expect(isWhole).toBe(true);
  expect(text.indexOf("waiting")).toBeLessThan(text.indexOf("it rains"));
  expect(text.endsWith(buildEndMark(NONCE, "complete"))).toBe(true);
});

test("whole renders beside a killed renderer are done by another", async () => {
  const ssr = await start();
  const [victim] = ssr.renderers();
  const slow = Promise.all(
    Array.from({ length: 30 }, (_, index) => ssr.render("Slow", { id: `k${index}`, ms: 700 })),
  );
  await sleep(200);
  process.kill(victim ?? 0, "SIGKILL");
  for (const answer of await slow) expect(answer).toMatchObject({ status: 200, isWhole: true });
  expect(await ssr.log()).toContain(`(process ${victim}) ended: signal SIGKILL`);
  await waitFor("its successor", () => ssr.renderers().length === 2);
});

test("a late page of which nothing was sent is given to another renderer with all of its lines", async () => {
  const ssr = await start({ env: { [SSR_ENV.renderers]: "1" } });
  const [only] = ssr.renderers();
  const { asked, done } = ssr.page("SlowLate");
  await sleep(300);
  process.kill(only ?? 0, "SIGKILL");
  await waitFor("its successor", () => ssr.renderers().some((pid) => pid !== only));
  asked.end(`${JSON.stringify({ context: "news", value: "it rains" })}\n`);
  const { text, isWhole } = await done;
  expect(isWhole).toBe(true);
  expect(text).toContain("it rains");
  expect(text.endsWith(buildEndMark(NONCE, "complete"))).toBe(true);
});

test("a page that was begun is broken off with its renderer, not ended as if it were whole", async () => {
  const ssr = await start();
  const { done } = ssr.page("Late", (text) => {
    const pid = /Shell of <!-- -->(\d+)/.exec(text)?.[1];
    if (pid !== undefined) process.kill(Number(pid), "SIGKILL");
  });
  const { text, isWhole } = await done;
  expect(isWhole).toBe(false);
  expect(text).not.toContain(buildEndMark(NONCE, "complete"));
});

for (const [component, why] of [
  ["Hangs", /ended: was silent for /],
  ["Allocates", /ended: (held more than 300 MiB|was silent)/],
  ["Exits", /ended: exit code 3/],
] as const) {
  test(`${component}: 30 renders beside it are whole, and it is found out`, async () => {
    const ssr = await start({ env: { [SSR_ENV.memoryBytes]: String(300 * 2 ** 20) } });
    const [guilty] = await Promise.all([ssr.render(component), renderInnocents(ssr, "first")]);
    expect(guilty).toMatchObject(GUILTY);
    expect(guilty.text).toContain(`"component":"${component}"`);
    expect(await ssr.log()).toMatch(why);

    // Now that it is known it renders apart: one renderer ends, and nobody else was with it.
    const deaths = await countDeaths(ssr);
    const [again] = await Promise.all([ssr.render(component), renderInnocents(ssr, "again")]);
    expect(again).toMatchObject(GUILTY);
    await waitFor("its death", async () => (await countDeaths(ssr)) > deaths);
    expect(await countDeaths(ssr)).toBe(deaths + 1);
  });
}

test("what components print goes to the log, line by line, and what they leave behind ends nothing", async () => {
  const ssr = await start();
  const [flooding, straying] = await Promise.all([
    ssr.render("Floods", { lines: 5000 }),
    ssr.render("Strays"),
    renderInnocents(ssr, "beside"),
  ]);
  expect(flooding).toMatchObject({ status: 200, text: expect.stringContaining("dry") });
  expect(straying).toMatchObject({ status: 200, text: expect.stringContaining("went well") });
  const log = await waitFor("both strays", async () => {
    const text = await ssr.log();
    return text.includes("stray timer") && text.includes("stray promise") ? text : null;
  });
  expect(log.match(/^\{"flood":\d+\}$/gm)).toHaveLength(5000);
  expect(await countDeaths(ssr)).toBe(0);
});

test("more than can wait are told so at once, and those that wait are rendered", async () => {
  const ssr = await start();
  const extra = 60;
  const answers = await Promise.all(
    Array.from({ length: RENDER_LIMIT.atOnce + RENDER_LIMIT.waiting + extra }, (_, index) =>
      ssr.render("Slow", { id: `w${index}`, ms: 500 }),
    ),
  );
  const refused = answers.filter(({ status }) => status === 503);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThanOrEqual(extra);
  for (const { text } of refused) expect(text).toContain('"kind":"overloaded"');
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(
    answers.length - refused.length,
  );
});

test("renderers that hold too much from the start are started again less and less often", async () => {
  const ssr = await start({ env: { [SSR_ENV.memoryBytes]: String(2 ** 20) } });
  await waitFor("a few starts", async () => (await countDeaths(ssr)) >= 4);
  expect(await ssr.log()).toContain("held more than 1 MiB");
  expect(await countDeaths(ssr)).toBeLessThan(12);
});

test("whoever goes away leaves no render behind that a renderer dies of", async () => {
  const ssr = await start();
  const asked = ssr.open("POST", "/render");
  asked.on("error", () => undefined);
  asked.end(JSON.stringify({ component: "Slow", props: { id: "gone", ms: 500 } }));
  await sleep(100);
  asked.destroy();
  await renderInnocents(ssr, "after");
  expect(await countDeaths(ssr)).toBe(0);
});

test("SIGTERM: what is under way is finished, nobody is let in, nothing is left", async () => {
  const ssr = await start();
  const under = ssr.render("Slow", { id: "drain", ms: 800 });
  await sleep(200);
  ssr.server.kill("SIGTERM");
  await waitFor("a closed door", () =>
    ssr.get("/live").then(
      () => false,
      () => true,
    ),
  );
  expect(await under).toMatchObject({ status: 200, isWhole: true });
  expect(await ssr.ended()).toBe(0);
  expect(ssr.renderers()).toEqual([]);
  expect((await readdir(ssr.folder)).sort()).toEqual(["entry.mjs", "log"]);
});

test("SIGKILL of the server ends its renderers, and the next one starts over what is left", async () => {
  const ssr = await start();
  await waitFor("both renderers", () => ssr.renderers().length === 2);
  ssr.server.kill("SIGKILL");
  await waitFor("their end", () => ssr.renderers().length === 0);
  await writeFile(`${ssr.socketPath}.7`, "");
  await ssr.start();
  expect(await ssr.render("Hello", { name: "Ada" })).toMatchObject({ status: 200 });
  expect(await readdir(ssr.folder)).not.toContain("ssr.sock.7");
});

test("components that do not even load: not ready, live, and started again less and less often", async () => {
  fixture = await SsrFixture.create({ entry: "throw new Error('cannot be loaded');" });
  const ssr = fixture;
  await ssr.launch();
  await waitFor("a few starts", async () => (await countDeaths(ssr)) >= 4);
  expect(await ssr.get("/ready")).toMatchObject({
    status: 503,
    text: expect.stringContaining('"kind":"overloaded"'),
  });
  expect(JSON.parse((await ssr.get("/live")).text)).toEqual({ bundle: "" });
  expect(await ssr.log()).toContain("cannot be loaded");
  expect(await countDeaths(ssr)).toBeLessThan(12);
});
