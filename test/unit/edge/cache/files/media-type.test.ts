import mime from "mime";
import { expect, test } from "vitest";
import { buildSandboxHeaders, findMediaType } from "../../../../../edge/cache/files/media-type.ts";

test.each([
  ["a/photo.JPG", "image/jpeg"],
  ["archive.tar.gz", "application/gzip"],
  ["page.html", "text/html; charset=utf-8"],
  ["README", "application/octet-stream"],
  ["x.constructor", "application/octet-stream"],
  ["x.phtml", "application/octet-stream"],
])("%s is %s", (path, type) => {
  expect(findMediaType(path)).toBe(type);
});

test.each(["png", "svg", "docx", "mp4", "woff2", "csv", "wav", "heic", "xml"])(
  "the table agrees with the mime database on .%s",
  (extension) => {
    expect(
      findMediaType(`x.${extension}`).replace(/;.*/, "").replace("text/xml", "application/xml"),
    ).toBe(mime.getType(extension)?.replace("text/xml", "application/xml"));
  },
);

test("everything but a PDF is sandboxed", () => {
  expect(buildSandboxHeaders("image/svg+xml")).toEqual({ "content-security-policy": "sandbox" });
  expect(buildSandboxHeaders("application/pdf")).toEqual({});
});
