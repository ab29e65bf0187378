import { describe, expect, test } from "vitest";
import { RouteTable } from "../../../../../edge/cache/manifest/route-table.ts";
import {
  findBufferedBytes,
  findCallScope,
  findMutation,
  LARGEST_BODY_BYTES,
} from "../../../../../edge/cache/mutation/find-mutation.ts";
import { buildContext, readContexts } from "../manifest/manifest-example.ts";

const manifest = readContexts(
  { news: buildContext("news"), item: buildContext("item") },
  {
    set_news: { affects: ["news"] },
    set_item: { affects: ["item"] },
    hook: { affects: ["news"], route: "/hook/" },
    visit: { affects: ["item"], route: "/visit/", methods: ["GET", "POST"] },
  },
);
const routes = new RouteTable(manifest);
const kind = (path: string, method: string) => findMutation(routes.match(path), method)?.kind;

test("a call is one by POST alone, a route by every method that it is declared for or that is unsafe", () => {
  expect(kind("/api/mizan/call/", "POST")).toBe("call");
  expect(kind("/api/mizan/call/", "GET")).toBeUndefined();
  expect(kind("/hook/", "POST")).toBe("route");
  expect(kind("/hook/", "PUT")).toBe("route");
  expect(kind("/hook/", "GET")).toBeUndefined();
  expect(kind("/visit/", "GET")).toBe("route");
  expect(kind("/visit/", "HEAD")).toBeUndefined();
  expect(kind("/elsewhere/", "POST")).toBeUndefined();
});

test.each([
  [0, { hasBody: false, lengthBytes: null, contentType: null }],
  [5, { hasBody: true, lengthBytes: 5, contentType: "application/json" }],
  [LARGEST_BODY_BYTES, { hasBody: true, lengthBytes: LARGEST_BODY_BYTES, contentType: null }],
  [null, { hasBody: true, lengthBytes: LARGEST_BODY_BYTES + 1, contentType: null }],
  [null, { hasBody: true, lengthBytes: null, contentType: "application/json" }],
  [null, { hasBody: true, lengthBytes: 5, contentType: " Multipart/Form-Data; boundary=x" }],
])("%s bytes are read first of %j", (bytes, facts) => {
  expect(findBufferedBytes(facts)).toBe(bytes);
});

describe("what a call affects", () => {
  const any = ["item", "news"];
  const scope = (body: string | Uint8Array) =>
    findCallScope(typeof body === "string" ? new TextEncoder().encode(body) : body, manifest, any);
  test.each<[string, readonly string[]]>([
    ['{"fn":"set_news","args":{}}', ["news"]],
    ['{"function":"set_item"}', ["item"]],
    ['{"fn":"set_news","function":"set_item"}', ["news", "item"]],
    ['{"fn":"unheard_of"}', []],
    ['{"fn":1}', []],
    ["{}", []],
    ["[]", any],
    ["", any],
    ["fn=set_news", any],
    ['\ufeff{"fn":"set_news"}', ["news"]],
  ])("%s: %j", (body, contexts) => {
    expect(scope(body)).toEqual(contexts);
  });

  test("what is no UTF-8 may be anything, since Python reads UTF-16, too", () => {
    expect(scope(Buffer.from('{"fn":"x"}', "utf16le"))).toEqual(any);
  });
});
