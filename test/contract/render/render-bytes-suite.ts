/** The bytes of a component are those of plain `renderToString`, whoever renders it. */

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RENDER_PATH } from "../../../edge/render/contract.ts";
import { bundleReference } from "./bundle-fixture.ts";
import { parsePayload } from "./page-head.ts";
import type { RunningRenderer, StartRenderer } from "./render-fixture.ts";

/** What breaks those who escape by halves. */
const AWKWARD = fc.constantFrom(
  "</script>",
  "<!--",
  "-->",
  "<script>",
  "]]>",
  "\u2028\u2029",
  "\"'`&<>\\",
  "\ud83d\ude00",
  "\ud83d",
  "\ude00",
  "\u0000\r\n\t",
  "\u0024{x}",
  "e\u0301",
  "",
);

const text = fc.oneof(
  AWKWARD,
  fc.string({ unit: "binary" }),
  fc.array(AWKWARD).map((all) => all.join("")),
);

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    text,
    fc.constantFrom(null, true, false, 0, -0, 1e21, Number.MIN_VALUE, undefined),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(text, tie("value"), { maxKeys: 4 }),
  ),
}));

const props = fc.dictionary(
  text.filter((key) => !RESERVED.has(key)),
  value,
  { maxKeys: 5 },
);

/** Not props to React, and `__proto__` is no key of a literal. */
const RESERVED = new Set(["key", "ref", "__proto__", "children"]);

export function describeBytes(name: string, start: StartRenderer): void {
  describe(`bytes of ${name}`, () => {
    let renderer: RunningRenderer;
    let renderReference: (props: Record<string, unknown>) => string;

    beforeAll(async () => {
      renderer = await start();
      renderReference = await bundleReference("tree.tsx");
    });

    afterAll(() => renderer.end());

    async function expectSame(asked: Record<string, unknown>): Promise<void> {
      // What JSON leaves out the renderer never sees.
      const given: Record<string, unknown> = JSON.parse(JSON.stringify(asked));
      const expected = Buffer.from(renderReference(given));
      const request = { component: "tree.tsx", props: asked };
      const inner = await renderer.post(RENDER_PATH.render, { ...request, output: "inner" });
      expect(inner.bytes.equals(expected), inner.body).toBe(true);
      const { body } = await renderer.post(RENDER_PATH.render, request);
      const [html, payload, ...rest] = body.split("</div><script>window.__MIZAN_SSR_DATA__=");
      expect(html).toBe(`<div id="mizan-root">${expected}`);
      expect(rest).toEqual([]);
      // Nothing in it ends the script but its end.
      expect(payload?.indexOf("<")).toBe((payload ?? "").length - "</script>".length);
      expect(payload).not.toMatch(/[>&\u2028\u2029](?!$)/);
      expect(JSON.stringify(parsePayload(body))).toBe(JSON.stringify(given));
    }

    it("are those of renderToString, and the payload gives the props back, for any props", async () => {
      await fc.assert(fc.asyncProperty(props, expectSame), { numRuns: 150 });
    });

    it("are so for deep nesting, many keys, and a long text", async () => {
      let deep: unknown = "bottom";
      for (let depth = 0; depth < 200; depth += 1) deep = depth % 2 === 0 ? [deep] : { deep };
      const many = Object.fromEntries(Array.from({ length: 2000 }, (_, n) => [`key ${n}`, n]));
      const long = "<ü😀>&\u2028".repeat(20_000);
      for (const asked of [{ deep }, { many }, { long }, {}]) await expectSame(asked);
    });

    it("are so for a product page", async () => {
      const renderProduct = await bundleReference("product.tsx");
      const reviews = Array.from({ length: 80 }, (_, id) => ({
        id,
        author: "A & B",
        text: "“fine” ".repeat(14),
      }));
      const asked = { product: { name: "Lamp", price: 19.9, reviews } };
      const request = { component: "product.tsx", props: asked, output: "inner" };
      const { body } = await renderer.post(RENDER_PATH.render, request);
      expect(body.length).toBeGreaterThan(16 * 1024);
      expect(body).toBe(renderProduct(asked));
    });
  });
}
