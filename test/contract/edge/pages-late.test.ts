/** Declared pages whose contexts may come late: first bytes before them, all of them in the end (design D8). */

import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readEdgeReport } from "../../../cli/targets/local/edge/edge-control.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { breakAfter, runScripts, SHELL, threw } from "./broken-pages.ts";
import { open } from "./edge-fixture.ts";
import { contextPath, HOST } from "./mizan-app.ts";
import { PagesApp } from "./pages-app.ts";
import { buildFailure, type RenderScript, renderProps } from "./scripted-renderer.ts";

const pages = new PagesApp();
const { app, render, ssr } = pages;
beforeAll(() => pages.start());
afterAll(() => pages.end());

describe("a context that comes late", () => {
  beforeEach(() => {
    render.script = renderProps;
    ssr.script = renderProps;
    app.origin.on(contextPath("item"), ({ sayJson }) => sayJson({ item: 1 }));
  });

  /** Answers `news` once it is let go. */
  function holdNews(answer: (say: Parameters<Parameters<typeof app.origin.on>[1]>[0]) => void) {
    let letGo: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    app.origin.on(contextPath("news"), async (exchange) => {
      await held;
      answer(exchange);
    });
    return letGo;
  }

  const streamed: RenderScript = async ({ head, response, late, begin, end }) => {
    begin();
    response.write(`<p>${JSON.stringify(head.props.contexts)}</p>`);
    for await (const line of late) response.write(`<i>${JSON.stringify(line)}</i>`);
    end();
  };

  /** @returns all that has come, once it holds the text */
  function collect(answer: IncomingMessage): (text: string) => Promise<string> {
    let seen = "";
    answer.on("data", (chunk) => {
      seen += String(chunk);
    });
    return async (text) => {
      await waitFor(text, async () => seen.includes(text));
      return seen;
    };
  }

  test("does not hold the first bytes up, streams in, and the whole is kept", async () => {
    await app.invalidate("*");
    render.script = streamed;
    const letGo = holdNews(({ sayJson }) => sayJson({ news: 5 }));
    const answer = await open(app.port, "/items/late/late", { headers: { host: HOST } });
    expect(answer.headers["x-mizan-edge"]).toBe("MISS");
    const readUntil = collect(answer);
    expect(await readUntil("</p>")).toContain('{"item":{"item":1}}');
    letGo();
    expect(await readUntil("</html>")).toContain('<i>{"context":"news","value":{"news":5}}</i>');
    await waitFor(
      "the page to be kept",
      async () => (await app.mark("/items/late/late")) === "HIT",
    );
    expect((await app.ask("/items/late/late")).body).toContain('"value":{"news":5}');
    expect(render.heads.at(-1)).toMatchObject({
      late: ["news"],
      props: { contexts: { item: { item: 1 } } },
    });
  });

  test("that is in memory comes with the question, and the page is whole at once", async () => {
    render.script = streamed;
    app.origin.on(contextPath("news"), ({ sayJson }) => sayJson({ news: 6 }));
    await app.ask(contextPath("news"));
    const { headers, body } = await app.ask("/items/warm/late");
    expect(headers["x-mizan-edge"]).toBe("MISS");
    expect(headers["content-length"]).toBe(String(Buffer.byteLength(body)));
    expect(await app.mark("/items/warm/late")).toBe("HIT");
  });

  test("that fails says so, and the page is not kept", async () => {
    await app.invalidate("*");
    render.script = streamed;
    const letGo = holdNews(({ say }) => say({ status: 500 }));
    letGo();
    for (let times = 0; times < 2; times += 1) {
      const { body, headers } = await app.ask("/items/failed/late");
      expect(headers["x-mizan-edge"]).toMatch(/^MISS/);
      expect(body).toContain('<i>{"context":"news","error":{"status":500,"code":""}}</i>');
    }
  });

  test("is told to the SSR server as well, when Render has failed meanwhile", async () => {
    await app.invalidate("*");
    app.origin.on(contextPath("news"), ({ sayJson }) => sayJson({ news: 7 }));
    render.script = async ({ all, fail }) => {
      await all;
      fail(500, buildFailure("threw"));
    };
    ssr.script = streamed;
    expect((await app.ask("/items/replayed/late")).body).toContain('"value":{"news":7}');
  });

  test("the browser has it as a promise where nothing renders, settled either way", async () => {
    render.script = threw;
    ssr.script = threw;
    await app.invalidate("*");
    app.origin.on(contextPath("news"), ({ sayJson }) => sayJson({ news: "</script>" }));
    const { __MIZAN_SSR_DATA__: data } = runScripts((await app.ask("/items/1/late")).body);
    expect(data.contexts["item"]).toEqual({ item: 1 });
    expect(data.contexts["news"]).toMatchObject({
      status: "fulfilled",
      value: { news: "</script>" },
    });
    await expect(data.contexts["news"]).resolves.toEqual({ news: "</script>" });
    await app.invalidate("*");
    app.origin.on(contextPath("news"), ({ say }) => say({ status: 503 }));
    const failed = runScripts((await app.ask("/items/1/late")).body);
    await expect(failed.__MIZAN_SSR_DATA__.contexts["news"]).rejects.toMatchObject({
      context: "news",
      status: 503,
    });
  });

  test("one that broke off is left to the browser with everything that came", async () => {
    await app.invalidate("*");
    app.origin.on(contextPath("news"), ({ sayJson }) => sayJson({ news: 8 }));
    render.script = breakAfter("<p>half");
    const { body } = await app.ask("/items/broken/late");
    expect(body).toContain(SHELL);
    const rest = body.slice(body.indexOf("half"));
    expect(runScripts(rest).__MIZAN_SSR_DATA__.contexts["news"]).toMatchObject({
      value: { news: 8 },
    });
  });

  test("Render is left when the browser goes, and nothing stays under way", async () => {
    await app.invalidate("*");
    render.script = ({ begin, response }) => {
      begin();
      const beat = setInterval(() => response.write("<p>on and on</p>".repeat(500)), 20);
      response.on("close", () => clearInterval(beat));
    };
    const left = render.left;
    const headers = { host: HOST, cookie: "sessionid=x" };
    const asked = app.leave("/items/left", { headers });
    await once(asked, "response");
    asked.destroy();
    await waitFor("Render to be left", async () => render.left > left);
    await waitFor("nothing under way", async () => {
      return Object.keys((await readEdgeReport(app.fixture.controlSocket)).inFlight).length === 0;
    });
  });
});
