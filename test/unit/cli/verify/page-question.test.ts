import { expect, it } from "vitest";
import { planPage } from "../../../../cli/verify/page-question.ts";
import type { DeclaredPage } from "../../../../edge/cache/contract.ts";
import { parseManifest } from "../../../../edge/index.ts";

function context(name: string, params: readonly string[]) {
  const endpoints = [`/api/mizan/ctx/${name}/`];
  const functions = [{ name: `read_${name}`, path: "rpc" }];
  return { endpoints, functions, params, user_scoped: false, page_routes: [] };
}

const PAGE: DeclaredPage = {
  pattern: "/:lang/products/:id",
  component: "product.tsx",
  renderedBy: "render",
  errorComponent: null,
  contexts: [
    {
      name: "product",
      isLate: false,
      params: {
        product_id: { from: "path", name: "id" },
        language: { from: "path", name: "lang" },
      },
    },
    { name: "catalog", isLate: true, params: { page: { from: "query", name: "page" } } },
    { name: "delivery", isLate: true, params: { to: { from: "value", value: "home & away" } } },
  ],
};

function plan(probe: Parameters<typeof planPage>[2]) {
  const { manifest } = parseManifest({
    version: 1,
    contexts: {
      product: context("product", ["product_id", "language"]),
      catalog: context("catalog", ["page"]),
      delivery: context("delivery", ["to"]),
    },
    mutations: {},
  });
  if (manifest === null) throw new Error("the test's manifest is wrong");
  return planPage(PAGE, manifest, probe);
}

it("fills path and contexts with the values that the config has for them", () => {
  const planned = plan({ product: { product_id: "a b/1", language: "de" } });
  if ("missing" in planned) throw new Error(planned.missing);
  expect(planned.path).toBe("/de/products/a%20b%2F1");
  expect(planned.params).toEqual({ id: "a b/1", lang: "de" });
  expect([...planned.questions].map(([name, { path }]) => `${name} ${path}`)).toEqual([
    "product /api/mizan/ctx/product/?product_id=a+b%2F1&language=de",
    "catalog /api/mizan/ctx/catalog/",
    "delivery /api/mizan/ctx/delivery/?to=home+%26+away",
  ]);
});

it("says which part of the path has no value", () => {
  expect(plan({ product: { product_id: "1" } })).toEqual({ missing: "lang" });
});
