/** Declared pages through the cache of a real Edge, before a scripted Render and SSR server (design D8). */

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  explainEdge,
  holdEdge,
  pushEdgeState,
  readEdgeStats,
} from "../../../cli/targets/local/edge/edge-control.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { contextPath, HOST, readValue } from "./mizan-app.ts";
import { buildPagesState, PagesApp, readContextValue, readPage } from "./pages-app.ts";
import { renderProps } from "./scripted-renderer.ts";

const pages = new PagesApp();
const { app, render, ssr } = pages;
beforeAll(() => pages.start());
afterAll(() => pages.end());
beforeEach(() => {
  render.script = renderProps;
  ssr.script = renderProps;
});

async function marks(...paths: readonly string[]): Promise<readonly string[]> {
  const seen: string[] = [];
  for (const path of paths) seen.push(await app.mark(path));
  return seen;
}

describe("an anonymous page", () => {
  test("is rendered of its contexts once, and then answered from memory with the same bytes", async () => {
    const first = await app.ask("/items/1");
    expect(first.status).toBe(200);
    expect(first.headers["x-mizan-edge"]).toBe("MISS");
    const second = await app.ask("/items/1");
    expect(second.headers["x-mizan-edge"]).toBe("HIT");
    expect(second.body).toBe(first.body);
    expect(second.headers["cache-status"]).toMatch(/^mizan-edge; hit; ttl=\d+$/);
    const contexts = {
      item: { item: { value: 0, user: null, query: { item_id: "1" } } },
      news: { news: { value: 0, user: null, query: {} } },
    };
    expect(readPage(first)).toEqual({
      component: "/items/:id.tsx",
      props: { path: "/items/1", params: { id: "1" }, language: null, contexts },
      late: [],
    });
    expect(render.heads).toHaveLength(1);
    expect(app.origin.of(contextPath("item"))).toHaveLength(1);
  });

  test("leaves as HTML that no browser keeps, from Render and from memory", async () => {
    for (const mark of ["MISS", "HIT"]) {
      const { headers } = await app.ask("/items/headers");
      expect(headers).toMatchObject({
        "x-mizan-edge": mark,
        "content-type": "text/html; charset=utf-8",
        "cache-control": "private, no-store",
        "x-content-type-options": "nosniff",
      });
      expect(headers["server-timing"]).toMatch(/^edge;dur=\d+$/);
    }
  });

  test("asks the origin only for contexts that miss", async () => {
    const before = app.origin.asked.length;
    await app.ask(`${contextPath("item")}?item_id=warm`);
    expect(await app.mark("/items/warm")).toBe("MISS");
    expect(app.origin.asked.slice(before).map(({ path }) => path)).toEqual([contextPath("item")]);
    expect(await app.mark(`${contextPath("item")}?item_id=warm`)).toBe("HIT");
  });

  test("a bump of any of its contexts makes it anew, of what its other contexts have in memory", async () => {
    app.values.set("news", 1);
    expect(await marks("/items/bump", "/items/bump")).toEqual(["MISS", "HIT"]);
    app.values.set("news", 2);
    await app.invalidate(["news"]);
    const items = app.origin.of(contextPath("item")).length;
    const made = await app.ask("/items/bump");
    expect(made.headers["x-mizan-edge"]).toBe("MISS");
    expect(readContextValue(readPage(made), "news")).toMatchObject({ value: 2 });
    expect(app.origin.of(contextPath("item"))).toHaveLength(items);
    await app.invalidate([{ context: "item", params: { item_id: "other" } }]);
    expect(await app.mark("/items/bump")).toBe("HIT");
    await app.invalidate([{ context: "item", params: { item_id: "bump" } }]);
    expect(await app.mark("/items/bump")).toBe("MISS");
  });

  test("a bump while it renders leaves what is stored unreachable", async () => {
    render.script = async (question) => {
      if (question.head.props.params["id"] === "raced") await app.invalidate(["news"]);
      await renderProps(question);
    };
    const before = render.heads.length;
    expect(await app.mark("/items/raced")).toBe("MISS");
    render.script = renderProps;
    expect(await app.mark("/items/raced")).toBe("MISS");
    expect(await app.mark("/items/raced")).toBe("HIT");
    expect(render.heads).toHaveLength(before + 2);
  });

  test("a bump after the first context was asked and before the last one came leaves it unreachable", async () => {
    app.origin.on(contextPath("item"), async ({ asked, sayJson }) => {
      const value = app.values.get("item") ?? 0;
      if (asked.query.get("item_id") === "early") await sleep(150);
      sayJson({ item: { value } });
    });
    const first = app.ask("/items/early");
    await sleep(50);
    app.values.set("item", 7);
    await app.invalidate(["item"]);
    expect(readContextValue(readPage(await first), "item")).toEqual({ value: 0 });
    expect(readContextValue(readPage(await app.ask("/items/early")), "item")).toEqual({ value: 7 });
  });

  test("lives until the first of its contexts is over, and no longer", async () => {
    await app.ask(`${contextPath("page")}?slug=old`);
    await sleep(600);
    expect(await app.mark("/read/x/?q=old")).toBe("MISS"); // `brief` lives for a second
    expect(await app.mark("/read/x/?q=old")).toBe("HIT");
    await sleep(500);
    // The other context is more than a second old by now, `brief` is not.
    expect(await app.mark("/read/x/?q=old")).toBe("HIT");
    await sleep(600);
    expect(await app.mark("/read/x/?q=old")).toBe("MISS");
  });

  test("1,000 at once are rendered once, and the same for all", async () => {
    render.script = async (question) => {
      await sleep(500);
      await renderProps(question);
    };
    const before = render.heads.length;
    const answers = await Promise.all(Array.from({ length: 1000 }, () => app.ask("/items/flood")));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(
      render.heads.slice(before).filter(({ props }) => props.path === "/items/flood"),
    ).toHaveLength(1);
  });

  test("goes on for its followers when the browser that began it has gone", async () => {
    render.script = async (question) => {
      await sleep(300);
      await renderProps(question);
    };
    const before = render.heads.length;
    const leader = app.leave("/items/gone");
    await waitFor("the question", async () => render.heads.length > before);
    const follower = app.ask("/items/gone");
    await sleep(50);
    leader.destroy();
    expect(readPage(await follower).props.params).toEqual({ id: "gone" });
    expect(render.heads).toHaveLength(before + 1);
  });

  test("a HEAD says what a GET would, without its body", async () => {
    const miss = await app.ask("/items/head", { method: "HEAD" });
    expect(miss).toMatchObject({ status: 200, body: "", headers: { "x-mizan-edge": "MISS" } });
    const hit = await app.ask("/items/head", { method: "HEAD" });
    expect(hit).toMatchObject({ status: 200, body: "", headers: { "x-mizan-edge": "HIT" } });
    const { body } = await app.ask("/items/head");
    expect(Number(hit.headers["content-length"])).toBe(Buffer.byteLength(body));
  });

  test("one without contexts is kept, too", async () => {
    expect(await marks("/bare", "/bare")).toEqual(["MISS", "HIT"]);
  });

  test("one with a context that is never cached is made anew each time, and its others are not", async () => {
    await app.ask(contextPath("news"));
    const before = app.origin.asked.length;
    expect(await marks("/never", "/never")).toEqual(Array(2).fill("BYPASS; reason=cache-off"));
    expect(app.origin.asked.slice(before).map(({ path }) => path)).toEqual(
      Array(2).fill(contextPath("never")),
    );
  });

  test("one larger than an entry may be leaves whole, and is not kept", async () => {
    const filler = "x".repeat(1_200_000);
    render.script = ({ begin, response, end }) => {
      begin();
      response.write(filler);
      end();
    };
    for (let times = 0; times < 2; times += 1) {
      const { body, headers } = await app.ask("/items/large");
      expect(headers["x-mizan-edge"]).toMatch(/^MISS/);
      expect(body).toContain(`${filler}</div>`);
    }
  });
});

describe("its address", () => {
  test("undeclared query parameters change neither page nor key", async () => {
    expect(await app.mark("/items/utm?utm_source=a")).toBe("MISS");
    const other = await app.ask("/items/utm?fbclid=b&utm_source=c&utm_source=d");
    expect(other.headers["x-mizan-edge"]).toBe("HIT");
    expect(readPage(other).props).toMatchObject({ path: "/items/utm", params: { id: "utm" } });
  });

  test("of a declared query parameter the last counts, and without one it is left out", async () => {
    const several = readPage(await app.ask("/read/x/?q=a&q=b+c"));
    expect(several.props.params).toEqual({ slug: "x", q: "b c" });
    expect(readContextValue(several, "page")).toMatchObject({ query: { slug: "b c" } });
    const none = readPage(await app.ask("/read/x/"));
    expect(none.props.params).toEqual({ slug: "x" });
    expect(readContextValue(none, "page")).toMatchObject({ query: {} });
    expect(await app.mark("/read/x/?q=b%20c")).toBe("HIT");
  });

  test("parameters are decoded once, an encoded slash or half a character belongs to no page", async () => {
    const { props } = readPage(await app.ask("/items/caf%C3%A9%2525"));
    expect(props).toMatchObject({ path: "/items/caf%C3%A9%2525", params: { id: "café%25" } });
    for (const path of ["/items/a%2Fb", "/items/%ff", "/items/1/", "/items/", "/read/x"]) {
      expect(await app.mark(path)).toBe("BYPASS; reason=no-rule");
    }
  });

  test("a page wins over the manifest's page routes and over Django, not over a context or another method", async () => {
    app.origin.on("/items/1", ({ say }) => say({ body: "django" }));
    expect((await app.ask("/items/1", { method: "POST" })).body).toBe("django");
    // `/:a/:b/:c/:d/` fits this, too.
    expect((await app.ask(contextPath("news"))).headers["content-type"]).toBe("application/json");
    expect(readPage(await app.ask("/1/2/3/4/")).component).toBe("/:a/:b/:c/:d/.tsx");
  });
});

describe("the Edge says", () => {
  test("what it would do with a page, and of what", async () => {
    const ask = (headers = {}) => {
      return explainEdge(app.fixture.controlSocket, {
        url: `http://${HOST}/items/said?x=1`,
        headers,
      });
    };
    expect(await ask()).toMatchObject({
      rule: "declared page /items/:id",
      context: "item, news",
      identity: "anonymous",
      parameters: { id: "said" },
      numbers: { item: expect.any(Number), news: expect.any(Number) },
      key: {
        kind: "declared page",
        path: "/items/said",
        component: "/items/:id.tsx",
        build: "build-1",
      },
      outcome: "MISS",
      reason: null,
    });
    await app.ask("/items/said");
    expect(await ask()).toMatchObject({ outcome: "HIT", remainingTtlMs: expect.any(Number) });
    expect(await ask({ cookie: "sessionid=x" })).toMatchObject({
      rule: "declared page /items/:id",
      identity: null,
      outcome: "BYPASS",
      reason: "credentials",
    });
  });

  test("how often each page was answered, and by whom", async () => {
    const count = async () => {
      const { pages: counted } = await readEdgeStats(app.fixture.controlSocket);
      return counted.find(({ pattern }) => pattern === "/items/:id/node");
    };
    expect(await count()).toBeUndefined();
    await marks("/items/1/node", "/items/1/node");
    expect(await count()).toEqual({
      pattern: "/items/:id/node",
      hits: 0,
      render: 0,
      ssr: 2,
      shell: 0,
      broken: 0,
    });
  });
});

test("contexts that are held, of another host, or of an Edge whose cache is off, are rendered and not kept", async () => {
  await holdEdge(app.fixture.controlSocket, {
    action: "hold",
    id: "h",
    scope: ["news"],
    untilMs: null,
  });
  expect(await marks("/items/1", "/items/1")).toEqual(Array(2).fill("BYPASS; reason=held"));
  expect(await app.mark("/bare")).toMatch(/HIT|MISS/);
  await holdEdge(app.fixture.controlSocket, { action: "release", id: "h" });
  expect(await marks("/items/1", "/items/1")).toEqual(["MISS", "HIT"]);
  const strange = await app.ask("/items/1", { headers: { host: "strange.test" } });
  expect(strange.headers["x-mizan-edge"]).toBe("BYPASS; reason=host");
  expect(readPage(strange).props.path).toBe("/items/1");
  await pushEdgeState(app.fixture.controlSocket, buildPagesState({ isCacheOff: true }));
  expect(await app.mark("/items/1")).toBe("BYPASS; reason=cache-off");
  await pushEdgeState(app.fixture.controlSocket, buildPagesState());
});

test("a release with another build does not answer with the pages of the one before", async () => {
  await marks("/bare", "/items/1");
  expect(await marks("/bare", "/items/1")).toEqual(["HIT", "HIT"]);
  await pushEdgeState(
    app.fixture.controlSocket,
    buildPagesState({ buildId: "build-2" }, { release: "r2" }),
  );
  expect(await marks("/bare", "/items/1")).toEqual(["MISS", "MISS"]);
  expect(readValue(await app.ask(contextPath("news")))).toBe(2);
  expect(await app.mark(contextPath("news"))).toBe("HIT");
  await pushEdgeState(app.fixture.controlSocket, buildPagesState());
});
