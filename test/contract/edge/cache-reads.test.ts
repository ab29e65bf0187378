/** Reads through the cache of a real Edge (edge-consistency 3). */

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readEdgeStats } from "../../../cli/targets/local/edge/edge-control.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { contextPath, HOST, MizanApp, mintToken, readValue } from "./mizan-app.ts";

const app = new MizanApp();
beforeAll(() => app.start());
afterAll(() => app.end());

describe("a context", () => {
  test("is missed once, and then answered from memory with the same bytes", async () => {
    const path = contextPath("news");
    const first = await app.ask(path);
    const second = await app.ask(path);
    expect(first.headers["x-mizan-edge"]).toBe("MISS");
    expect(second.headers["x-mizan-edge"]).toBe("HIT");
    expect(second.body).toBe(first.body);
    expect(second.headers["content-type"]).toBe("application/json");
    expect(app.origin.of(path)).toHaveLength(1);
  });

  test("leaves with nothing that a browser could keep it by", async () => {
    const path = contextPath("item");
    app.origin.on(path, ({ sayJson }) =>
      sayJson(1, {
        headers: { etag: '"1"', expires: "0", "cache-control": "max-age=60", age: "1" },
      }),
    );
    for (const mark of ["MISS", "HIT"]) {
      const { headers } = await app.ask(`${path}?item_id=out`);
      expect(headers["x-mizan-edge"]).toBe(mark);
      expect(headers["cache-control"]).toBe("private, no-store");
      for (const name of ["etag", "expires", "age", "last-modified"]) {
        expect(headers).not.toHaveProperty(name);
      }
    }
  });

  test("says what the Edge did in standard terms, too", async () => {
    const path = `${contextPath("news")}`;
    const { headers } = await app.ask(path);
    expect(headers["cache-status"]).toMatch(/^mizan-edge; hit; ttl=\d+$/);
    expect(headers["server-timing"]).toMatch(/^edge;dur=\d+$/);
  });

  test("a HEAD is answered from a GET's entry, and never stored", async () => {
    const path = `${contextPath("page")}?slug=head`;
    expect(await app.mark(path, { method: "HEAD" })).toBe("MISS; stored=0; reason=incomplete");
    expect(await app.mark(path)).toBe("MISS");
    const head = await app.ask(path, { method: "HEAD" });
    expect(head.headers["x-mizan-edge"]).toBe("HIT");
    expect(head.body).toBe("");
    expect(Number(head.headers["content-length"])).toBe((await app.ask(path)).body.length);
  });

  test("its parameters are keyed by name and value, in any order and spelling of the query", async () => {
    const path = contextPath("page");
    app.origin.on(path, ({ asked, sayJson }) => sayJson({ page: asked.query.get("slug") }));
    expect(await app.mark(`${path}?slug=a%20b`)).toBe("MISS");
    expect(await app.mark(`${path}?slug=a+b`)).toBe("HIT");
    expect(await app.mark(`${path}?slug=a%20B`)).toBe("MISS");
    expect(await app.mark(path)).toBe("MISS");
    expect(await app.mark(`${path}?slug=`)).toBe("MISS");
  });

  test("unknown and repeated parameters pass the cache, and reach the origin as they came", async () => {
    const path = contextPath("news");
    expect(await app.mark(`${path}?utm=1`)).toBe("BYPASS; reason=parameter");
    expect(app.origin.of(path).at(-1)?.url).toBe(`${path}?utm=1`);
    const item = contextPath("item");
    expect(await app.mark(`${item}?item_id=1&item_id=2`)).toBe("BYPASS; reason=parameter");
  });

  test("an entry ends with its context's own seconds", async () => {
    const path = contextPath("brief");
    expect(await app.mark(path)).toBe("MISS");
    expect(await app.mark(path)).toBe("HIT");
    await sleep(1100);
    expect(await app.mark(path)).toBe("MISS");
  });

  test("one with cache=False, and what the manifest does not name, is passed on", async () => {
    expect(await app.mark(contextPath("never"))).toBe("BYPASS; reason=cache-off");
    app.origin.on("/plain/", ({ say }) => say({ headers: { etag: '"kept"' }, body: "x" }));
    const { headers } = await app.ask("/plain/");
    expect(headers).toMatchObject({ "x-mizan-edge": "BYPASS; reason=no-rule", etag: '"kept"' });
  });

  test("1,000 identical misses at once reach the origin once", async () => {
    const path = `${contextPath("item")}?item_id=flood`;
    let asked = 0;
    app.origin.on(contextPath("item"), ({ sayJson }) => {
      asked += 1;
      setTimeout(() => sayJson({ item: "one" }), 1000);
    });
    const answers = await Promise.all(Array.from({ length: 1000 }, () => app.ask(path)));
    expect(answers.filter(({ body }) => body !== '{"item":"one"}')).toEqual([]);
    expect(asked).toBe(1);
    const collapsed = answers.filter(({ headers }) =>
      String(headers["cache-status"]).includes("collapsed"),
    );
    expect(collapsed.length).toBeGreaterThan(900);
  });

  test("an answer that may not be shared is given to nobody else: each asks for himself", async () => {
    const path = `${contextPath("item")}?item_id=cookie`;
    let count = 0;
    app.origin.on(contextPath("item"), ({ sayJson }) => {
      count += 1;
      const mine = count;
      setTimeout(() => sayJson({ mine }, { headers: { "set-cookie": `n=${mine}` } }), 100);
    });
    const answers = await Promise.all(Array.from({ length: 10 }, () => app.ask(path)));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(10);
    const marks = new Set(answers.map(({ headers }) => headers["x-mizan-edge"]));
    expect([...marks]).toEqual(["MISS; stored=0; reason=set-cookie"]);
  });

  test("the fetch goes on for its followers when the browser that began it has gone", async () => {
    const path = `${contextPath("item")}?item_id=gone`;
    let asked = 0;
    app.origin.on(contextPath("item"), ({ sayJson }) => {
      asked += 1;
      setTimeout(() => sayJson({ item: "late" }), 600);
    });
    const leader = app.leave(path);
    await waitFor("the question", async () => asked === 1);
    const follower = app.ask(path);
    await sleep(100);
    leader.destroy();
    expect((await follower).body).toBe('{"item":"late"}');
    expect(asked).toBe(1);
  });
});

describe("what is not stored", () => {
  const path = contextPath("item");
  test.each([
    ["status", { status: 404 }],
    ["set-cookie", { headers: { "set-cookie": "a=1" } }],
    ["invalidate", { invalidate: "never" }],
    ["vary", { headers: { vary: "*" } }],
    ["nonce", { headers: { "content-security-policy": "script-src 'nonce-abc'" } }],
    ["size", { body: "x".repeat(1024 * 1024 + 1) }],
  ] as const)("%s", async (reason, saying) => {
    app.origin.on(path, ({ say }) => say({ body: "{}", ...saying }));
    for (let time = 0; time < 2; time += 1) {
      const answer = await app.ask(`${path}?item_id=${reason}`);
      expect(answer.headers["x-mizan-edge"]).toBe(`MISS; stored=0; reason=${reason}`);
      expect(answer.body.length).toBe("body" in saying ? saying.body.length : 2);
    }
  });

  test("an answer that breaks off breaks off for the browser, and is not kept", async () => {
    app.origin.on(path, ({ response, sign }) => {
      response.writeHead(200, { "content-length": 100, ...sign({}) });
      response.write("half");
      setTimeout(() => response.destroy(), 50);
    });
    await expect(app.ask(`${path}?item_id=cut`)).rejects.toThrow();
    app.origin.on(path, ({ sayJson }) => sayJson("whole"));
    expect(await app.mark(`${path}?item_id=cut`)).toBe("MISS");
  });

  test("an event stream flows at once, and holds nobody up", async () => {
    app.origin.on(path, ({ response, sign }) => {
      response.writeHead(200, { "content-type": "text/event-stream", ...sign({ wrote: null }) });
      response.write("data: 1\n\n");
      setTimeout(() => response.end("data: 2\n\n"), 500);
    });
    const started = performance.now();
    const answers = await Promise.all([1, 2, 3].map(() => app.ask(`${path}?item_id=events`)));
    expect(performance.now() - started).toBeLessThan(1500);
    for (const { headers, body } of answers) {
      expect(headers["x-mizan-edge"]).toBe("MISS; stored=0; reason=incomplete");
      expect(body).toBe("data: 1\n\ndata: 2\n\n");
    }
  });
});

describe("the reduced request", () => {
  test("has nothing that the key does not cover", async () => {
    const path = contextPath("page");
    app.origin.on(path, ({ sayJson }) => sayJson({}));
    await app.ask(`${path}?slug=reduced`, {
      headers: {
        cookie: "theme=dark",
        "accept-language": "de",
        "user-agent": "odd",
        accept: "text/odd",
        referer: "http://elsewhere.test/",
        "x-forwarded-for": "6.6.6.6",
        "x-custom": "1",
        "x-mizan-edge": "HIT",
        range: "bytes=0-1",
        "if-none-match": '"1"',
      },
    });
    const { headers, url, intent } = app.origin.of(path).at(-1) ?? {};
    expect(url).toBe(`${path}?slug=reduced`);
    expect(intent).toMatchObject({ mode: "read", deadlineMs: null });
    const {
      "x-mizan-intent": _,
      "x-forwarded-for": pseudonym,
      "x-real-ip": same,
      ...rest
    } = headers ?? {};
    expect(rest).toEqual({
      host: HOST,
      accept: "application/json",
      "accept-encoding": "identity",
      "x-forwarded-host": HOST,
      "x-forwarded-proto": "http",
    });
    expect(pseudonym).toMatch(/^2001:db8:/);
    expect(same).toBe(pseudonym);
  });

  test("a view that reads the session gets it, and from then on at once", async () => {
    const path = contextPath("page");
    app.origin.on(path, ({ asked, sayJson }) =>
      sayJson({ basket: asked.headers["cookie"] ?? null }, { session: true }),
    );
    const token = mintToken({ sub: "basket" });
    const ask = (cookie: string) =>
      app.ask(`${path}?slug=basket`, { headers: { cookie, "x-mizan-token": token } });
    const before = app.origin.of(path).length;
    const first = await ask("sessionid=1");
    expect(first.headers["x-mizan-edge"]).toBe("BYPASS; reason=needs-cookies");
    expect(first.body).toContain("sessionid=1");
    expect(app.origin.of(path).length - before).toBe(2);
    expect((await ask("sessionid=2")).body).toContain("sessionid=2");
    expect(app.origin.of(path).length - before).toBe(3);
    // Without the cookie there is nothing that it could need.
    expect(await app.mark(`${path}?slug=basket`, { headers: { "x-mizan-token": token } })).toBe(
      "MISS",
    );
  });

  test("a view that varies by a header which the request had gets it", async () => {
    const path = contextPath("page");
    app.origin.on(path, ({ asked, sayJson }) =>
      sayJson({ for: asked.headers["x-tenant"] ?? null }, { headers: { vary: "X-Tenant" } }),
    );
    const ask = (tenant: string) =>
      app.ask(`${path}?slug=tenant`, { headers: { "x-tenant": tenant } });
    const first = await ask("one");
    expect(first.headers["x-mizan-edge"]).toBe("BYPASS; reason=vary");
    expect(first.body).toBe('{"for":"one"}');
    expect((await ask("two")).body).toBe('{"for":"two"}');
    const without = await app.ask(`${path}?slug=tenant`);
    expect(without.headers["x-mizan-edge"]).toBe("MISS");
    expect(without.body).toBe('{"for":null}');
    app.origin.on(path, ({ sayJson }) => sayJson({}));
  });

  test("… even if what was made for a request without it is kept already", async () => {
    const path = contextPath("page");
    app.origin.on(path, ({ asked, sayJson }) =>
      sayJson({ for: asked.headers["x-tenant"] ?? null }, { headers: { vary: "X-Tenant" } }),
    );
    const url = `${path}?slug=kept-without`;
    await app.ask(url);
    expect(await app.mark(url)).toBe("HIT");
    const own = await app.ask(url, { headers: { "x-tenant": "one" } });
    expect(own.headers["x-mizan-edge"]).toBe("BYPASS; reason=vary");
    expect(own.body).toBe('{"for":"one"}');
    expect(await app.mark(url)).toBe("HIT");
    app.origin.on(path, ({ sayJson }) => sayJson({}));
  });

  test("who follows a fetch that the origin lets wait asks for himself after 5 s", async () => {
    const path = contextPath("page");
    let isFirst = true;
    app.origin.on(path, ({ sayJson }) => {
      if (!isFirst) sayJson({ page: 1 });
      isFirst = false; // the first gets no answer at all
    });
    const url = `${path}?slug=tarpit`;
    const first = app.leave(url);
    await waitFor("the first", () => !isFirst);
    const startedAtMs = performance.now();
    const answer = await app.ask(url);
    expect(answer.status).toBe(200);
    expect(performance.now() - startedAtMs).toBeGreaterThan(4500);
    expect(await app.mark(url)).toBe("HIT");
    first.destroy();
    app.origin.on(path, ({ sayJson }) => sayJson({}));
  });

  test.each([302, 401, 403, 429])("an answer of status %d is asked again whole", async (status) => {
    const path = contextPath("brief");
    app.origin.on(path, ({ asked, say }) =>
      say({
        status: asked.headers["x-real-ip"]?.startsWith("2001:db8:") ? status : 200,
        body: "x",
      }),
    );
    const answer = await app.ask(path);
    expect(answer.status).toBe(200);
    expect(answer.headers["x-mizan-edge"]).toBe("BYPASS; reason=status");
  });
});

describe("a page", () => {
  const html = (route: string) => ({
    route,
    headers: { "content-type": "text/html" },
    body: "<p>",
  });

  test("is kept if the app resolved the path to the manifest's pattern", async () => {
    app.origin.on("/p/one/", ({ say }) => say(html("/p/:slug/")));
    expect(await app.mark("/p/one/")).toBe("MISS");
    const { headers, body } = await app.ask("/p/one/");
    expect(headers["x-mizan-edge"]).toBe("HIT");
    expect(body).toBe("<p>");
    expect(headers["cache-control"]).toBe("private, no-store");
  });

  test("is not kept if another view answered, if it is private, or if nobody says which", async () => {
    app.origin.on("/p/login/", ({ say }) => say(html("/p/login/")));
    expect(await app.mark("/p/login/")).toBe("MISS; stored=0; reason=no-rule");
    app.origin.on("/p/unsaid/", ({ say }) => say({ ...html("/p/:slug/"), wrote: null }));
    expect(await app.mark("/p/unsaid/")).toBe("MISS; stored=0; reason=no-rule");
    const own = { "content-type": "text/html", "cache-control": "private" };
    app.origin.on("/p/private/", ({ say }) => say({ ...html("/p/:slug/"), headers: own }));
    expect(await app.mark("/p/private/")).toBe("MISS; stored=0; reason=private");
  });
});

test("stats tell hits and misses apart, by context and reason", async () => {
  const stats = await readEdgeStats(app.fixture.controlSocket);
  expect(stats.hits).toBeGreaterThan(3);
  expect(stats.misses).toBeGreaterThan(1000);
  expect(stats.bypasses["parameter"]).toBe(2);
  expect(stats.contexts.map(({ name }) => name)).toEqual(["brief", "item", "news", "page"]);
  expect(stats.notStored["set-cookie"]).toBeGreaterThanOrEqual(12);
  expect(stats.entries).toBeGreaterThan(3);
  expect(stats.memoryBytes).toBeGreaterThan(stats.entries * 600);
  expect(readValue(await app.ask(contextPath("news")))).toBe(0);
});
