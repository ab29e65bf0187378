/** Vite: React, and in development everything that Django answers goes to `manage.py runserver`. */

import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const DJANGO = { target: "http://127.0.0.1:8000" };

/** In development the name that Django's page asks for stands for the source. */
const card: Plugin = {
  name: "kiln-card",
  configureServer({ middlewares }) {
    middlewares.use("/card.js", (_request, response) => {
      response.setHeader("Content-Type", "text/javascript");
      response.end(`${react.preambleCode.replace("__BASE__", "/")}
await import("/src/card.ts");`);
    });
  },
};

export default defineConfig({
  plugins: [react(), card],
  build: {
    rolldownOptions: {
      input: { main: "index.html", card: "src/card.ts" },
      output: {
        // Django's page cannot know a hash.
        entryFileNames: ({ name }) => (name === "card" ? "card.js" : "assets/[name]-[hash].js"),
      },
    },
  },
  server: {
    // As objects: the short form would change the Host header, which Django compares with Origin.
    proxy: {
      "/api": DJANGO,
      "/admin": DJANGO,
      "/static": DJANGO,
      "/en/": DJANGO,
      "/de/": DJANGO,
      "^/orders/\\d+/cancel/$": DJANGO,
    },
  },
  test: { environment: "happy-dom", globalSetup: "test-build.ts", restoreMocks: true },
});
