import { expect, test } from "vitest";
import { findRange, isNotModified } from "../../../../../edge/cache/files/conditional-request.ts";

const lastModified = "Tue, 24 Nov 2026 17:49:19 GMT";
const validators = { etag: '"a"', lastModified };

test.each([
  [{ "if-none-match": '"a"' }, true],
  [{ "if-none-match": 'W/"b", W/"a"' }, true],
  [{ "if-none-match": "*" }, true],
  [{ "if-none-match": '"b"' }, false],
  [{ "if-modified-since": lastModified }, true],
  [{ "if-modified-since": "Tue, 24 Nov 2026 17:49:18 GMT" }, false],
  [{ "if-modified-since": "yesterday" }, false],
  // RFC 9110 §13.1.3: the date does not count beside a tag.
  [{ "if-none-match": '"b"', "if-modified-since": lastModified }, false],
  [{}, false],
])("with %o the browser has the file: %s", (headers, expected) => {
  expect(isNotModified(new Headers(headers as Record<string, string>), validators)).toBe(expected);
});

test.each([
  [{ range: "bytes=1-2" }, "bytes=1-2"],
  [{ range: "bytes=1-2", "if-range": '"a"' }, "bytes=1-2"],
  [{ range: "bytes=1-2", "if-range": lastModified }, "bytes=1-2"],
  [{ range: "bytes=1-2", "if-range": '"b"' }, null],
  [{ range: "bytes=1-2", "if-range": 'W/"a"' }, null],
  [{}, null],
])("with %o the range is %s", (headers, expected) => {
  expect(findRange(new Headers(headers as Record<string, string>), validators)).toBe(expected);
});
