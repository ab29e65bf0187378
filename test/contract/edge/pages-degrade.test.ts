/** Declared pages when Render, the SSR server or a context does not do: each answer is whole, one step lower (design D8). */

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readEdgeStats } from "../../../cli/targets/local/edge/edge-control.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { breakAfter, runScripts, SHELL, threw } from "./broken-pages.ts";
import { contextPath } from "./mizan-app.ts";
import { PagesApp, readPage } from "./pages-app.ts";
import { buildFailure, DOCUMENT, type RenderScript, renderProps } from "./scripted-renderer.ts";

const pages = new PagesApp();
const { app, render, ssr } = pages;
beforeAll(() => pages.start());
afterAll(() => pages.end());
beforeEach(() => {
  render.script = renderProps;
  ssr.script = renderProps;
  ssr.root = null;
});

async function stats(pattern: string) {
  const { pages: counted } = await readEdgeStats(app.fixture.controlSocket);
  return counted.find((page) => page.pattern === pattern);
}

/** The last line that the Edge wrote about a step below Render. */
function lastStep(): Readonly<Record<string, unknown>> {
  const line = app.edge
    .output()
    .split("\n")
    .findLast((text) => text.includes('"event":"page-step"'));
  return JSON.parse(line?.slice(line.indexOf("{")) ?? "null");
}

const breakOff: RenderScript = ({ response }) => response.destroy();
const breakBeforeRoot: RenderScript = ({ response }) => {
  response.write("<!doctype html><html><head><title>");
  setTimeout(() => response.destroy(), 20);
};

describe("Render does not do it", () => {
  test.each([
    ["throws", threw, "threw"],
    [
      "is overloaded",
      ({ fail }: Parameters<RenderScript>[0]) => fail(503, buildFailure("overloaded")),
      "overloaded",
    ],
    ["has gone", breakOff, "no-answer"],
    ["breaks off before the root", breakBeforeRoot, "no-answer"],
    [
      "ends before the root",
      ({ response }: Parameters<RenderScript>[0]) => response.end("<!doctype html>"),
      "cut-off",
    ],
    [
      "says something else",
      ({ response }: Parameters<RenderScript>[0]) => response.writeHead(418).end("tea"),
      "status",
    ],
  ])(
    "it %s: the SSR server's page is the answer, it is said, and it is not kept",
    async (name, script, reason) => {
      render.script = script;
      const path = `/items/${name.replaceAll(" ", "-")}`;
      const before = await stats("/items/:id");
      for (let times = 1; times <= 2; times += 1) {
        const answer = await app.ask(path);
        expect(answer).toMatchObject({
          status: 200,
          headers: { "x-mizan-edge": "MISS; stored=0; reason=render" },
        });
        expect(readPage(answer).props.path).toBe(path);
        expect(answer.body).not.toContain(SHELL);
      }
      expect(lastStep()).toMatchObject({
        page: "/items/:id",
        component: "/items/:id.tsx",
        step: "ssr",
        reason,
        isBegun: false,
      });
      if (reason === "threw") expect(lastStep()).toMatchObject({ location: "src/page.tsx:12:7" });
      expect((await stats("/items/:id"))?.ssr).toBe((before?.ssr ?? 0) + 2);
    },
  );

  test("the SSR server neither: the browser gets the document and all that it needs to render it", async () => {
    render.script = threw;
    ssr.script = breakOff;
    app.values.set("item", 3);
    const { status, body, headers } = await app.ask("/items/%3C!--%3Cscript%3E");
    expect(status).toBe(200);
    expect(headers["x-mizan-edge"]).toBe("MISS; stored=0; reason=render");
    expect(body.startsWith(`${DOCUMENT.start}${DOCUMENT.title}${DOCUMENT.middle}`)).toBe(true);
    expect(body.endsWith(DOCUMENT.end)).toBe(true);
    expect(body).toContain('<div id="mizan-root"></div>');
    expect(body).toContain(SHELL);
    const { __MIZAN_SSR_DATA__: data } = runScripts(body);
    expect(data).toMatchObject({
      params: { id: "<!--<script>" },
      contexts: { item: { item: { value: 3 } } },
    });
    expect(lastStep()).toMatchObject({ step: "shell", reason: "no-answer" });
    expect((await stats("/items/:id"))?.shell).toBeGreaterThan(0);
  });

  test("silent for longer than a shell may take: the SSR server is asked", async () => {
    render.script = () => undefined;
    const answer = await app.ask("/items/silent");
    expect(readPage(answer).props.params).toEqual({ id: "silent" });
    expect(lastStep()).toMatchObject({ step: "ssr", reason: "no-answer" });
    await waitFor("Render's question to be ended", async () => render.left > 0);
  }, 15_000);

  test("a boundary was left to the browser: it is shown, and not kept", async () => {
    render.script = async ({ head, response, begin, end }) => {
      begin();
      response.write(`<p>${JSON.stringify({ component: head.component })}</p>`);
      end("recovered");
    };
    for (let times = 0; times < 2; times += 1) {
      const { headers } = await app.ask("/items/recovered");
      expect(headers["x-mizan-edge"]).toBe("MISS; stored=0; reason=render");
    }
  });

  test("a page that needs Node comes from the SSR server, and is no step lower", async () => {
    const [heads, said] = [render.heads.length, app.edge.output().length];
    const answer = await app.ask("/items/1/node");
    expect(answer.headers["x-mizan-edge"]).toBe("MISS; stored=0; reason=render");
    expect(readPage(answer).component).toBe("/items/:id/node.tsx");
    expect(render.heads).toHaveLength(heads);
    expect(app.edge.output().slice(said)).not.toContain("page-step");
  });
});

describe("a page that breaks off", () => {
  test("is rendered whole by the SSR server, put in its place, and not kept", async () => {
    render.script = breakAfter("<main><p>half");
    ssr.root = ({ component, props, output }) =>
      `<b>${component} ${output} ${JSON.stringify(props["params"])}</b>`;
    const before = await stats("/items/:id");
    for (let times = 0; times < 2; times += 1) {
      const { status, headers, body } = await app.ask("/items/broken");
      expect(status).toBe(200);
      expect(headers["x-mizan-edge"]).toMatch(/^MISS/);
      expect(body).toContain('<main><p>half">');
      expect(body).toContain('<b>/items/:id.tsx inner {"id":"broken"}</b></template>');
      expect(body).not.toContain(SHELL);
      expect(body.endsWith(DOCUMENT.end)).toBe(true);
    }
    expect((await stats("/items/:id"))?.broken).toBe((before?.broken ?? 0) + 2);
    expect(lastStep()).toMatchObject({ step: "ssr", reason: "cut-off", isBegun: true });
  });

  test("says that the browser must render, where the SSR server does not do it either", async () => {
    render.script = breakAfter("<main><p>half");
    const { body } = await app.ask("/items/broken-twice");
    expect(body).toContain(SHELL);
    expect(body.endsWith(DOCUMENT.end)).toBe(true);
    expect(lastStep()).toMatchObject({ step: "shell", reason: "cut-off", isBegun: true });
  });

  test("ends without a mark, which is the same", async () => {
    render.script = ({ begin, response }) => {
      begin();
      response.end("<p>whole?</p></div>");
    };
    expect((await app.ask("/items/unmarked")).body).toContain(SHELL);
  });

  test("a mark that a component writes ends nothing", async () => {
    render.script = ({ begin, response }) => {
      begin();
      response.end(`<p>x</p></div>${DOCUMENT.end}<!--mizan:${crypto.randomUUID()}:complete-->`);
    };
    for (let times = 0; times < 2; times += 1) {
      const { headers, body } = await app.ask("/items/forged");
      expect(headers["x-mizan-edge"]).toMatch(/^MISS/);
      expect(body).toContain(SHELL);
    }
  });

  test("in its document's end: that end is all that it lacks", async () => {
    render.script = ({ begin, response }) => {
      begin();
      response.write(`<p>whole</p></div>${DOCUMENT.end.slice(0, 20)}`);
      setTimeout(() => response.destroy(), 150);
    };
    for (let times = 0; times < 2; times += 1) {
      const { body, headers } = await app.ask("/items/nearly");
      expect(body).not.toContain("shell");
      expect(body.endsWith(`<p>whole</p></div>${DOCUMENT.end}`)).toBe(true);
      expect(headers["x-mizan-edge"]).toMatch(/^MISS/); // and not kept
    }
  });

  test("nobody follows into it: who waited for it gets a page of his own", async () => {
    render.script = async (question) => {
      const isFirst =
        render.heads.filter(({ props }) => props.path === "/items/followed").length === 1;
      await sleep(200);
      return isFirst ? breakAfter("<p>half")(question) : renderProps(question);
    };
    const first = app.ask("/items/followed");
    await sleep(50);
    const second = await app.ask("/items/followed");
    expect(readPage(second).props.path).toBe("/items/followed");
    expect((await first).body).toContain(SHELL);
  });
});

describe("a context that the page needs", () => {
  test.each([
    [404, 404],
    [403, 403],
    [410, 410],
    [422, 404],
    [500, 502],
    [503, 503],
    [302, 502],
  ])("answers %i: the error component, with status %i, and not kept", async (given, status) => {
    app.origin.on(contextPath("item"), ({ say }) =>
      say({ status: given, body: JSON.stringify({ error: { code: "NO", message: "no" } }) }),
    );
    for (let times = 0; times < 2; times += 1) {
      const answer = await app.ask(`/items/${given}/error`);
      expect(answer).toMatchObject({
        status,
        headers: { "x-mizan-edge": "MISS; stored=0; reason=status" },
      });
      expect(readPage(answer)).toMatchObject({
        component: "error.tsx",
        props: { error: { context: "item", status: given, code: "NO" }, contexts: {} },
      });
    }
  });

  test("is no JSON, or nobody answers: the same", async () => {
    app.origin.on(contextPath("item"), ({ say }) => say({ body: "<html>" }));
    const answer = await app.ask("/items/html/error");
    expect(answer.status).toBe(502);
    expect(readPage(answer).props.error).toEqual({ context: "item", status: 200, code: "" });
    app.origin.on(contextPath("item"), ({ response }) => response.destroy());
    const silent = await app.ask("/items/silent/error");
    expect(silent.status).toBe(502);
    expect(readPage(silent).props.error).toEqual({ context: "item", status: 0, code: "" });
  }, 15_000);

  test("without an error component the document alone has the status, and the browser is told why", async () => {
    app.origin.on(contextPath("item"), ({ say }) => say({ status: 404 }));
    const heads = render.heads.length;
    const { status, body } = await app.ask("/items/none");
    expect(status).toBe(404);
    expect(body).toContain(SHELL);
    const { __MIZAN_SSR_DATA__: data } = runScripts(body);
    expect(data).toMatchObject({ error: { context: "item", status: 404, code: "" } });
    expect(render.heads).toHaveLength(heads);
  });
});
