/** How the shop is deployed. `mizan deploy` finds out everything but which pages are rendered at the Edge. */

import { defineConfig } from "@mizan/deploy";

const component = "frontend/src/rendered/shop-page.tsx";

export default defineConfig({
  pages: {
    "/": {
      component,
      errorComponent: component,
      contexts: {
        global: {},
        catalog: { params: { page: "?page" } },
      },
    },
    "/products/:product_id": {
      component,
      errorComponent: component,
      contexts: {
        global: {},
        product: { params: { product_id: ":product_id" } },
        // The page does not wait for it: it streams into its place.
        delivery: { late: true },
      },
    },
  },
  // With which values `mizan verify` asks for contexts and pages.
  probe: {
    product: { product_id: "1" },
  },
});
