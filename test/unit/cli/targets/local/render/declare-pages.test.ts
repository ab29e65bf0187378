import { describe, expect, it } from "vitest";
import { CONFIG_SCHEMA, type ConfigInput } from "../../../../../../cli/config/schema.ts";
import {
  declarePages,
  refusePages,
} from "../../../../../../cli/targets/local/render/declare-pages.ts";
import { parseManifest } from "../../../../../../edge/index.ts";

const { manifest } = parseManifest({
  version: 1,
  contexts: {
    catalog: context("catalog", ["page"]),
    product: context("product", ["product_id"]),
  },
  mutations: {},
});

function context(name: string, params: readonly string[]) {
  const endpoints = [`/api/mizan/ctx/${name}/`];
  const functions = [{ name: `read_${name}`, path: "rpc" }];
  return { endpoints, functions, params, user_scoped: false, page_routes: [] };
}

const built = {
  components: [
    { path: "frontend/product.tsx", framework: "react", runsOn: "edge", reason: null },
    { path: "frontend/report.tsx", framework: "react", runsOn: "ssr", reason: "imports node:fs" },
  ],
  document: { start: "<html><head>", title: "", middle: "</head><body>", end: "</body></html>" },
} as const;

function declare(pages: ConfigInput["pages"], parts: Partial<typeof built> = {}) {
  if (manifest === null) throw new Error("the test's manifest is wrong");
  return declarePages(CONFIG_SCHEMA.parse({ pages }).pages, manifest, { ...built, ...parts });
}

describe("declarePages", () => {
  it("tells the Edge where each parameter comes from and who renders", () => {
    const declared = declare({
      "/products/:id": {
        component: "frontend/product.tsx",
        errorComponent: "frontend/report.tsx",
        contexts: {
          product: { params: { product_id: ":id" } },
          catalog: { params: { page: "?page" }, late: true },
        },
      },
      "/report": {
        component: "frontend/report.tsx",
        contexts: { catalog: { params: { page: "1" } } },
      },
    });
    expect(declared).toEqual({
      document: built.document,
      pages: [
        {
          pattern: "/products/:id",
          component: "frontend/product.tsx",
          renderedBy: "render",
          errorComponent: "frontend/report.tsx",
          contexts: [
            {
              name: "product",
              isLate: false,
              params: { product_id: { from: "path", name: "id" } },
            },
            { name: "catalog", isLate: true, params: { page: { from: "query", name: "page" } } },
          ],
        },
        {
          pattern: "/report",
          component: "frontend/report.tsx",
          renderedBy: "ssr",
          errorComponent: null,
          contexts: [
            { name: "catalog", isLate: false, params: { page: { from: "value", value: "1" } } },
          ],
        },
      ],
    });
  });

  it("is nothing without pages, whatever else is missing", () => {
    expect(declare({}, { document: null as never })).toBeNull();
    expect(() => refusePages({})).not.toThrow();
  });

  it.each([
    [{ nothing: {} }, 'no context "nothing": it has catalog, product'],
    [{ product: { params: { id: ":id" } } }, 'no parameter "id": it has product_id'],
    [{ product: { params: { product_id: ":product" } } }, 'the path has no ":product"'],
  ])("refuses %j with the place and what there is", (contexts, message) => {
    const page = { component: "frontend/product.tsx", contexts };
    expect(() => declare({ "/products/:id": page })).toThrow(message);
    expect(() => declare({ "/products/:id": page })).toThrow('pages["/products/:id"].contexts');
  });

  it("refuses pages of an app without a document, or without a manifest", () => {
    const page = { component: "frontend/product.tsx" };
    expect(() => declare({ "/": page }, { document: null as never })).toThrow("index.html");
    const { pages } = CONFIG_SCHEMA.parse({ pages: { "/": page } });
    expect(() => refusePages(pages)).toThrow("no Mizan manifest");
  });
});

describe("paths of pages in the config", () => {
  const parse = (path: string) =>
    CONFIG_SCHEMA.safeParse({ pages: { [path]: { component: "a.tsx" } } });

  it.each(["/", "/products", "/products/:product_id", "/a/:b/c/:d/"])("%s", (path) => {
    expect(parse(path).success).toBe(true);
  });

  it.each(["products", "/products//x", "/:", "/:Id", "/a?b", "/a#b", "/x:y", "/*", "/über"])(
    "%s is refused",
    (path) => {
      expect(parse(path).success).toBe(false);
    },
  );
});
