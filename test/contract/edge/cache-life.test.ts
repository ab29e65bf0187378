/** What happens to the cache when processes and releases come and go, and what it says about itself. */

import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  bumpEdge,
  explainEdge,
  holdEdge,
  probeEdge,
  pushEdgeState,
  readEdgeReport,
  readEdgeStats,
} from "../../../cli/targets/local/edge/edge-control.ts";
import { INVALIDATE_PATH, PROBE_CONTEXT, type ProbeRequest } from "../../../edge/cache/contract.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { kill } from "./edge-fixture.ts";
import {
  buildMizanState,
  CALL,
  contextPath,
  HOST,
  MANIFEST,
  MizanApp,
  mintToken,
  POLICY,
  readValue,
  SECRETS,
} from "./mizan-app.ts";
import { mac, ScriptedOrigin } from "./scripted-origin.ts";

const NEWS = contextPath("news");
const ITEM = `${contextPath("item")}?item_id=1`;
let app: MizanApp;
let control: string;
beforeEach(() => {
  app = new MizanApp();
  control = app.fixture.controlSocket;
});
afterEach(() => app.end());

describe("quarantine", () => {
  test("until its end reads bypass with the reduced request, mutations work; then hits", async () => {
    await app.start({}, { quarantineUntilMs: Date.now() + 2000 });
    expect(await app.mark(NEWS, { headers: { "x-odd": "1" } })).toBe("BYPASS; reason=quarantine");
    expect(app.origin.of(NEWS).at(-1)?.headers).not.toHaveProperty("x-odd");
    app.onCall(({ sayJson }) => sayJson({ invalidate: ["news"] }, { wrote: true }));
    expect((await app.call("set_news")).status).toBe(200);
    await waitFor("the end", async () => (await app.mark(NEWS)) === "MISS", { intervalMs: 100 });
    expect(await app.mark(NEWS)).toBe("HIT");
    expect((await readEdgeReport(control)).cache?.quarantineUntilMs).toBeNull();
  });

  test("a process without an incarnation caches nothing", async () => {
    await app.start();
    await kill(app.edge.process);
    app.port = (await app.fixture.startEdge(buildMizanState(), "127.0.0.1", null)).port;
    expect(await app.mark(NEWS)).toBe("BYPASS; reason=no-rule");
    expect((await readEdgeReport(control)).cache).toBeNull();
  });

  test("SIGTERM ends the process only when a forward is settled whose browser has gone", async () => {
    await app.start();
    let isCommitted = false;
    app.onCall(async ({ sayJson }) => {
      await sleep(1000);
      isCommitted = true;
      sayJson({ invalidate: ["news"] }, { wrote: true });
    });
    const body = '{"fn":"set_news"}';
    const headers = { "content-length": body.length };
    const left = app.leave(CALL, { method: "POST", headers, body });
    await waitFor("the call", async () => app.origin.of(CALL).length === 1);
    left.destroy();
    await sleep(50);
    app.edge.process.kill("SIGTERM");
    await once(app.edge.process, "exit");
    expect(isCommitted).toBe(true);
  });
});

describe("holds", () => {
  test("what is held bypasses, all else stays warm; its release misses once", async () => {
    await app.start();
    await app.ask(NEWS);
    await app.ask(ITEM);
    await holdEdge(control, { action: "hold", id: "deploy", scope: ["news"], untilMs: null });
    expect(await app.mark(NEWS)).toBe("BYPASS; reason=held");
    expect(await app.mark(ITEM)).toBe("HIT");
    expect((await readEdgeReport(control)).cache?.holds).toEqual(["deploy"]);
    await holdEdge(control, { action: "release", id: "deploy" });
    expect(await app.mark(NEWS)).toBe("MISS");
    expect(await app.mark(NEWS)).toBe("HIT");
    expect(await app.mark(ITEM)).toBe("HIT");
  });

  test("one with an end releases itself with a bump; one that the process was born with holds", async () => {
    const hold = { id: "born", scope: "*", untilMs: Date.now() + 1500 } as const;
    await app.start({}, { holds: [hold] });
    expect(await app.mark(NEWS)).toBe("BYPASS; reason=held");
    await waitFor("the end", async () => (await app.mark(NEWS)) === "MISS", { intervalMs: 100 });
    expect(await app.mark(NEWS)).toBe("HIT");
  });

  test("a hold that is none is refused", async () => {
    await app.start();
    const wrong = { action: "hold", id: "", scope: "*", untilMs: null } as const;
    await expect(holdEdge(control, wrong)).rejects.toThrow("hold.id");
  });
});

describe("releases", () => {
  test("a new release keeps what both describe alike warm, and bumps what differs", async () => {
    await app.start();
    await listenBeside(1);
    await app.ask(NEWS);
    await app.ask(ITEM);
    const { news } = MANIFEST.contexts;
    const contexts = { ...MANIFEST.contexts, news: { ...news, rev: 1 } };
    const next = buildMizanState(
      { manifest: { ...MANIFEST, contexts } },
      { release: "r2", slot: 1 },
    );
    await pushEdgeState(control, next);
    expect(await app.mark(ITEM)).toBe("HIT");
    const answer = await app.ask(NEWS);
    expect(answer.headers["x-mizan-edge"]).toBe("MISS");
    expect(answer.body).toContain("slot 1");
  });

  test("pages of another build are others", async () => {
    await app.start();
    app.origin.on("/p/one/", ({ say }) => say({ route: "/p/:slug/", body: "1" }));
    await app.ask("/p/one/");
    await pushEdgeState(control, buildMizanState());
    expect(await app.mark("/p/one/")).toBe("HIT");
    await pushEdgeState(control, buildMizanState({ buildId: "build-2" }));
    expect(await app.mark("/p/one/")).toBe("MISS");
  });

  test("a manifest with errors or a ring without a signing key is refused, and changes nothing", async () => {
    await app.start();
    await app.ask(NEWS);
    const wrong = buildMizanState({ manifest: { version: 2, contexts: {}, mutations: {} } });
    await expect(pushEdgeState(control, wrong)).rejects.toThrow("live.mizan.manifest: version");
    const keyless = { ...buildMizanState(), secrets: { ...SECRETS, edge: [] } };
    await expect(pushEdgeState(control, keyless)).rejects.toThrow("secrets.edge: no key signs");
    expect(await app.mark(NEWS)).toBe("HIT");
  });

  test("after a release without a manifest nothing of before is warm", async () => {
    await app.start();
    await app.ask(NEWS);
    const { mizan: _, ...live } = buildMizanState().live;
    await pushEdgeState(control, { version: 1, live, kept: [] });
    expect(await app.mark(NEWS)).toBe("BYPASS; reason=no-rule");
    await pushEdgeState(control, buildMizanState());
    expect(await app.mark(NEWS)).toBe("MISS");
  });

  test("a token of a key that left the ring is refused at once", async () => {
    await app.start();
    const headers = { "x-mizan-token": mintToken({ sub: "anna" }) };
    await app.ask(NEWS, { headers });
    expect(await app.mark(NEWS, { headers })).toBe("HIT");
    const mwt = [{ kid: "m2", state: "sign", secret: "mwt-secret-2" }] as const;
    await pushEdgeState(control, { ...buildMizanState(), secrets: { ...SECRETS, mwt } });
    expect(await app.mark(NEWS, { headers })).toBe("BYPASS; reason=token-invalid");
  });

  test("switched off: reads pass, and what is written meanwhile is not forgotten", async () => {
    await app.start();
    await app.ask(NEWS);
    await pushEdgeState(control, buildMizanState({ isCacheOff: true }));
    expect(await app.mark(NEWS)).toBe("BYPASS; reason=cache-off");
    app.onCall(({ sayJson }) => sayJson({ invalidate: ["news"] }, { wrote: true }));
    await app.call("set_news");
    await pushEdgeState(control, buildMizanState());
    expect(await app.mark(NEWS)).toBe("MISS");
  });
});

test("an origin that lags: for that long after a bump nothing of its tags is stored", async () => {
  await app.start({ originLagMs: 1000 });
  await sleep(1100); // the bump of the start
  await app.ask(NEWS);
  await app.invalidate(["news"]);
  expect(await app.mark(NEWS)).toBe("MISS; stored=0; reason=lag");
  await waitFor("the end of the lag", async () => (await app.mark(NEWS)) === "MISS");
  expect(await app.mark(NEWS)).toBe("HIT");
});

test("each language that Django would choose has an entry, whatever the header's spelling", async () => {
  const languages = ["en", "de"].map((code) => ({ code, hasCatalogue: true }));
  await app.start({ locale: { languages, fallback: "en", cookieName: "django_language" } });
  app.origin.on(NEWS, ({ asked, sayJson }) => sayJson({ news: asked.headers["accept-language"] }));
  const ask = (headers: Record<string, string>) => app.ask(NEWS, { headers });
  expect((await ask({ "accept-language": "de-AT,de;q=0.9" })).body).toBe('{"news":"de"}');
  expect((await ask({ "accept-language": "de" })).headers["x-mizan-edge"]).toBe("HIT");
  expect((await ask({ cookie: "django_language=de" })).headers["x-mizan-edge"]).toBe("HIT");
  expect((await ask({ "accept-language": "fr" })).body).toBe('{"news":"en"}');
  expect((await ask({})).headers["x-mizan-edge"]).toBe("HIT");
});

test("the cache is bounded in bytes, and a flood of things asked once evicts nothing hot", async () => {
  await app.start({}, { cacheBytes: 200_000 });
  const item = contextPath("item");
  app.origin.on(item, ({ sayJson }) => sayJson({ item: "x".repeat(5000) }));
  const hot = `${item}?item_id=hot`;
  await app.ask(hot);
  expect(await app.mark(hot)).toBe("HIT");
  for (let count = 0; count < 200; count += 1) await app.ask(`${item}?item_id=${count}`);
  expect(await app.mark(hot)).toBe("HIT");
  const { memoryBytes, entries } = await readEdgeStats(control);
  expect(memoryBytes).toBeLessThanOrEqual(200_000);
  expect(entries).toBeGreaterThan(10);
  expect(entries).toBeLessThan(40);
});

describe("probe", () => {
  const probe: ProbeRequest = {
    release: "r2",
    slot: 1,
    mizan: POLICY,
    secrets: SECRETS,
    method: "GET",
    path: PROBE_CONTEXT.path,
    headers: {},
    body: "",
  };

  test("MISS, HIT, and after a signed message MISS again, held or in quarantine, before it is live", async () => {
    await app.start({}, { quarantineUntilMs: Date.now() + 60_000 });
    await holdEdge(control, { action: "hold", id: "h", scope: "*", untilMs: null });
    await listenBeside(1);
    const ask = async (fields: Partial<ProbeRequest> = {}) => {
      const answer = await probeEdge(control, { ...probe, ...fields });
      return { ...answer, mark: answer.headers["x-mizan-edge"] };
    };
    const first = await ask();
    expect(first).toMatchObject({ status: 200, mark: "MISS", isWireVerified: true });
    const second = await ask();
    expect(second).toMatchObject({ mark: "HIT", body: first.body });
    expect((await ask({ release: "r3" })).mark).toBe("MISS");
    const message = { id: randomUUID(), sentAtMs: Date.now(), targets: [PROBE_CONTEXT.name] };
    const body = JSON.stringify(message);
    const [key] = SECRETS.edge;
    if (key === undefined) throw new Error("no key");
    const headers = { "x-mizan-signature": `k=${key.kid};s=${mac(key, body)}` };
    const sent = { method: "POST", path: INVALIDATE_PATH, headers, body } as const;
    expect((await ask(sent)).status).toBe(200);
    expect(await ask()).toMatchObject({ mark: "MISS" });
    expect((await ask({ ...sent, headers: { "x-mizan-signature": "k=e1;s=x" } })).status).toBe(401);
  });

  test("a token is judged by the release's own ring; a runtime with another Edge ring shows", async () => {
    await app.start();
    await listenBeside(1);
    const ask = (fields: Partial<ProbeRequest>) => probeEdge(control, { ...probe, ...fields });
    const headers = { "x-mizan-token": mintToken({ sub: "probe" }) };
    expect((await ask({ headers })).headers["x-mizan-edge"]).toBe("MISS");
    const mwt = [{ kid: "m9", state: "sign", secret: "another" }] as const;
    const refused = await ask({ headers, secrets: { ...SECRETS, mwt } });
    expect(refused.headers["x-mizan-edge"]).toBe("BYPASS; reason=token-invalid");
    const edge = [{ kid: "e9", state: "sign", secret: "another" }] as const;
    const other = await ask({ release: "r4", secrets: { ...SECRETS, edge } });
    expect(other.isWireVerified).toBe(false);
  });

  test("nothing but the runtime's own context can be asked", async () => {
    await app.start();
    await expect(probeEdge(control, { ...probe, path: NEWS })).rejects.toThrow("probe.path");
  });
});

describe("explain, bump and report", () => {
  test("says the rule, the key's parts, numbers and outcome, and changes nothing", async () => {
    await app.start();
    const explain = (path: string, headers: Record<string, string> = {}) =>
      explainEdge(control, { url: `http://${HOST}${path}`, headers });
    const before = await explain(ITEM);
    expect(before).toMatchObject({
      rule: "context item",
      context: "item",
      identity: "anonymous",
      parameters: { item_id: "1" },
      outcome: "MISS",
      reason: null,
    });
    expect(app.origin.asked).toHaveLength(0);
    await app.ask(ITEM);
    expect(await explain(ITEM)).toMatchObject({ outcome: "HIT", numbers: before.numbers });
    await bumpEdge(control, { targets: [{ context: "item", params: { item_id: 1 } }] });
    const bumped = await explain(ITEM);
    expect(bumped.outcome).toBe("MISS");
    expect(bumped.numbers["item"]).toBeGreaterThan(before.numbers["item"] ?? 0);
    const signed = await explain(ITEM, { "x-mizan-token": mintToken({ sub: "anna" }) });
    expect(signed).toMatchObject({ identity: "token", key: { user: "anna" }, outcome: "MISS" });
    expect(await explain(NEWS, { "x-mizan-token": "x.y.z" })).toMatchObject({
      identity: null,
      tokenProblem: "malformed",
      outcome: "BYPASS",
      reason: "token-invalid",
    });
    expect(await explain(NEWS, { cookie: "sessionid=1" })).toMatchObject({
      identity: null,
      reason: "credentials",
    });
    expect(await explain(`${NEWS}?utm=1`)).toMatchObject({
      rule: "context news",
      identity: "anonymous",
      reason: "parameter",
    });
    expect(await explain(CALL)).toMatchObject({ rule: "call", reason: "no-rule" });
    expect(await explain("/about/")).toMatchObject({
      rule: null,
      identity: "anonymous",
      reason: "no-rule",
    });
    expect(JSON.stringify(signed)).not.toContain("secret");
  });

  test("a bump by hand invalidates, and names what the manifest does not have", async () => {
    await app.start();
    await app.ask(NEWS);
    expect(await bumpEdge(control, { targets: ["nothing"] })).toEqual({
      unknownNames: ["nothing"],
    });
    expect(await app.mark(NEWS)).toBe("HIT");
    expect(await bumpEdge(control, { targets: "*" })).toEqual({ unknownNames: [] });
    expect(await app.mark(NEWS)).toBe("MISS");
  });

  test("the report says how much is cached, and which keys are live", async () => {
    await app.start();
    const { cache } = await readEdgeReport(control);
    expect(cache).toMatchObject({
      contexts: 6,
      cachedContexts: 5,
      cachedPages: 1,
      isCacheOff: false,
      openIntents: 0,
      unknownIntents: 0,
      holds: [],
      kids: { edge: ["e1", "e0"], cache: ["c1"], mwt: ["m1", "m0"] },
      unreadablePatterns: [],
    });
    expect(readValue(await app.ask(NEWS))).toBe(0);
  });
});

/** The release that is not live yet. */
async function listenBeside(slot: number): Promise<void> {
  const origin = new ScriptedOrigin(SECRETS.edge);
  let count = 0;
  origin.on(PROBE_CONTEXT.path, ({ sayJson }) => {
    count += 1;
    sayJson({ [PROBE_CONTEXT.name]: { release: "r2", n: count } });
  });
  origin.on(NEWS, ({ sayJson }) => sayJson({ news: `slot ${slot}` }));
  await origin.listen(app.fixture, slot);
}
