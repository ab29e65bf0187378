import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Manifest } from "../../../../../edge/cache/manifest/manifest.ts";
import { RouteTable } from "../../../../../edge/cache/manifest/route-table.ts";
import {
  buildRouteName,
  readRequestParameters,
} from "../../../../../edge/cache/read/request-parameters.ts";
import { buildContext, readContexts } from "../manifest/manifest-example.ts";

const manifest = readContexts({
  list: buildContext("list", { params: ["page", "q"] }),
  user: buildContext("user", { params: ["user_id", "tab"], page_routes: ["/u/:user_id/"] }),
  orders: buildContext("orders", { params: ["name", "page"], page_routes: ["/u/:name/"] }),
});

function read(path: string, query: string, known: Manifest = manifest) {
  const match = new RouteTable(known).match(path);
  if (match?.kind !== "context" && match?.kind !== "page") throw new Error(`no rule for ${path}`);
  return readRequestParameters(match, query, known.contexts);
}

const LIST = "/api/mizan/ctx/list/";

describe("the parameters of a context", () => {
  test.each([
    ["", {}, ""],
    ["?", {}, ""],
    ["?page=2", { page: "2" }, "page=2"],
    ["?q=a+b&page=2", { q: "a b", page: "2" }, "page=2&q=a%20b"],
    ["?&page=2&", { page: "2" }, "page=2"],
    ["?q", { q: "" }, "q="],
    ["?q=", { q: "" }, "q="],
    ["?q=a=b", { q: "a=b" }, "q=a%3Db"],
    ["?%70age=2", { page: "2" }, "page=2"],
    ["?q=%F0%9F%98%80", { q: "😀" }, "q=%F0%9F%98%80"],
    ["?q=%00", { q: "\0" }, "q=%00"],
  ])("of %s are %o, asked as %s", (query, parameters, sent) => {
    const result = read(LIST, query);
    expect(Object.fromEntries(result?.concerns[0]?.parameters ?? [])).toEqual(parameters);
    expect(result?.query).toBe(sent);
  });
});

describe("a query is not cacheable with", () => {
  test.each([
    ["an unknown name", "?page=1&utm_source=x"],
    ["a name of every object", "?constructor=1"],
    ["a repeated name", "?page=1&page=2"],
    ["a name repeated in another spelling", "?page=1&p%61ge=2"],
    ["an empty name", "?=1"],
    ["a list's name", "?page[]=1"],
    ["another case", "?Page=1"],
    ["`;`, which older Pythons divide at", "?page=1;q=2"],
    ["bytes that are no UTF-8", "?q=%FF"],
    ["a broken escape", "?q=%"],
    ["more than anyone asks", `?q=${"a".repeat(3000)}`],
  ])("%s", (_, query) => {
    expect(read(LIST, query)).toBeNull();
  });
});

describe("the parameters of a page", () => {
  test("are the path's and the query's, for every context that knows them", () => {
    const result = read("/u/5/", "?page=2&tab=x");
    const concerns = result?.concerns.map(({ context, parameters }) => {
      return [context.name, Object.fromEntries(parameters)];
    });
    expect(concerns).toEqual([
      ["orders", { name: "5", page: "2" }],
      ["user", { user_id: "5", tab: "x" }],
    ]);
    expect(result?.query).toBe("page=2&tab=x");
  });

  test("are repeated where the query says again what the path says", () => {
    expect(read("/u/5/", "?user_id=6")).toBeNull();
    expect(read("/u/5/", "?user_id=5")).toBeNull();
  });

  test("are unknown where no context of the page has them", () => {
    expect(read("/u/5/", "?q=1")).toBeNull();
  });
});

test("a route has one name, whatever its parameters are", () => {
  const names = ["/u/5/", "/u/6/", LIST].map((path) => {
    const match = new RouteTable(manifest).match(path);
    return match?.kind === "page" || match?.kind === "context" ? buildRouteName(match) : null;
  });
  const page = "page orders /u/:name/ | user /u/:user_id/";
  expect(names).toEqual([page, page, "context list"]);
});

test("what the origin is asked says exactly what was read", () => {
  const parameters = fc.record(
    { page: fc.string(), q: fc.string({ unit: "grapheme" }) },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(parameters, (asked) => {
      const entries = Object.entries(asked);
      const result = read(LIST, new URLSearchParams(entries).toString());
      if (result === null) return; // lone surrogates become U+FFFD, `;` is encoded: never null
      const sent = [...new URLSearchParams(result.query)];
      expect(Object.fromEntries(sent)).toEqual(
        Object.fromEntries(result.concerns[0]?.parameters ?? []),
      );
      expect(sent.length).toBe(entries.length);
    }),
  );
});
