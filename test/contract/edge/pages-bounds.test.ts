/** Declared pages at the bounds of what they are made of: a GET's body, contexts that outlast all renderers. */

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readEdgeReport } from "../../../cli/targets/local/edge/edge-control.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { contextPath, HOST } from "./mizan-app.ts";
import { PagesApp, readContextValue, readPage } from "./pages-app.ts";
import { buildFailure, type RenderScript, renderProps } from "./scripted-renderer.ts";

const pages = new PagesApp();
const { app, render, ssr } = pages;
beforeAll(() => pages.start());
afterAll(() => pages.end());

const threw: RenderScript = ({ fail }) => fail(500, buildFailure("threw"));

test("a personal context that comes after every renderer has failed still reaches the browser, and its room is given back", async () => {
  render.script = threw;
  ssr.script = threw;
  app.origin.on(contextPath("news"), async ({ asked, sayJson }) => {
    await sleep(300);
    sayJson({ news: asked.headers["cookie"] });
  });
  const { body } = await app.ask("/items/1/late", { headers: { cookie: "sessionid=own" } });
  expect(body).toContain('[["news",{"news":"sessionid=own"}]]');
  await waitFor("nothing under way", async () => {
    return Object.keys((await readEdgeReport(app.fixture.controlSocket)).inFlight).length === 0;
  });
});

test.each([
  ["with its length", { "content-length": 5 }],
  ["in chunks", { "transfer-encoding": "chunked" }],
])(
  "a GET with a body, %s, is the same page, and no context is asked with it",
  async (_, framing) => {
    render.script = renderProps;
    app.origin.on(contextPath("news"), ({ asked, sayJson }) => {
      sayJson({ news: [asked.method, asked.body.length, asked.headers["content-type"]] });
    });
    for (const cookie of ["sessionid=x", "theme=dark"]) {
      await app.invalidate("*");
      const headers = { cookie, "content-type": "text/plain", ...framing };
      const answer = await app.ask("/items/1", { headers, body: "hello" });
      expect(answer.status).toBe(200);
      expect(readContextValue(readPage(answer), "news")).toEqual(["GET", 0, null]);
    }
  },
);

test("contexts that vary by Origin, as with django-cors-headers: the page is kept, and whoever has one gets his own", async () => {
  render.script = renderProps;
  for (const name of ["item", "news"]) {
    app.origin.on(contextPath(name), ({ asked, sayJson }) => {
      sayJson({ [name]: asked.headers["origin"] ?? "none" }, { headers: { vary: "origin" } });
    });
  }
  await app.invalidate("*");
  expect(await app.mark("/items/1")).toBe("MISS");
  expect(await app.mark("/items/1")).toBe("HIT");
  for (const origin of [`http://${HOST}`, "http://evil.test", "null"]) {
    const answer = await app.ask("/items/1", { headers: { origin } });
    expect(answer.headers["x-mizan-edge"]).toBe("BYPASS; reason=origin-header");
    expect(readContextValue(readPage(answer), "news")).toBe(origin);
  }
  const answer = await app.ask("/items/1");
  expect(answer.headers["x-mizan-edge"]).toBe("HIT");
  expect(readContextValue(readPage(answer), "news")).toBe("none");
});
