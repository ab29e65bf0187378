import { expect, test } from "vitest";
import { hasContentHash } from "../../../../../../cli/targets/local/edge/content-hash-name.ts";

test.each([
  "css/app.0a1b2c3d4e5f.css", // Django's ManifestStaticFilesStorage
  "admin/img/icon.27bc4d2a1e0f.svg",
  "README.0a1b2c3d4e5f",
  "static/js/main.8f3a2b1c.js", // webpack
  "static/js/main.8f3a2b1c.chunk.js",
  "assets/index-BfZ3kQ1x.js", // Vite
  "assets/logo-D_m2-9Zk.svg",
])("%s never changes", (path) => {
  expect(hasContentHash(path)).toBe(true);
});

test.each([
  "index.html",
  "favicon.ico",
  "css/app.css",
  "assets/my-document.pdf",
  "assets/hero-Portrait.jpg",
  "assets/photo-20240101.jpg",
  "assets/IMG-DSC00123.jpg",
  "report.20240101.pdf",
  "jquery.min.js",
  "vendor/lib.deadbeef.js", // letters only: a word
  "lib-BfZ3kQ1x.js", // not where Vite puts them
  "v1.2.3/app.js",
  "0a1b2c3d4e5f/app.css",
])("%s may change", (path) => {
  expect(hasContentHash(path)).toBe(false);
});
