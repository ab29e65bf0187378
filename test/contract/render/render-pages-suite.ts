/** What a page must be, from whoever renders it: the same suite for Render and for the SSR server. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildEndMark, RENDER_PATH } from "../../../edge/render/contract.ts";
import { SHELL } from "./bundle-fixture.ts";
import { buildHead, NONCE, parsePayload } from "./page-head.ts";
import type { RunningRenderer, StartRenderer } from "./render-fixture.ts";

const PRODUCT = { product: { name: "Lamp & <b>" } };
const COMPLETE = buildEndMark(NONCE, "complete");
const RECOVERED = buildEndMark(NONCE, "recovered");

export function describePages(name: string, start: StartRenderer): void {
  describe(`pages of ${name}`, () => {
    let renderer: RunningRenderer;

    beforeAll(async () => {
      renderer = await start({ limits: { pageMs: 700 } });
    });

    afterAll(() => renderer.end());

    it("is the document with title, payload and root in their places, and the mark at its very end", async () => {
      const { status, body } = await renderer.post(RENDER_PATH.page, buildHead("unused-late.tsx"));
      expect(status).toBe(200);
      const payload = `{"path":"/products/7","params":{"product_id":"7"},"language":"de","contexts":{}}`;
      const root = `<div id="mizan-root"><p>done</p></div>`;
      const script = `<script>window.__MIZAN_SSR_DATA__=${payload}</script>`;
      const { start, title, middle, end } = SHELL;
      expect(body).toBe(`${start}${title}${middle}${script}${root}${end}${COMPLETE}`);
    });

    it("moves hoisted tags into the head, where the component's title takes the document's place", async () => {
      const { body } = await renderer.post(RENDER_PATH.page, buildHead("late.tsx", PRODUCT));
      const tags = `<title>Lamp &amp; &lt;b&gt;</title><meta name="description" content="About Lamp &amp; &lt;b&gt;"/>`;
      expect(body.startsWith(`${SHELL.start}${tags}${SHELL.middle}`)).toBe(true);
      expect(body).toContain(`<div id="mizan-root"><h1 id="name"`);
      expect(body.split("<title>")).toHaveLength(2);
    });

    it("takes Svelte's head, too", async () => {
      const head = buildHead("hello-svelte.svelte");
      const { body } = await renderer.post(RENDER_PATH.page, {
        ...head,
        props: { ...head.props, name: "Ada" },
      });
      expect(body.indexOf("<title>Svelte for Ada</title>")).toBeLessThan(body.indexOf("</head>"));
      expect(body).toContain(`<p class="svelte" title="Ada">Hello Ada</p>`);
      expect(body).not.toContain(SHELL.title);
      expect(body.endsWith(COMPLETE)).toBe(true);
    });

    it("sends the shell before a late context, then each as it arrives, then the end", async () => {
      const page = renderer.openPage(buildHead("late.tsx", PRODUCT, ["reviews", "offers"]));
      await page.until("offers come");
      expect(page.text).not.toContain("</html>");
      page.send({ context: "offers", value: { text: "two </script> for one" } });
      await page.until(`<p id="offers">`);
      expect(page.text).not.toContain(`<ul id="reviews">`);
      page.send({ context: "reviews", value: ["good", "bad"] });
      page.finish();
      expect(await page.untilEnd()).toBe("whole");
      const { text } = page;
      expect(text).toContain("<li>good</li><li>bad</li>");
      expect(text.endsWith(`${SHELL.end}${COMPLETE}`)).toBe(true);
      const script = `__MIZAN_SSR_LATE__("offers",{"text":"two \\u003c/script\\u003e for one"})`;
      expect(text.indexOf(script)).toBeGreaterThan(0);
      expect(text.indexOf(script)).toBeLessThan(text.indexOf(`<p id="offers">`));
      expect(parsePayload(text)).toEqual(buildHead("late.tsx", PRODUCT).props);
    });

    it("has what arrives before the shell already settled", async () => {
      const lines = [
        buildHead("late.tsx", PRODUCT, ["reviews"]),
        { context: "reviews", value: ["early"] },
        { context: "reviews", value: ["again"] },
        { context: "unknown", value: 1 },
      ].map((line) => JSON.stringify(line));
      const { body } = await renderer.post(RENDER_PATH.page, lines.join("\n"));
      expect(body).toContain("<li>early</li>");
      expect(body).not.toContain("again");
      expect(body.endsWith(COMPLETE)).toBe(true);
    });

    it("waits for a late context that the component does not use: the browser may", async () => {
      const page = renderer.openPage(buildHead("unused-late.tsx", {}, ["reviews"]));
      await page.until("<p>done</p></div>");
      expect(page.ended).toBe(null);
      page.send({ context: "reviews", value: null });
      page.finish();
      expect(await page.untilEnd()).toBe("whole");
      expect(page.text).toContain(`__MIZAN_SSR_LATE__("reviews",null)</script>`);
      expect(page.text.endsWith(`${SHELL.end}${COMPLETE}`)).toBe(true);
    });

    it("rejects a late context with an error, here and in the browser, and says recovered", async () => {
      const page = renderer.openPage(buildHead("late.tsx", PRODUCT, ["reviews"]));
      await page.until("reviews come");
      page.send({ context: "reviews", error: { status: 503, code: "down" } });
      page.finish();
      expect(await page.untilEnd()).toBe("whole");
      expect(page.text).toContain(`LATE__("reviews",null,{"status":503,"code":"down"})`);
      expect(page.text.endsWith(RECOVERED)).toBe(true);
    });

    it("rejects what has not come when the request ends", async () => {
      const page = renderer.openPage(buildHead("late.tsx", PRODUCT, ["reviews"]));
      page.finish();
      expect(await page.untilEnd()).toBe("whole");
      expect(page.text).toContain(`LATE__("reviews",null,{"status":0,"code":""})`);
      expect(page.text.endsWith(RECOVERED)).toBe(true);
    });

    it("says recovered for what never came, though the component does not use it: the browser may", async () => {
      const page = renderer.openPage(buildHead("unused-late.tsx", {}, ["reviews"]));
      page.finish();
      expect(await page.untilEnd()).toBe("whole");
      expect(page.text).toContain(`LATE__("reviews",null,{"status":0,"code":""})`);
      expect(page.text.endsWith(RECOVERED)).toBe(true);
    });

    it("ends by itself when a late context never comes, and leaves its boundary to the browser", async () => {
      const page = renderer.openPage(buildHead("late.tsx", PRODUCT, ["reviews"]));
      expect(await page.untilEnd()).toBe("whole");
      expect(page.text).toContain(`LATE__("reviews",null,{"status":0,"code":""})`);
      expect(page.text.endsWith(RECOVERED)).toBe(true);
    });

    it("never writes a late context into the middle of what the renderer writes", async () => {
      const names = Array.from({ length: 20 }, (_, n) => `c${n}`);
      const head = buildHead("many-late.tsx", {}, names);
      const page = renderer.openPage(head);
      await page.until("c19 comes");
      // Turns of the renderer and arrivals overlap: some in one piece, some alone.
      for (const [n, context] of names.entries()) {
        page.send({ context, value: context });
        if (n % 3 === 0) await page.until(`${context} comes`);
      }
      page.finish();
      expect(await page.untilEnd()).toBe("whole");
      const parts = page.text.split(/<script>__MIZAN_SSR_LATE__\("c\d+","c\d+"\)<\/script>/);
      expect(parts).toHaveLength(names.length + 1);
      const [, ...between] = parts.slice(0, -1);
      for (const part of between)
        expect(part).toMatch(/^$|^<(div hidden|script).*(<\/script>|<\/div>)$/s);
      for (const name of names) expect(page.text).toContain(`<b>${name}</b>`);
    });

    it("answers 400 without a document, and for what is no head", async () => {
      const bare = await start({ document: null });
      try {
        const { status, body } = await bare.post(RENDER_PATH.page, buildHead("unused-late.tsx"));
        expect([status, JSON.parse(body).error.kind]).toEqual([400, "bad-request"]);
      } finally {
        await bare.end();
      }
      const head = buildHead("unused-late.tsx");
      const wrong = ["", "{", "[]", { ...head, nonce: "short" }, { ...head, nonce: `${NONCE}-->` }];
      const others = [
        { ...head, props: {} },
        { ...head, late: "reviews" },
        { ...head, component: 1 },
      ];
      for (const body of [...wrong, ...others]) {
        const answer = await renderer.post(RENDER_PATH.page, body);
        expect([answer.status, JSON.parse(answer.body).error.kind]).toEqual([400, "bad-request"]);
      }
    });
  });
}
