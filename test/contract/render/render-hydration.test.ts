/** What Render sends is taken over by React in a real browser, without a warning. */

import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  DATA_GLOBAL,
  type LateContext,
  type PageHead,
  RENDER_PATH,
  ROOT_ID,
} from "../../../edge/render/contract.ts";
import { openBrowser, type TestBrowser } from "../../helpers/browser.ts";
import { buildHead } from "./page-head.ts";
import { type RunningRenderer, startWorkerd } from "./render-fixture.ts";

const fixtures = join(import.meta.dirname, "../../fixtures/render");

/** `defer` waits for the document's end, `async` hydrates while it still comes. */
const SHELL = {
  start: '<!doctype html><html lang="en"><head><meta charset="utf-8">',
  title: "<title>Shop</title>",
  middle: `<link rel="icon" href="data:,"><script src="/client.js" type="module" async></script></head><body>`,
  end: "</body></html>",
};

/** React in development: it says when the browser's tree is not the server's. */
async function bundleClient(): Promise<string> {
  const contents = `
import { createElement } from "react";
import { hydrateRoot } from "react-dom/client";
import Late from "./late.tsx";
import Tree from "./tree.tsx";
const components = { "late.tsx": Late, "tree.tsx": Tree };
const component = components[location.pathname.slice(1)];
const note = (error) => console.error("recovered: " + error.message);
hydrateRoot(
  document.getElementById("${ROOT_ID}"),
  createElement(component, window.${DATA_GLOBAL}),
  { onRecoverableError: note, onCaughtError: () => {} },
);
document.documentElement.dataset.client = "on";`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fixtures, sourcefile: "client.js" },
    bundle: true,
    format: "esm",
    define: { "process.env.NODE_ENV": '"development"' },
    jsx: "automatic",
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

describe("hydration", () => {
  let renderer: RunningRenderer;
  let browser: TestBrowser;
  let client: string;
  let head: PageHead;
  let asked: ReturnType<RunningRenderer["open"]>;
  const server = createServer((request, response) => void answer(request, response));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === "/client.js") {
      response.writeHead(200, { "content-type": "text/javascript" }).end(client);
      return;
    }
    asked = renderer.open(RENDER_PATH.page);
    asked.write(`${JSON.stringify(head)}\n`);
    if (head.late.length === 0) asked.end();
    const [rendered]: IncomingMessage[] = await once(asked, "response");
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    rendered?.pipe(response);
  }

  beforeAll(async () => {
    client = await bundleClient();
    [renderer, browser] = await Promise.all([startWorkerd({ document: SHELL }), openBrowser()]);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });

  afterAll(async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
    await renderer.end();
  });

  async function open(next: PageHead): Promise<{ page: Page; problems: string[] }> {
    head = next;
    const page = await browser.context.newPage();
    page.setDefaultTimeout(10_000);
    const problems: string[] = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) problems.push(message.text());
    });
    page.on("pageerror", (error) => problems.push(error.message));
    const { port } = server.address() as AddressInfo; // a TCP server's address is never a string
    await page.goto(`http://127.0.0.1:${port}/${next.component}`, { waitUntil: "commit" });
    return { page, problems };
  }

  const sendLast = (context: LateContext) => void asked.end(JSON.stringify(context));

  const late = (names: readonly string[]) =>
    buildHead("late.tsx", { product: { name: "Lamp" } }, names);

  it("takes over a page whose late context comes after the client has started", async () => {
    const { page, problems } = await open(late(["reviews"]));
    await page.locator("html[data-client=on]").waitFor();
    await page.locator("#name[data-hydrated=true]").waitFor(); // before the end of the document
    expect(await page.locator("#reviews").count()).toBe(0);
    sendLast({ context: "reviews", value: ["good </script>", "bad"] });
    await page.locator("#reviews").waitFor();
    await page.waitForLoadState("load");
    expect(await page.locator("#reviews li").allTextContents()).toEqual(["good </script>", "bad"]);
    expect(await page.title()).toBe("Lamp");
    expect(await page.locator("title").count()).toBe(1);
    expect(problems).toEqual([]);
  });

  it("takes over a page that is there as a whole, with the ids that the server gave", async () => {
    const { page, problems } = await open({
      ...buildHead("tree.tsx", { list: [{ a: "x & <b>" }, "\u2028", null, 1.5] }),
    });
    await page.locator("html[data-client=on]").waitFor();
    await page.waitForLoadState("load");
    await page.waitForTimeout(200); // hydration is done in a task of its own
    expect(await page.locator("span[id]").count()).toBeGreaterThan(3);
    expect(problems).toEqual([]);
  });

  it("shows the browser's own boundary for a late context that failed", async () => {
    const { page } = await open(late(["reviews"]));
    await page.locator("#name[data-hydrated=true]").waitFor();
    sendLast({ context: "reviews", error: { status: 503, code: "down" } });
    await page.locator("#caught").waitFor();
    expect(await page.locator("#caught").textContent()).toBe("context reviews: 503 down");
  });
});
