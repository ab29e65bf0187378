/** Content types of static files, by name. Pure. */

import mime from "mime";

/** Text formats beside `text/*`: without a charset browsers would guess, or fall back to Latin-1. */
const TEXT_TYPES = new Set([
  "application/javascript",
  "application/json",
  "application/manifest+json",
  "application/xml",
  "image/svg+xml",
]);

/** @param path of a file, e.g. `css/app.css` */
export function findStaticContentType(path: string): string {
  const type = mime.getType(path) ?? "application/octet-stream";
  const isText = type.startsWith("text/") || TEXT_TYPES.has(type);
  return isText ? `${type}; charset=utf-8` : type;
}
