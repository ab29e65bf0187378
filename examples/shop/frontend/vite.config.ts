/** Vite: React, and in development everything that Django answers goes to `manage.py runserver`. */

import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const DJANGO = { target: "http://127.0.0.1:8000" };

export default defineConfig({
  plugins: [react()],
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
  test: { environment: "happy-dom", restoreMocks: true },
});
