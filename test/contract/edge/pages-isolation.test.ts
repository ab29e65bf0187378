/** Declared pages and who asks for them: nothing that was made for one is given to another (design D7, D8). */

import { once } from "node:events";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { AskOptions } from "./edge-fixture.ts";
import { contextPath, mintToken } from "./mizan-app.ts";
import { buildPagesState, PagesApp, readContextValue, readPage } from "./pages-app.ts";
import { renderProps } from "./scripted-renderer.ts";

const pages = new PagesApp();
const { app, render } = pages;
beforeAll(() => pages.start());
afterAll(() => pages.end());
beforeEach(async () => {
  await app.invalidate("*");
  // Shows all that a view can see of who asks.
  for (const name of ["item", "news", "user"]) {
    app.origin.on(contextPath(name), ({ asked, sayJson }) => {
      const { cookie, authorization, "x-mizan-token": token, accept } = asked.headers;
      sayJson({
        [name]: { cookie, authorization, token, accept, address: asked.headers["x-forwarded-for"] },
      });
    });
  }
});

const PEOPLE: readonly NonNullable<AskOptions["headers"]>[] = [
  ...Array.from({ length: 6 }, (_, index) => ({ cookie: `sessionid=s${index}` })),
  { cookie: "theme=dark; sessionid=s6" },
  { cookie: "jwt=j7" },
  { cookie: "messages=m8" },
  { authorization: "Bearer b9" },
  { "x-mizan-token": mintToken({ sub: "10" }) },
  { "x-mizan-token": "not a token" },
];

test("12 people and an anonymous one, all at once and again: each sees his own, and only the anonymous one's is kept", async () => {
  const everybody = [...PEOPLE, {}];
  for (let round = 0; round < 3; round += 1) {
    const answers = await Promise.all(everybody.map((headers) => app.ask("/items/1", { headers })));
    for (const [index, answer] of answers.entries()) {
      const own = everybody[index] ?? {};
      for (const name of ["item", "news"]) {
        const { cookie, authorization, token } = readContextValue(readPage(answer), name) as Record<
          string,
          string
        >;
        const seen = { cookie, authorization, "x-mizan-token": token };
        expect(seen).toEqual({
          cookie: undefined,
          authorization: undefined,
          "x-mizan-token": undefined,
          ...own,
        });
      }
      if (index < PEOPLE.length)
        expect(answer.headers["x-mizan-edge"]).toBe("BYPASS; reason=credentials");
    }
    expect(answers.at(-1)?.headers["x-mizan-edge"]).toBe(round === 0 ? "MISS" : "HIT");
  }
});

test("what a context asks of the browser that it was made for alone reaches that browser, and the page is not kept", async () => {
  app.origin.on(contextPath("news"), ({ asked, sayJson }) => {
    const cookies = asked.headers["cookie"] === undefined ? [] : ["seen=1; Path=/", "b=2"];
    sayJson({ news: asked.headers["cookie"] ?? null }, { headers: { "set-cookie": cookies } });
  });
  const own = await app.ask("/", { headers: { cookie: "sessionid=x" } });
  expect(own.headers["set-cookie"]).toEqual(["seen=1; Path=/", "b=2"]);
  await app.invalidate(["news"]);
  expect(await app.mark("/")).toBe("MISS");
  const other = await app.ask("/");
  expect(other.headers["x-mizan-edge"]).toBe("HIT");
  expect(other.headers).not.toHaveProperty("set-cookie");
});

test("a context that sets a cookie for an anonymous one: he gets it, nobody else does", async () => {
  let count = 0;
  app.origin.on(contextPath("news"), ({ sayJson }) => {
    count += 1;
    sayJson({ news: count }, { headers: { "set-cookie": `n=${count}` } });
  });
  const answers = await Promise.all(Array.from({ length: 8 }, () => app.ask("/")));
  for (const answer of answers) {
    const own = readContextValue(readPage(answer), "news");
    expect(answer.headers["set-cookie"]).toEqual([`n=${own}`]);
    expect(answer.headers["x-mizan-edge"]).toBe("MISS; stored=0; reason=context");
  }
  expect(new Set(answers.map((answer) => answer.body)).size).toBe(8);
});

test("the app's guards against frames and leaks are on its pages, as on its own answers", async () => {
  const guards = {
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
  };
  app.origin.on(contextPath("news"), ({ sayJson }) => {
    sayJson(
      { news: 1 },
      { headers: { ...guards, "content-security-policy": "default-src 'self'" } },
    );
  });
  for (const cookie of ["theme=dark", "theme=dark", "sessionid=x"]) {
    const { headers } = await app.ask("/", { headers: { cookie } });
    expect(headers).toMatchObject(guards);
    expect(headers).not.toHaveProperty("content-security-policy");
  }
  expect(await app.mark("/")).toBe("HIT");
});

test("other cookies and headers of a browser reach no context that is shared, and the address only as a pseudonym", async () => {
  const headers = {
    cookie: "theme=dark",
    accept: "text/html",
    referer: "http://x/",
    "x-forwarded-for": "10.0.0.1",
  };
  const page = readPage(await app.ask("/items/plain", { headers }));
  const seen = readContextValue(page, "item") as Record<string, string>;
  expect(seen).toEqual({
    accept: "application/json",
    address: expect.stringMatching(/^2001:db8:/),
  });
  expect(await app.mark("/items/plain", { headers: { cookie: "theme=light" } })).toBe("HIT");
  const asked = app.origin.of(contextPath("item")).at(-1);
  expect(Object.keys(asked?.headers ?? {}).sort()).toEqual([
    "accept",
    "accept-encoding",
    "host",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-mizan-intent",
    "x-real-ip",
  ]);
});

test("a personal page's contexts are asked with where the client really is, and as JSON", async () => {
  const headers = {
    cookie: "sessionid=x",
    accept: "text/html",
    "accept-encoding": "gzip, br",
    "if-none-match": '"x"',
    range: "bytes=0-1",
  };
  const page = readPage(await app.ask("/items/1", { headers }));
  expect(readContextValue(page, "item")).toMatchObject({
    address: "127.0.0.1",
    accept: "application/json",
  });
  const asked = app.origin.of(contextPath("item")).at(-1);
  expect(asked?.headers).toMatchObject({ cookie: "sessionid=x", "accept-encoding": "identity" });
  for (const name of ["if-none-match", "range"]) expect(asked?.headers).not.toHaveProperty(name);
  expect(asked?.intent?.mode).toBe("read");
});

test("a context that varies by a header: whoever has it gets a page of his own, and no page of it is kept", async () => {
  app.origin.on(contextPath("news"), ({ asked, sayJson }) =>
    sayJson({ news: asked.headers["x-flavor"] ?? "plain" }, { headers: { vary: "X-Flavor" } }),
  );
  const ask = async (headers = {}) => {
    const answer = await app.ask("/", { headers });
    return [answer.headers["x-mizan-edge"], readContextValue(readPage(answer), "news")];
  };
  for (let times = 0; times < 2; times += 1) {
    expect((await ask())[1]).toBe("plain");
    expect((await ask({ "x-flavor": "sour" }))[1]).toBe("sour");
  }
  expect((await ask())[0]).toBe("MISS; stored=0; reason=context");
});

test("a context that is a user's own: an anonymous page of it is never kept", async () => {
  for (let times = 0; times < 2; times += 1) {
    expect(await app.mark("/me")).toBe("BYPASS; reason=user-scoped-anonymous");
  }
  expect(app.origin.of(contextPath("user")).at(-1)?.query.get("user_id")).toBe("7");
});

test("an origin header that is not ours passes the cache both ways", async () => {
  await app.mark("/items/origin");
  const headers = { origin: "http://evil.test" };
  expect(await app.mark("/items/origin", { headers })).toBe("BYPASS; reason=origin-header");
  expect(await app.mark("/items/origin")).toBe("HIT");
});

test("by language, as Django would choose it", async () => {
  const other = new PagesApp();
  try {
    const languages = ["en", "de"].map((code) => ({ code, hasCatalogue: true }));
    await other.start({ locale: { languages, fallback: "en", cookieName: "django_language" } });
    const ask = async (headers: AskOptions["headers"]) => {
      const answer = await other.app.ask("/items/1", { headers: { ...headers } });
      return [answer.headers["x-mizan-edge"], readPage(answer).props.language];
    };
    expect(await ask({ "accept-language": "de" })).toEqual(["MISS", "de"]);
    expect(await ask({ "accept-language": "en" })).toEqual(["MISS", "en"]);
    expect(await ask({ "accept-language": "de-AT,de;q=0.9" })).toEqual(["HIT", "de"]);
    expect(await ask({ cookie: "django_language=de" })).toEqual(["HIT", "de"]);
    expect(await ask({ cookie: "sessionid=x; django_language=de" })).toEqual([
      "BYPASS; reason=credentials",
      "de",
    ]);
  } finally {
    await other.end();
  }
});

test("a personal page that its browser leaves ends at Render, too", async () => {
  let isLeft = false;
  render.script = ({ begin, response }) => {
    begin();
    const beat = setInterval(() => response.write("x".repeat(5000)), 20);
    response.on("close", () => {
      clearInterval(beat);
      isLeft = true;
    });
  };
  const asked = app.leave("/items/1", { headers: { cookie: "sessionid=x" } });
  await once(asked, "response");
  asked.destroy();
  await expect.poll(() => isLeft, { timeout: 5000 }).toBe(true);
  render.script = renderProps;
});

test("a process that caches nothing renders all the same, each page for itself", async () => {
  const other = new PagesApp();
  try {
    const { fixture } = other.app;
    await other.render.listen(fixture, fixture.renderSocket(0));
    await other.app.origin.listen(fixture);
    other.app.origin.on(contextPath("news"), ({ sayJson }) => sayJson({ news: 1 }));
    const { port } = await fixture.startEdge(buildPagesState(), "127.0.0.1", null);
    other.app.port = port;
    expect(readPage(await other.app.ask("/")).props.contexts).toEqual({ news: { news: 1 } });
    expect(await other.app.mark("/")).toBe("BYPASS; reason=no-rule");
  } finally {
    await other.end();
  }
});
