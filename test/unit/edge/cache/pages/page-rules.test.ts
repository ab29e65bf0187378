import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readErrorCode, readJsonLine } from "../../../../../edge/cache/pages/context-json.ts";
import { findPageRefusal, mergeKept } from "../../../../../edge/cache/pages/decide-page-store.ts";
import {
  buildHeadLine,
  buildLateLine,
  buildProps,
} from "../../../../../edge/cache/pages/page-content.ts";
import { buildPageKey, type PageKeySubject } from "../../../../../edge/cache/pages/page-key.ts";
import { findPageStatus } from "../../../../../edge/cache/pages/page-status.ts";
import { buildPayloadScript } from "../../../../../edge/cache/pages/shell-document.ts";
import { escapeForScript } from "../../../../../edge/render/contract.ts";

const encode = (text: string) => new TextEncoder().encode(text);

describe("what a page is as old as", () => {
  const bare = { askedAtMs: 7, ttlMs: 8 };
  const bundle = (askedAtMs: number, ttlMs: number) => {
    return { json: "{}", setCookies: [], guards: [], kept: { askedAtMs, ttlMs } };
  };

  test("the oldest stamp, until the first of its contexts is over", () => {
    expect(mergeKept([bundle(10, 300), bundle(20, 100)], bare)).toEqual({
      askedAtMs: 10,
      ttlMs: 110,
    });
    expect(mergeKept([], bare)).toEqual(bare);
  });

  test("nothing, if one is not kept, failed, or has not arrived", () => {
    const alone = { json: "{}", setCookies: [], guards: [], kept: null };
    const failed = { error: { status: 404, code: "" }, setCookies: [], guards: [] };
    for (const odd of [alone, failed, null])
      expect(mergeKept([bundle(1, 2), odd], bare)).toBeNull();
  });

  test("it is kept only as Render's own, whole, of what is kept", () => {
    const right = { by: "render", verdict: "complete", kept: bare } as const;
    expect(findPageRefusal(right)).toBeNull();
    expect(findPageRefusal({ ...right, kept: null })).toBe("context");
    expect(findPageRefusal({ ...right, by: "ssr" })).toBe("render");
    for (const verdict of ["recovered", "unmarked", "broken", "left"] as const) {
      expect(findPageRefusal({ ...right, verdict })).toBe("render");
    }
  });
});

test.each([
  [401, 401],
  [403, 403],
  [404, 404],
  [410, 410],
  [429, 429],
  [400, 404],
  [422, 404],
  [503, 503],
  [500, 502],
  [504, 502],
  [302, 502],
  [200, 502],
  [0, 502],
])("a needed context that answers %i gives the page the status %i", (given, status) => {
  expect(findPageStatus(given)).toBe(status);
});

describe("the key", () => {
  const subject: PageKeySubject = {
    scheme: "http",
    host: "a.test",
    pattern: "/items/:id",
    path: "/items/1",
    params: { id: "1", p: "2" },
    component: "item.tsx",
    protocolKeys: ["one", "two"],
    language: "en",
    buildId: "b1",
  };

  test.each<Partial<PageKeySubject>>([
    { scheme: "https" },
    { host: "b.test" },
    { pattern: "/:kind/:id" },
    { path: "/items/%31" },
    { params: { id: "1" } },
    { component: "other.tsx" },
    { protocolKeys: ["two", "one"] },
    { language: null },
    { buildId: "b2" },
  ])("is another for %j", (other) => {
    expect(buildPageKey({ ...subject, ...other })).not.toBe(buildPageKey(subject));
  });

  test("does not depend on the order of parameters", () => {
    expect(buildPageKey({ ...subject, params: { p: "2", id: "1" } })).toBe(buildPageKey(subject));
  });
});

describe("JSON of a context", () => {
  test("keeps its spelling, on one line", () => {
    const json = '{\r\n  "10": 1.50,\n  "9": 12345678901234567890, "__proto__": "a\\nb" }';
    expect(readJsonLine(encode(json))).toBe(
      '{   "10": 1.50,   "9": 12345678901234567890, "__proto__": "a\\nb" }',
    );
  });

  test.each(["", "<html>", '{"a": NaN}', "{'a': 1}"])("is none: %j", (text) => {
    expect(readJsonLine(encode(text))).toBeNull();
  });

  test("is none, not being UTF-8", () => {
    expect(readJsonLine(new Uint8Array([0x22, 0xff, 0x22]))).toBeNull();
  });

  test.each([
    ['{"error": {"code": "NOT_FOUND", "message": "no"}}', "NOT_FOUND"],
    ['{"error": {"code": 4}}', ""],
    ['{"error": "x"}', ""],
    ["[]", ""],
    ["null", ""],
    ["<html>", ""],
  ])("an error's code in %j", (text, code) => {
    expect(readErrorCode(encode(text))).toBe(code);
  });
});

const anyJson = fc.json({ stringUnit: "binary" });

describe("what is rendered with", () => {
  const page = {} as never;
  const facts = { path: "/a", params: {}, language: null, error: null };

  test("any contexts come back out of the lines as they went in", () => {
    fc.assert(
      fc.property(anyJson, anyJson, (one, other) => {
        const props = buildProps({
          ...facts,
          contexts: [
            ["a", one],
            ["__proto__", other],
          ],
        });
        const late = [{ name: "late", arrival: Promise.reject as never, arrived: null }];
        const head = buildHeadLine({ page, component: "c.tsx", status: 200, props, late }, "nonce");
        expect(head.indexOf("\n")).toBe(head.length - 1);
        const parsed = JSON.parse(head);
        expect(parsed).toMatchObject({ component: "c.tsx", nonce: "nonce", late: ["late"] });
        expect(Object.entries(parsed.props.contexts)).toEqual([
          ["a", JSON.parse(one)],
          ["__proto__", JSON.parse(other)],
        ]);
        const line = buildLateLine("x", { json: other, setCookies: [], guards: [], kept: null });
        expect(JSON.parse(line)).toEqual({ context: "x", value: JSON.parse(other) });
      }),
    );
  });

  test("nothing in the payload's script can end it, and it says the same", async () => {
    await fc.assert(
      fc.asyncProperty(
        anyJson,
        fc.constantFrom("</script>", "<!--", "]]>", "\u2028&"),
        async (json, odd) => {
          const own = JSON.stringify({ odd, json });
          const props = buildProps({ ...facts, contexts: [["a", own]] });
          const script = buildPayloadScript({ props }, [
            ["b", { json: own, setCookies: [], guards: [], kept: null }],
            ["c", { error: { status: 503, code: odd }, setCookies: [], guards: [] }],
          ]);
          expect(script).not.toMatch(/<|-->|\u2028/);
          const window: { __MIZAN_SSR_DATA__?: { contexts: Record<string, Promise<unknown>> } } =
            {};
          new Function("window", script)(window);
          const contexts = window.__MIZAN_SSR_DATA__?.contexts ?? {};
          expect(contexts["a"]).toEqual({ odd, json });
          expect(contexts["b"]).toMatchObject({ status: "fulfilled", value: { odd, json } });
          await expect(contexts["c"]).rejects.toMatchObject({
            context: "c",
            status: 503,
            code: odd,
          });
        },
      ),
    );
  });

  test("escapes only what HTML could take for its own", () => {
    expect(escapeForScript('{"a":"<b>&\u2028\u2029é"}')).toBe(
      '{"a":"\\u003cb\\u003e\\u0026\\u2028\\u2029é"}',
    );
  });
});
