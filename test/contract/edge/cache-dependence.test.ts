/** Answers that would have been others, had their request had a header or a session (edge-consistency 3.4, 3.7). */

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contextPath, MizanApp, mintToken } from "./mizan-app.ts";

const app = new MizanApp();
beforeAll(() => app.start());
afterAll(() => app.end());

const HTMX = { "hx-request": "true" };

async function show(path: string, headers: Readonly<Record<string, string>> = {}) {
  const answer = await app.ask(path, { headers });
  return [answer.headers["x-mizan-edge"], answer.body];
}

test("Vary: a stored page is not given to a request that has the header, however old what was seen is", async () => {
  app.origin.on("/p/list/", ({ asked, say }) =>
    say({
      route: "/p/:slug/",
      body: asked.headers["hx-request"] === undefined ? "page" : "fragment",
      headers: { vary: "HX-Request" },
    }),
  );
  expect(await show("/p/list/")).toEqual(["MISS", "page"]);
  expect(await show("/p/list/", HTMX)).toEqual(["BYPASS; reason=vary", "fragment"]);
  expect(await show("/p/list/")).toEqual(["HIT", "page"]);
});

test("Vary: whoever joined a fetch asks for himself if he has the header", async () => {
  app.origin.on("/p/slow/", async ({ asked, say }) => {
    const has = asked.headers["hx-request"] !== undefined;
    await sleep(200);
    say({ route: "/p/:slug/", body: has ? "fragment" : "page", headers: { vary: "HX-Request" } });
  });
  const first = show("/p/slow/");
  await sleep(50);
  expect(await show("/p/slow/", HTMX)).toEqual(["BYPASS; reason=vary", "fragment"]);
  expect(await first).toEqual(["MISS", "page"]);
});

test("a view that reads the session: what it made without one is not given to a request with one", async () => {
  const path = contextPath("item");
  app.origin.on(path, ({ asked, sayJson }) =>
    sayJson({ item: asked.headers["cookie"] ?? "none" }, { session: true }),
  );
  const token = { "x-mizan-token": mintToken({ sub: "anna" }) };
  expect(await show(path, token)).toEqual(["MISS", '{"item":"none"}']);
  const withSession = { ...token, cookie: "sessionid=basket" };
  expect(await show(path, withSession)).toEqual([
    "BYPASS; reason=needs-cookies",
    '{"item":"sessionid=basket"}',
  ]);
  expect(await show(path, { ...token, cookie: "theme=dark" })).toEqual(["HIT", '{"item":"none"}']);
});
