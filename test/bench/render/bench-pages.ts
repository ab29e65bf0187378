/** The app whose declared pages are measured: two contexts, one of them slow, and what is asked. */

import type { EdgePages, EdgeState } from "../../../edge/cache/contract.ts";
import { buildBenchState } from "../edge/bench-app.ts";
import { DOCUMENT } from "./bench-document.ts";
import { CATALOG_COMPONENT, PRODUCT_COMPONENT } from "./bundle-pages.ts";

export const CATALOG_PAGE = "/catalog";

/** @returns a path whose page nobody has asked for */
export function buildProductPath(id: number): string {
  return `/products/${id}`;
}

const PAGES: EdgePages = {
  document: DOCUMENT,
  pages: [
    {
      pattern: CATALOG_PAGE,
      component: CATALOG_COMPONENT,
      renderedBy: "render",
      errorComponent: null,
      contexts: [{ name: "catalog", params: {}, isLate: false }],
    },
    {
      pattern: "/products/:product_id",
      component: PRODUCT_COMPONENT,
      renderedBy: "render",
      errorComponent: null,
      contexts: [
        { name: "catalog", params: {}, isLate: false },
        {
          name: "reviews",
          params: { item_id: { from: "path", name: "product_id" } },
          isLate: true,
        },
      ],
    },
  ],
};

export function buildPagesState(): EdgeState {
  return buildBenchState(["catalog", "reviews"], PAGES);
}
