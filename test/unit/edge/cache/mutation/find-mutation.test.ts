import { describe, expect, test } from "vitest";
import { RouteTable } from "../../../../../edge/cache/manifest/route-table.ts";
import {
  findCallScope,
  findMutation,
  isMultipart,
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
  expect(kind("/visit/", "HEAD")).toBe("route"); // Django runs the view as for GET
  expect(kind("/visit/", "OPTIONS")).toBeUndefined();
  expect(kind("/hook/", "HEAD")).toBeUndefined();
  expect(kind("/elsewhere/", "POST")).toBeUndefined();
});

test.each([
  [true, "multipart/form-data; boundary=x"],
  [true, " Multipart/Mixed"],
  [false, "application/json"],
  [false, "text/multipart/"],
  [false, null],
])("%s: %j is several parts, of which none is read", (expected, contentType) => {
  expect(isMultipart(contentType)).toBe(expected);
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
