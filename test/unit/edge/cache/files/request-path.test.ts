import { posix } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  buildMediaPath,
  decodePath,
  isInternalPath,
  readRawPath,
} from "../../../../../edge/cache/files/request-path.ts";

/** Paths made of what attackers use, next to what people use. */
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "..",
        ".",
        "/",
        "//",
        "\\",
        "%2e",
        "%2f",
        "%5c",
        "%00",
        ".git",
        "%",
        "a",
        "é",
      ),
      fc.string({ maxLength: 4 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

describe("media paths", () => {
  test("never leave the folder, never name anything hidden, and survive the next decoding", () => {
    fc.assert(
      fc.property(nasty, (rest) => {
        const decoded = decodePath(`/media/${rest}`);
        const path = decoded === null ? null : buildMediaPath(decoded, "/media/");
        if (path === null) return;
        const url = new URL(`http://disk/${path}`);
        expect(url.pathname).toBe(`/${path}`); // nothing for a URL parser to resolve
        const onDisk = decodeURIComponent(path);
        expect(posix.normalize(onDisk)).toBe(onDisk);
        for (const part of onDisk.split("/")) expect(part).not.toMatch(/^\.|^$|[\\\0]/);
      }),
      { numRuns: 2000 },
    );
  });

  test("every ordinary name is served as it is", () => {
    const name = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => {
      return !/^\.|[/\\\p{Cc}]/u.test(text);
    });
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
        const path = names.join("/");
        const encoded = names.map(encodeURIComponent).join("/");
        expect(decodePath(`/media/${encoded}`)).toBe(`/media/${path}`);
        expect(buildMediaPath(`/media/${path}`, "/media/")).toBe(encoded);
      }),
    );
  });

  test("are decoded once: %252e stays a name", () => {
    const decoded = decodePath("/media/%252e%252e/x");
    expect(decoded).toBe("/media/%2e%2e/x");
    expect(buildMediaPath(decoded ?? "", "/media/")).toBe("%252e%252e/x");
  });
});

describe("internal paths", () => {
  test.each([
    ["/_mizan", true],
    ["/_mizan/live", true],
    ["/%5fmizan/live", true],
    ["/%5F%6d%69zan/%ff", true],
    ["//_mizan/live", true],
    ["/_mizan%2Flive", true],
    ["/_mizanine", false],
    ["/shop/_mizan/live", false],
    ["/%255fmizan/live", false],
  ])("%s: %s", (path, isInternal) => {
    expect(isInternalPath(path)).toBe(isInternal);
  });
});

test("a path that is no UTF-8 has no decoded form", () => {
  expect(decodePath("/%ff")).toBeNull();
  expect(decodePath("/%zz")).toBeNull();
});

describe("a request's own path", () => {
  test.each([
    ["http://a:1/b/../c/?d=/../e", "/b/../c/"],
    ["http://a/%2e%2e/b#/c", "/%2e%2e/b"],
    ["http://[::1]:80/b\\c", "/b\\c"],
    ["http://a/?", "/"],
    ["http://a/b://c/../d", "/b://c/../d"],
  ])("of %s is %s", (url, path) => expect(readRawPath(url)).toBe(path));

  test("is the parsed one where there was nothing to put right", () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (text) => {
        const { href, pathname } = new URL(text);
        expect(readRawPath(href)).toBe(pathname);
      }),
    );
  });
});
