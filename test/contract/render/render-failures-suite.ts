/** What becomes of components that misbehave, at whoever renders them. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildEndMark, RENDER_PATH, type RenderFailure } from "../../../edge/render/contract.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { buildHead, NONCE } from "./page-head.ts";
import type { RunningRenderer, StartRenderer } from "./render-fixture.ts";

const LIMITS = { shellMs: 400, pageMs: 600, htmlBytes: 256 * 1024, propsBytes: 64 * 1024 };

type Failure = RenderFailure["error"];

export function describeFailures(name: string, start: StartRenderer): void {
  describe(`failures of ${name}`, () => {
    let renderer: RunningRenderer;

    beforeAll(async () => {
      renderer = await start({ limits: LIMITS });
    });

    afterAll(() => renderer.end());

    async function fail(component: string, props = {}): Promise<Failure & { status: number }> {
      const { status, body } = await renderer.post(RENDER_PATH.render, { component, props });
      const { error }: RenderFailure = JSON.parse(body);
      return { ...error, status };
    }

    /** Another request is answered whole meanwhile and afterwards. */
    async function expectAlive(): Promise<void> {
      const props = { name: "Ada" };
      const { body } = await renderer.post(RENDER_PATH.render, {
        component: "hello-vue.ts",
        props,
      });
      expect(body).toContain("Hello Ada");
    }

    it.each([
      ["throws.tsx", "the product has no price", 4],
      ["rejects.tsx", "the price list is down", 5],
      ["import-throws.tsx", "SETTINGS is not there", 4],
    ])("%s: 500, with the line of its source", async (component, message, line) => {
      const failure = await fail(component);
      expect(failure).toMatchObject({ status: 500, kind: "threw", component, message });
      expect(failure.location).toMatch(
        new RegExp(`^test/fixtures/render/${component}:${line}:\\d+$`),
      );
      const logged = await waitFor("the log", () =>
        renderer.logged("not-rendered").find((each) => each["component"] === component),
      );
      expect(logged).toMatchObject({ kind: "threw", message, location: failure.location });
      await expectAlive();
    });

    it.each([
      ["hello-vue.ts", "vue has no greeting", "hello-vue.ts:9"],
      ["hello-svelte.svelte", "svelte has no greeting", "hello-svelte.svelte:3"],
    ])("%s: 500, with the line of its source", async (component, message, place) => {
      const failure = await fail(component, { fails: true });
      expect(failure).toMatchObject({ status: 500, kind: "threw", message });
      expect(failure.location).toContain(place);
    });

    it("a module without a default export: 500 that says so", async () => {
      const message = "it has no default export";
      expect(await fail("no-default.tsx")).toMatchObject({
        status: 500,
        kind: "threw",
        message,
        location: null,
      });
    });

    it.each(["null", "symbol", "text", "object"])("throws %s: 500 all the same", async (kind) => {
      expect(await fail("throws-anything.tsx", { kind })).toMatchObject({
        status: 500,
        kind: "threw",
      });
    });

    it.each(["constructor", "__proto__", "toString", "missing.tsx"])(
      "%s: 404",
      async (component) => {
        const failure = await fail(component);
        expect(failure).toMatchObject({ status: 404, kind: "unknown-component", component });
      },
    );

    it("ready names what does not load, and is ready", async () => {
      const { status, body } = await renderer.get(RENDER_PATH.ready);
      expect(status).toBe(200);
      const { bundle, broken } = JSON.parse(body);
      expect(bundle).toBe("fixture");
      expect(broken).toEqual({
        "import-throws.tsx": "SETTINGS is not there",
        "no-default.tsx": "it has no default export",
      });
    });

    it("throws behind a boundary: the page is whole, says recovered, and the log says where", async () => {
      const { status, body } = await renderer.post(
        RENDER_PATH.page,
        buildHead("throws-inside.tsx"),
      );
      expect(status).toBe(200);
      expect(body).toContain("<p>stock comes</p>");
      expect(body.endsWith(buildEndMark(NONCE, "recovered"))).toBe(true);
      await waitFor("the log", () => renderer.logged("recovered").length > 0);
      const [logged] = renderer.logged("recovered");
      expect(logged).toMatchObject({
        component: "throws-inside.tsx",
        message: "no stock is known",
      });
      expect(logged?.["location"]).toMatch(/^test\/fixtures\/render\/throws-inside\.tsx:6:\d+$/);
    });

    it("suspends for ever before its shell: 504", async () => {
      expect(await fail("never.tsx", { isInside: false })).toMatchObject({
        status: 504,
        kind: "timeout",
      });
    });

    it("suspends for ever behind a boundary: the rest goes out, the boundary is the browser's", async () => {
      const { body } = await renderer.post(RENDER_PATH.render, {
        component: "never.tsx",
        props: { isInside: true },
      });
      expect(body).toContain("<h1>Shell</h1>");
      expect(body).toContain("__MIZAN_SSR_DATA__");
    });

    it("never ends: cut at the page's time, without an error on the wire", async () => {
      const head = buildHead("endless.tsx");
      const page = renderer.openPage({ ...head, props: { ...head.props, ...{ run: 1 } } });
      page.finish();
      expect(await page.untilEnd()).toBe("whole");
      expect(page.text.endsWith(buildEndMark(NONCE, "recovered"))).toBe(true);
    });

    it("writes more than it may: 500 before the first byte, a broken connection after it", async () => {
      const early = await fail("huge.tsx", { kib: 300, isLater: false });
      expect(early).toMatchObject({ status: 500, kind: "threw" });
      const head = buildHead("huge.tsx");
      const props = { ...head.props, ...{ kib: 300, isLater: true } };
      const page = renderer.openPage({ ...head, props });
      page.finish();
      await page.until("much comes");
      expect(await page.untilEnd()).toBe("broken");
      expect(page.text).not.toContain("<!--mizan:");
      const small = await renderer.post(RENDER_PATH.render, {
        component: "huge.tsx",
        props: { kib: 200, isLater: false },
      });
      expect(small.status).toBe(200);
    });

    it("floods the console: its answer is not touched", async () => {
      const { body } = await renderer.post(RENDER_PATH.render, {
        component: "floods.tsx",
        props: { lines: 2000 },
      });
      expect(body).toBe(
        `<div id="mizan-root"><p>flooded</p></div><script>window.__MIZAN_SSR_DATA__={"lines":2000}</script>`,
      );
    });

    it("refuses a request that is too long, or no request", async () => {
      const long = { component: "tree.tsx", props: { text: "x".repeat(LIMITS.propsBytes) } };
      for (const body of [long, "", "{", "null", { component: "tree.tsx" }, { props: {} }]) {
        const answer = await renderer.post(RENDER_PATH.render, body);
        expect([answer.status, JSON.parse(answer.body).error.kind]).toEqual([400, "bad-request"]);
      }
      const wrong = { component: "tree.tsx", props: {}, output: "page" };
      expect((await renderer.post(RENDER_PATH.render, wrong)).status).toBe(400);
      expect((await renderer.get("/")).status).toBe(400);
      expect((await renderer.get(RENDER_PATH.render)).status).toBe(400);
    });
  });

  describe(`slots of ${name}`, () => {
    let renderer: RunningRenderer;

    beforeAll(async () => {
      renderer = await start({
        limits: { atOnce: 2, waiting: 2, shellMs: 20_000, pageMs: 20_000 },
      });
    });

    afterAll(() => renderer.end());

    /** Takes a slot until it is given its context, or abandoned. */
    async function occupy() {
      const page = renderer.openPage(
        buildHead("late.tsx", { product: { name: "P" } }, ["reviews"]),
      );
      await page.until("reviews come");
      return page;
    }

    const ask = () =>
      renderer.post(RENDER_PATH.render, { component: "hello-vue.ts", props: { name: "A" } });

    it("lets some wait, answers 503 to more, and serves those that waited", async () => {
      const pages = [await occupy(), await occupy()];
      const waiting = [ask(), ask()];
      await waitFor("a full house", async () => (await ask()).status === 503);
      expect((await renderer.get(RENDER_PATH.live)).status).toBe(200);
      for (const page of pages) {
        page.send({ context: "reviews", value: [] });
        page.finish();
      }
      for (const { status } of await Promise.all(waiting)) expect(status).toBe(200);
      for (const page of pages) expect(await page.untilEnd()).toBe("whole");
    });

    it("gets back the slots of clients that went away, also of those that waited", async () => {
      for (let round = 0; round < 3; round += 1) {
        const pages = [await occupy(), await occupy()];
        const third = renderer.openPage(buildHead("unused-late.tsx", {}, ["reviews"]));
        for (const page of [third, ...pages]) page.abandon();
        const free = [await occupy(), await occupy()];
        for (const page of free) {
          page.send({ context: "reviews", value: [] });
          page.finish();
          expect(await page.untilEnd()).toBe("whole");
        }
      }
    });
  });
}
