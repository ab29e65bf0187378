/** Mutations through a real Edge: what they change is seen by the first read after their answer (4). */

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { pushEdgeState, readEdgeReport } from "../../../cli/targets/local/edge/edge-control.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import {
  buildMizanState,
  CALL,
  contextPath,
  HOST,
  MANIFEST,
  MizanApp,
  readValue,
} from "./mizan-app.ts";
import type { Exchange } from "./scripted-origin.ts";

const app = new MizanApp();
const NEWS = contextPath("news");
const ITEM = contextPath("item");
let version = 0;

beforeAll(() => app.start());
afterAll(() => app.end());

/** Each test begins with a warm entry of `news`, and with one that is not concerned. */
beforeEach(async () => {
  await app.invalidate("*");
  await app.ask(NEWS);
  await app.ask(`${ITEM}?item_id=1`);
  expect(await app.mark(NEWS)).toBe("HIT");
});

/** Writes a new value of `news`, as the view would. */
function write(): number {
  version += 1;
  app.values.set("news", version);
  return version;
}

async function report() {
  const { cache } = await readEdgeReport(app.fixture.controlSocket);
  if (cache === null) throw new Error("no cache");
  return cache;
}

async function expectNew(value: number): Promise<void> {
  const answer = await app.ask(NEWS);
  expect(readValue(answer)).toBe(value);
  expect(answer.headers["x-mizan-edge"]).toBe("MISS");
  expect(await app.mark(`${ITEM}?item_id=1`)).toBe("HIT");
}

describe("a call", () => {
  test("is covered by an intent with a deadline, and what it names is missed afterwards", async () => {
    let value = 0;
    app.onCall(({ sayJson }) => {
      value = write();
      sayJson({ result: 1, invalidate: ["news"] }, { wrote: true, invalidate: "news" });
    });
    const before = Date.now();
    const answer = await app.call("set_news");
    expect(answer).toMatchObject({
      status: 200,
      headers: { "x-mizan-edge": "BYPASS; reason=method" },
    });
    expect(answer.headers["x-mizan-invalidate"]).toBe("news");
    expect(answer.headers).not.toHaveProperty("x-mizan-wrote");
    const { intent, headers } = app.origin.of(CALL).at(-1) ?? {};
    expect(intent?.mode).toBe("covered");
    expect(intent?.deadlineMs ?? 0).toBeGreaterThanOrEqual(before + 3000);
    expect(intent?.deadlineMs ?? 0).toBeLessThan(Date.now() + 3000);
    expect(headers?.["accept-encoding"]).toBe("identity");
    await expectNew(value);
    expect(await report()).toMatchObject({ openIntents: 0, unknownIntents: 0 });
  });

  test.each<[string, (exchange: Exchange) => void]>([
    [
      "the JSON alone",
      ({ sayJson }) => sayJson({ result: 1, invalidate: ["news"] }, { wrote: true }),
    ],
    [
      "a merge alone",
      ({ sayJson }) =>
        sayJson({ result: 1, merge: [{ context: "news", slot: "s", value: 1 }] }, { wrote: true }),
    ],
    ["the header alone", ({ say }) => say({ wrote: true, invalidate: "news", body: "{}" })],
    ["a function's name", ({ sayJson }) => sayJson({ invalidate: ["news_data"] }, { wrote: true })],
    ["nothing, but it wrote", ({ sayJson }) => sayJson({ result: 1 }, { wrote: true })],
    ["an error, and it wrote", ({ say }) => say({ status: 500, wrote: true, body: "oops" })],
    ["a refusal, and it wrote", ({ say }) => say({ status: 403, wrote: true, body: "no" })],
    ["an error, without the runtime's word", ({ say }) => say({ status: 500, wrote: null })],
    [
      "another context in an error",
      ({ say }) => say({ status: 500, wrote: true, invalidate: "user", body: "oops" }),
    ],
    ["HTML where JSON is due", ({ say }) => say({ wrote: null, body: "<html>" })],
    [
      "a forged word that nothing was written",
      ({ say }) =>
        say({
          status: 500,
          wrote: null,
          headers: { "x-mizan-wrote": `w=0;session=0;r=;i=x;k=e1;s=${"A".repeat(43)}` },
        }),
    ],
  ])("%s: news is missed", async (_, answer) => {
    let value = 0;
    app.onCall((exchange) => {
      value = write();
      answer(exchange);
    });
    await app.call("set_news");
    await expectNew(value);
  });

  test.each<[string, (exchange: Exchange) => void]>([
    ["it wrote nothing", ({ sayJson }) => sayJson({ result: 1 }, { wrote: false })],
    ["it failed and wrote nothing", ({ say }) => say({ status: 500, wrote: false })],
    ["it was refused", ({ say }) => say({ status: 403, wrote: null, body: '{"error":{}}' })],
    ["its answer names nothing", ({ sayJson }) => sayJson({ result: 1 }, { wrote: null })],
  ])("%s: news stays warm", async (_, answer) => {
    app.onCall(answer);
    await app.call("set_news");
    expect(await app.mark(NEWS)).toBe("HIT");
  });

  test("a scoped target leaves the other values warm, but not requests that omit the parameter", async () => {
    await app.ask(`${ITEM}?item_id=2`);
    await app.ask(ITEM);
    app.onCall(({ sayJson }) => {
      sayJson({ result: 1 }, { wrote: true, invalidate: "item;item_id=1" });
    });
    await app.call("set_item", { item_id: 1 });
    expect(await app.mark(`${ITEM}?item_id=2`)).toBe("HIT");
    expect(await app.mark(`${ITEM}?item_id=1`)).toBe("MISS");
    expect(await app.mark(ITEM)).toBe("MISS");
  });

  test("a header that cannot be read invalidates everything", async () => {
    app.onCall(({ sayJson }) => sayJson({}, { wrote: true, invalidate: "news;;=%" }));
    await app.call("set_item");
    expect(await app.mark(NEWS)).toBe("MISS");
    expect(await app.mark(`${ITEM}?item_id=1`)).toBe("MISS");
  });

  test("a read under way during the mutation cannot bring the old value back", async () => {
    app.onCall(({ sayJson }) => {
      write();
      sayJson({ invalidate: ["news"] }, { wrote: true });
    });
    await app.invalidate(["news"]);
    const old = app.values.get("news") ?? 0;
    const show = app.origin.handlers.get(NEWS);
    let release: () => void = () => undefined;
    app.origin.on(NEWS, ({ sayJson }) => {
      release = () => sayJson({ news: { value: old } });
    });
    const slow = app.ask(NEWS);
    await waitFor("the question", async () => release.name !== "");
    await app.call("set_news");
    if (show !== undefined) app.origin.on(NEWS, show);
    release();
    expect(readValue(await slow)).toBe(old);
    await expectNew(version);
    expect(readValue(await app.ask(NEWS))).toBe(version);
  });

  test("a function that is no mutation has no intent, and what its answer names is missed", async () => {
    app.onCall(({ sayJson }) => {
      write();
      sayJson({ result: 1, invalidate: ["news"] });
    });
    await app.call("unheard_of");
    expect(app.origin.of(CALL).at(-1)?.intent).toMatchObject({
      mode: "uncovered",
      deadlineMs: null,
    });
    await expectNew(version);
  });

  test("a body that is no JSON is covered for everything that mutations affect", async () => {
    app.onCall(({ say }) => say({ status: 500, wrote: null }));
    const body = Buffer.from('{"fn":"set_news"}', "utf16le");
    const headers = { "content-length": body.length };
    await app.ask(CALL, { method: "POST", headers, body });
    expect(app.origin.of(CALL).at(-1)?.intent?.mode).toBe("covered");
    expect(app.origin.of(CALL).at(-1)?.body).toEqual(body);
    expect(await app.mark(NEWS)).toBe("MISS");
  });
});

describe("routes", () => {
  test("a mutation's own route is covered, and its answer's header heeded, a redirect's too", async () => {
    app.origin.on("/hooks/news/", ({ say }) => {
      write();
      say({ status: 302, headers: { location: "/" }, wrote: true, invalidate: "news" });
    });
    const headers = { "content-length": 2 };
    const answer = await app.ask("/hooks/news/", { method: "POST", headers, body: "ab" });
    expect(answer.status).toBe(302);
    expect(app.origin.of("/hooks/news/").at(-1)?.intent?.mode).toBe("covered");
    await expectNew(version);
  });

  test("a GET of a mutation's route has no body: nothing could break off under its intent", async () => {
    const state = buildMizanState({
      manifest: {
        ...MANIFEST,
        mutations: {
          ...MANIFEST.mutations,
          visit: { ...MANIFEST.mutations.hook, route: "/visits/", methods: ["GET"] },
        },
      },
    });
    app.origin.on("/visits/", ({ say }) => say({ wrote: false, body: "seen" }));
    await pushEdgeState(app.fixture.controlSocket, state);
    expect((await app.ask("/visits/")).body).toBe("seen");
    expect(app.origin.of("/visits/").at(-1)?.intent?.mode).toBe("covered");
    const headers = { "content-length": 1 };
    expect((await app.ask("/visits/", { headers, body: "x" })).status).toBe(400);
    expect(app.origin.of("/visits/")).toHaveLength(1);
    await pushEdgeState(app.fixture.controlSocket, buildMizanState());
  });

  test("a form has no intent and no limit; its header is heeded all the same", async () => {
    app.origin.on("/form/", ({ say }) => {
      write();
      say({ wrote: true, invalidate: "news", body: "done" });
    });
    await app.ask("/form/", { method: "POST", headers: { "content-length": 1 }, body: "x" });
    expect(app.origin.of("/form/").at(-1)?.intent).toMatchObject({
      mode: "uncovered",
      deadlineMs: null,
    });
    await expectNew(version);
  });

  test("a form's header is heeded when its browser has gone", async () => {
    let answered = false;
    app.origin.on("/form/", ({ say }) => {
      setTimeout(() => {
        write();
        say({ wrote: true, invalidate: "news", body: "done" });
        answered = true;
      }, 300);
    });
    const left = app.leave("/form/", {
      method: "POST",
      headers: { "content-length": 1 },
      body: "x",
    });
    await waitFor("the form", async () => app.origin.of("/form/").length >= 2);
    left.destroy();
    await waitFor("the answer", async () => answered);
    await waitFor("the bump", async () => readValue(await app.ask(NEWS)) === version);
  });

  test("a GET whose answer invalidates is heeded, too", async () => {
    app.origin.on("/visit/", ({ say }) => {
      write();
      say({ invalidate: "news", body: "x" });
    });
    await app.ask("/visit/");
    await expectNew(version);
  });
});

describe("unknown outcomes", () => {
  test("an origin that dies before its answer: dirty until nothing can commit, then one bump", async () => {
    app.onCall(({ response }) => {
      response.destroy();
    });
    const answer = await app.call("set_news");
    expect(answer.status).toBe(502);
    expect(answer.body).toContain("unknown");
    expect(await app.mark(NEWS)).toBe("BYPASS; reason=dirty");
    expect(await app.mark(`${ITEM}?item_id=1`)).toBe("HIT");
    expect((await report()).unknownIntents).toBe(1);
    // The origin commits after all, late.
    await sleep(500);
    write();
    expect(readValue(await app.ask(NEWS))).toBe(version);
    // H = 2 + 3 + 2 s.
    await waitFor("the end", async () => (await app.mark(NEWS)) !== "BYPASS; reason=dirty", {
      timeoutSeconds: 10,
    });
    expect(readValue(await app.ask(NEWS))).toBe(version);
    expect(await app.mark(NEWS)).toBe("HIT");
    expect((await report()).unknownIntents).toBe(0);
  });

  test("the browser goes away: forward and settling go on", async () => {
    app.onCall(async ({ sayJson }) => {
      await sleep(1500);
      write();
      sayJson({ invalidate: ["news"] }, { wrote: true });
    });
    const count = app.origin.of(CALL).length;
    const body = '{"fn":"set_news"}';
    const headers = { "content-length": body.length };
    const left = app.leave(CALL, { method: "POST", headers, body });
    await waitFor("the call", async () => app.origin.of(CALL).length > count);
    left.destroy();
    expect((await report()).openIntents).toBe(1);
    expect(await app.mark(NEWS)).toBe("HIT"); // a forward that is alive makes nothing dirty
    await waitFor("the settling", async () => (await report()).openIntents === 0);
    await expectNew(version);
  });

  test("an answer that is cut off while it is read: dirty", async () => {
    app.onCall(({ response, sign }) => {
      response.writeHead(200, { "content-length": 100, ...sign({ wrote: null }) });
      response.write('{"result":');
      setTimeout(() => response.destroy(), 50);
    });
    expect((await app.call("set_news")).status).toBe(502);
    expect(await app.mark(NEWS)).toBe("BYPASS; reason=dirty");
    await waitFor("the end", async () => (await report()).unknownIntents === 0, {
      timeoutSeconds: 10,
    });
  });
});

describe("bounds", () => {
  test("one client's open mutations stop at his share, and are answered 503 before the forward", async () => {
    const waiting: (() => void)[] = [];
    app.onCall(({ sayJson }) => {
      waiting.push(() => sayJson({ result: 1 }, { wrote: false }));
    });
    const calls = Array.from({ length: 140 }, () => app.call("set_news"));
    await waitFor("the forwards", async () => waiting.length === 128);
    await sleep(200);
    expect(waiting).toHaveLength(128);
    for (const answer of waiting) answer();
    const statuses = (await Promise.all(calls)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 503)).toHaveLength(12);
    app.onCall(({ sayJson }) => sayJson({ result: 1 }));
    expect((await app.call("set_item")).status).toBe(200);
  });

  test("a body that never ends holds no intent open, and is answered 408", async () => {
    const headers = { host: HOST, "content-length": 100 };
    const slow = app.leave(CALL, { method: "POST", headers, body: "{" });
    const answered = new Promise<number>((resolve) => {
      slow.on("response", ({ statusCode }) => resolve(statusCode ?? 0));
    });
    await sleep(200);
    expect((await report()).openIntents).toBe(0);
    expect(await answered).toBe(408);
    slow.destroy();
  });
});
