/** Vite: React, and in development everything that Django answers goes to uvicorn. */

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
      "/ws": { ...DJANGO, ws: true },
    },
  },
  test: { environment: "happy-dom", restoreMocks: true },
});
