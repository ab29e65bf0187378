import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DeclaredPage, EdgePages } from "../../../../../edge/cache/contract.ts";
import { parseManifest } from "../../../../../edge/cache/manifest/parse-manifest.ts";
import { buildArrivedPage } from "../../../../../edge/cache/pages/arrived-page.ts";
import { PageTable } from "../../../../../edge/cache/pages/page-table.ts";
import { parsePages } from "../../../../../edge/cache/pages/parse-pages.ts";
import { StateError } from "../../../../../edge/cache/release/state-fields.ts";

const context = (name: string, params: readonly string[] = []) => {
  return { functions: [], params, endpoints: [`/api/mizan/ctx/${name}/`] };
};
const { manifest } = parseManifest({
  version: 1,
  contexts: { news: context("news"), item: context("item", ["item_id", "page"]) },
  mutations: {},
});
if (manifest === null) throw new Error("the manifest of this test has errors");

const ITEM = {
  name: "item",
  params: {
    item_id: { from: "path", name: "id" },
    page: { from: "query", name: "p" },
  },
  isLate: false,
} as const;

function page(pattern: string, fields: Partial<DeclaredPage> = {}): DeclaredPage {
  const component = `${pattern}.tsx`;
  return {
    pattern,
    component,
    renderedBy: "render",
    errorComponent: null,
    contexts: [],
    ...fields,
  };
}

const DOCUMENT = { start: "", title: "", middle: "", end: "" };

function build(...pages: readonly DeclaredPage[]): EdgePages {
  return { document: DOCUMENT, pages };
}

function createTable(...pages: readonly DeclaredPage[]): PageTable {
  return new PageTable(build(...pages), manifest as NonNullable<typeof manifest>);
}

describe("a page is found", () => {
  const table = createTable(
    page("/"),
    page("/items/new"),
    page("/items/:id"),
    page("/:kind/:id"),
    page("/read/:slug/"),
    page("/a/:b/:c/:d/"),
  );
  const find = (path: string) => {
    const match = table.match(path);
    return match === null ? null : [match.page.pattern, Object.fromEntries(match.parameters)];
  };

  test.each<[string, ReturnType<typeof find>]>([
    ["/", ["/", {}]],
    ["/items/new", ["/items/new", {}]],
    ["/items/7", ["/items/:id", { id: "7" }]],
    ["/things/7", ["/:kind/:id", { kind: "things", id: "7" }]],
    ["/%69tems/%37", ["/items/:id", { id: "7" }]],
    ["/items/caf%C3%A9", ["/items/:id", { id: "café" }]],
    ["/items/%2525", ["/items/:id", { id: "%25" }]],
    ["/items/a%2Fb", null],
    ["/items/%ff", null],
    ["/items/%", null],
    ["/items/", null],
    ["/items", null],
    ["/read/x/", ["/read/:slug/", { slug: "x" }]],
    ["/read/x", ["/:kind/:id", { kind: "read", id: "x" }]],
    ["/a/1/2/3/", ["/a/:b/:c/:d/", { b: "1", c: "2", d: "3" }]],
  ])("%s", (path, found) => {
    expect(find(path)).toEqual(found);
  });

  test("the first of the config, however the others are written", () => {
    const pages = [page("/:a/:b"), page("/x/:b"), page("/:a/y")];
    for (const order of [
      [0, 1, 2],
      [1, 0, 2],
      [2, 1, 0],
    ]) {
      const ordered = order.flatMap((index) => pages[index] ?? []);
      expect(createTable(...ordered).match("/x/y")?.page.pattern).toBe(ordered[0]?.pattern);
    }
  });

  test("but takes no endpoint from the app", () => {
    const wide = createTable(page("/:a/:b/:c/:d/"), page("/:a/:b/:c/"));
    expect(wide.match("/api/mizan/ctx/news/")).toBeNull();
    expect(wide.match("/api/mizan/call/")).toBeNull();
    expect(wide.match("/api/mizan/session/")).toBeNull();
    expect(wide.match("/api/mizan/ctx/other/")).not.toBeNull();
  });

  test("never by throwing, whatever the path is", () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true }), (url) => {
        table.match(new URL(url).pathname);
      }),
    );
  });
});

describe("what is asked of it", () => {
  const table = createTable(page("/items/:id", { contexts: [ITEM] }));
  const arrive = (target: string) => {
    const url = new URL(`http://shop.test${target}`);
    const match = table.match(url.pathname);
    if (match === null) throw new Error(`no page: ${target}`);
    return buildArrivedPage(match, url);
  };

  test("the context's parameters come from the path and from the query's last of a name", () => {
    const { params, contexts, path } = arrive("/items/7?p=1&x=2&p=a+b%26");
    expect(params).toEqual({ id: "7", p: "a b&" });
    expect(path).toBe("/items/7");
    expect(contexts[0]?.url.href).toBe(
      "http://shop.test/api/mizan/ctx/item/?item_id=7&page=a%20b%26",
    );
  });

  test("a query parameter that is not there is left out, an empty one is not", () => {
    expect(arrive("/items/7").contexts[0]?.url.search).toBe("?item_id=7");
    expect(arrive("/items/7?p=").contexts[0]?.url.search).toBe("?item_id=7&page=");
  });

  test("any parameters come back out of the context's address as they went in", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", minLength: 1 }),
        fc.string({ unit: "grapheme" }),
        (id, p) => {
          fc.pre(!id.includes("/") && id !== "." && id !== "..");
          const target = `/items/${encodeURIComponent(id)}?p=${encodeURIComponent(p)}`;
          const { searchParams } = arrive(target).contexts[0]?.url ?? new URL("http://none");
          expect([searchParams.get("item_id"), searchParams.get("page")]).toEqual([id, p]);
        },
      ),
    );
  });
});

describe("a page that does not fit is refused, with its place", () => {
  test.each<[string, DeclaredPage]>([
    ["live.pages.pages[0].pattern: not a path like /products/:product_id", page("items")],
    ["live.pages.pages[0].pattern: not a path like /products/:product_id", page("/a//b")],
    ["live.pages.pages[0].pattern: not a path like /products/:product_id", page("/<int:id>")],
    ["live.pages.pages[0].pattern: not a path like /products/:product_id", page("/:id/:id")],
    [
      "live.pages.pages[0].contexts[0].name: the manifest has no context none",
      page("/", { contexts: [{ name: "none", params: {}, isLate: false }] }),
    ],
    [
      "live.pages.pages[0].contexts[0].params.item_id: the path has no :id",
      page("/items/:other", { contexts: [ITEM] }),
    ],
    [
      "live.pages.pages[0].contexts[0].params.size: the context news has no such parameter",
      page("/", {
        contexts: [
          { name: "news", params: { size: { from: "value", value: "1" } }, isLate: false },
        ],
      }),
    ],
    [
      "live.pages.pages[0].contexts: the same context twice",
      page("/items/:id", { contexts: [ITEM, ITEM] }),
    ],
  ])("%s", (message, declared) => {
    expect(() => createTable(declared)).toThrow(new StateError(message));
  });

  test("a context without an endpoint", () => {
    const [name = "", item] = [...manifest.contexts].find(([each]) => each === "item") ?? [];
    if (item === undefined) throw new Error("the manifest has no item");
    const contexts = new Map([[name, { ...item, endpoints: [] }]]);
    const pages = build(page("/items/:id", { contexts: [ITEM] }));
    expect(() => new PageTable(pages, { ...manifest, contexts })).toThrow("item has no endpoint");
  });
});

describe("what was pushed", () => {
  const right = build(page("/items/:id", { contexts: [ITEM], errorComponent: "error.tsx" }));

  test("comes through as it is", () => {
    expect(parsePages(JSON.parse(JSON.stringify(right)), "pages")).toEqual(right);
  });

  const [first] = right.pages;
  const withContext = (fields: object) => ({
    ...right,
    pages: [{ ...first, contexts: [{ ...ITEM, ...fields }] }],
  });
  test.each<[string, unknown]>([
    ["pages: not an object", []],
    ['pages: no field "document"', { pages: [] }],
    ["pages.document.end: not a text", { ...right, document: { ...DOCUMENT, end: null } }],
    [
      "pages.pages[0].renderedBy: not render or ssr",
      { ...right, pages: [{ ...first, renderedBy: "x" }] },
    ],
    [
      "pages.pages[0].errorComponent: not a text",
      { ...right, pages: [{ ...first, errorComponent: "" }] },
    ],
    ['pages.pages[0]: unknown field "extra"', { ...right, pages: [{ ...first, extra: 1 }] }],
    ["pages.pages[0].contexts[0].isLate: not true or false", withContext({ isLate: 1 })],
    [
      "pages.pages[0].contexts[0].params.a.from: not path, query or value",
      withContext({ params: { a: { from: "cookie", name: "b" } } }),
    ],
    [
      "pages.pages[0].contexts[0].params.a.value: not a text",
      withContext({ params: { a: { from: "value", value: "\ud800" } } }),
    ],
    [
      'pages.pages[0].contexts[0].params.a: unknown field "value"',
      withContext({ params: { a: { from: "path", name: "b", value: "c" } } }),
    ],
  ])("is refused: %s", (message, raw) => {
    expect(() => parsePages(raw, "pages")).toThrow(new StateError(message));
  });
});
