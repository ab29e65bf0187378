import { expect, test } from "vitest";
import { findStaticContentType } from "../../../../../../cli/targets/local/edge/static-content-type.ts";

test.each([
  ["app.css", "text/css; charset=utf-8"],
  ["app.js", "text/javascript; charset=utf-8"],
  ["app.js.map", "application/json; charset=utf-8"],
  ["site.webmanifest", "application/manifest+json; charset=utf-8"],
  ["logo.svg", "image/svg+xml; charset=utf-8"],
  ["logo.png", "image/png"],
  ["font.woff2", "font/woff2"],
  ["LICENSE", "application/octet-stream"],
])("%s is %s", (path, type) => {
  expect(findStaticContentType(path)).toBe(type);
});
