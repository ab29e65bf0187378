import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { isResolvedAsMatched, RouteTable } from "../../../../../edge/cache/manifest/route-table.ts";
import { buildContext, EXAMPLE, readContexts, readManifest } from "./manifest-example.ts";

const example = new RouteTable(readManifest(EXAMPLE));

/** What is matched, as text that a table of expectations can hold. */
function describeMatch(table: RouteTable, path: string): string {
  const match = table.match(path);
  switch (match?.kind) {
    case "context":
      return `context ${match.context}`;
    case "call":
      return "call";
    case "mutation":
      return `mutation ${match.mutations.map(({ name }) => name).join()}`;
    case "page":
      return match.pages
        .map(({ context, pattern, parameters }) => {
          const bound = [...parameters].map(([name, value]) => ` ${name}=${value}`).join("");
          return `${context} ${pattern.text}${bound}`;
        })
        .join(" | ");
    default:
      return "nothing";
  }
}

/** A table of page patterns, context by context. */
function createPages(pages: Readonly<Record<string, readonly string[]>>): RouteTable {
  const entries = Object.entries(pages).map(([name, page_routes]) => {
    return [name, buildContext(name, { page_routes })] as const;
  });
  return new RouteTable(readContexts(Object.fromEntries(entries)));
}

describe("the example's routes", () => {
  test.each([
    ["/api/mizan/ctx/user/", "context user"],
    ["/api/mizan/ctx/catalog/", "context catalog"],
    ["/api/mizan/call/", "call"],
    ["/webhooks/stripe/", "mutation stripe_webhook"],
    ["/profile/5/", "user /profile/:user_id/ user_id=5"],
    ["/profile/J%C3%B6rg/", "user /profile/:user_id/ user_id=Jörg"],
    ["/profile/a%20b/", "user /profile/:user_id/ user_id=a b"],
  ])("%s is %s", (path, expected) => {
    expect(describeMatch(example, path)).toBe(expected);
  });
});

describe("a path that is not spelled exactly as the manifest has it is not cacheable", () => {
  test.each([
    ["an encoded letter", "/pr%6ffile/5/"],
    ["an encoded digit as value", "/profile/%35/"],
    ["an encoded slash", "/profile%2f5/"],
    ["an encoded slash in a value", "/profile/5%2F6/"],
    ["an encoded backslash", "/profile/5%5C6/"],
    ["a backslash", "/profile/5\\6/"],
    ["an encoded question mark", "/profile/5%3Fpage=2/"],
    ["an encoded hash", "/profile/5%23/"],
    ["an encoded percent sign", "/profile/%2535/"],
    ["path parameters", "/profile/5;v=1/"],
    ["encoded path parameters", "/profile/5%3Bv=1/"],
    ["a null byte", "/profile/5%00/"],
    ["a line end", "/profile/5%0D%0A/"],
    ["lower-case escapes", "/profile/J%c3%b6rg/"],
    ["bytes that are no UTF-8", "/profile/%FF/"],
    ["a broken escape", "/profile/%zz/"],
    ["a dot segment", "/profile/../"],
    ["an encoded dot segment", "/profile/%2E%2E/"],
    ["a double slash in front", "//profile/5/"],
    ["a double slash inside", "/profile//5/"],
    ["a double slash at the end", "/profile/5//"],
    ["an empty value", "/profile//"],
    ["another case", "/Profile/5/"],
    ["no slash at the end", "/profile/5"],
    ["more behind it", "/profile/5/style.css"],
    ["a file's name behind a context", "/api/mizan/ctx/user/style.css"],
    ["an encoded context", "/api/mizan/ctx/%75ser/"],
    ["a context in another case", "/api/mizan/ctx/USER/"],
    ["a context without its slash", "/api/mizan/ctx/user"],
    ["what every object has", "/api/mizan/ctx/constructor/"],
    ["a value longer than any", `/profile/${"a".repeat(3000)}/`],
    ["nothing", ""],
  ])("%s: %s", (_, path) => {
    expect(describeMatch(example, path)).toBe("nothing");
  });
});

describe("what writes is found however it is spelled", () => {
  test.each([
    ["/%77ebhooks/stripe/", "mutation stripe_webhook"],
    ["/webhooks%2Fstripe/", "mutation stripe_webhook"],
    ["/api/mizan/%63all/", "call"],
  ])("%s is %s", (path, expected) => {
    expect(describeMatch(example, path)).toBe(expected);
  });

  test("and wins over a page pattern that fits as well", () => {
    const contexts = { x: buildContext("x", { page_routes: ["/:slug/edit/", "/:slug/"] }) };
    const mutations = { save: { affects: ["x"], route: "/post/edit/" } };
    const table = new RouteTable(readContexts(contexts, mutations));
    expect(describeMatch(table, "/post/edit/")).toBe("mutation save");
    expect(describeMatch(table, "/page/edit/")).toBe("x /:slug/edit/ slug=page");
  });
});

describe("page patterns", () => {
  const table = createPages({
    blog: ["/blog/<int:year>/<slug:slug>/", "/blog/:year/:slug/"],
    posts: ["blog/<int:year>/<str:name>/", "/item-<int:id>.html", "/files/<path:rest>"],
    home: ["/"],
    other: ["/<uuid:key>/", "/<custom:key>/all/"],
  });

  test.each([
    ["/", "home /"],
    [
      "/blog/2026/one/",
      "blog /blog/:year/:slug/ year=2026 slug=one | " +
        "blog /blog/<int:year>/<slug:slug>/ year=2026 slug=one | " +
        "posts /blog/<int:year>/<str:name>/ year=2026 name=one",
    ],
    ["/blog/now/a.b/", "blog /blog/:year/:slug/ year=now slug=a.b"],
    ["/item-12.html", "posts /item-<int:id>.html id=12"],
    ["/item-x.html", "nothing"],
    ["/item-12xhtml", "nothing"],
    ["/files/a/b.txt", "posts /files/<path:rest> rest=a/b.txt"],
    ["/files/", "nothing"],
    [
      "/0b5c1a3e-6a54-4c19-9a53-6a1a3f0d2f11/",
      "other /<uuid:key>/ key=0b5c1a3e-6a54-4c19-9a53-6a1a3f0d2f11",
    ],
    ["/0B5C1A3E-6A54-4C19-9A53-6A1A3F0D2F11/", "nothing"],
    ["/a/b/all/", "other /<custom:key>/all/ key=a/b"],
  ])("%s: %s, every context that it concerns", (path, expected) => {
    expect(describeMatch(table, path)).toBe(expected);
  });

  test.each([
    "^profile/(?P<id>\\d+)/$",
    "/a//b/",
    "/<int:a>/<int:a>/",
    "/../x/",
    "/a%2Fb/",
    "/x*/",
  ])("that cannot be read (%s) could concern any path, so that no page is matched", (pattern) => {
    const unsure = createPages({ x: [pattern], y: ["/y/"] });
    expect(unsure.unreadable).toEqual([{ owner: "x", pattern }]);
    expect(describeMatch(unsure, "/y/")).toBe("nothing");
    expect(describeMatch(unsure, "/api/mizan/ctx/y/")).toBe("context y");
  });

  test("find the same as comparing each of them would", () => {
    const segment = fc.constantFrom("a", "b", ":p", ":q", "<int:n>", "<path:r>", "x-<int:n>", "7");
    const pattern = fc
      .tuple(fc.uniqueArray(segment, { maxLength: 4 }), fc.boolean())
      .map(([parts, slash]) => `/${parts.join("/")}${slash && parts.length > 0 ? "/" : ""}`)
      .filter((text) => (text.match(/<int:n>/g)?.length ?? 0) < 2);
    const word = fc.constantFrom("a", "b", "7", "12", "x-7", "x-b", "", "é", "..");
    const path = fc.array(word, { maxLength: 5 }).map((parts) => `/${parts.join("/")}`);
    fc.assert(
      fc.property(fc.uniqueArray(pattern, { maxLength: 8 }), path, (patterns, raw) => {
        const found = new RouteTable(
          readContexts({ x: buildContext("x", { page_routes: patterns }) }),
        );
        const match = found.match(encodeURI(raw));
        const texts = match?.kind === "page" ? match.pages.map((page) => page.pattern.text) : [];
        expect(texts).toEqual(patterns.filter((text) => fits(text, raw)).sort());
      }),
      { numRuns: 1000 },
    );
  });
});

/** The model: one regular expression per pattern, and none of the path's tricks. */
function fits(pattern: string, path: string): boolean {
  const isPlain = path
    .split("/")
    .slice(1, -1)
    .every((part) => part !== "");
  if (!isPlain || path.split("/").includes("..")) return false;
  const source = pattern
    .replace(/<int:\w+>/g, "[0-9]+")
    .replace(/<path:\w+>/g, ".+")
    .replace(/:[pq]/g, "[^/]+");
  return new RegExp(`^${source}$`).test(path);
}

describe("the pattern that the app resolved", () => {
  const pages = (pattern: string, path: string) => {
    const match = createPages({ x: [pattern] }).match(path);
    if (match?.kind !== "page") throw new Error("no page");
    return match.pages;
  };

  test.each([
    ["/profile/:user_id/", "/profile/:user_id/", true],
    ["/profile/:user_id/", "profile/<int:user_id>/", true],
    ["/profile/<int:user_id>/", "/profile/:user_id/", true],
    ["/profile/<int:user_id>/", "profile/<slug:user_id>/", false],
    ["/profile/:user_id/", "/profile/:id/", false],
    ["/:slug/5/", "/profile/:user_id/", false],
    ["/:slug/5/", "profile/5/", false],
    ["/profile/:user_id/", "^profile/(?P<user_id>5)/$", false],
    ["/profile/:user_id/", null, false],
  ])("%s and %s: %s", (pattern, resolved, expected) => {
    expect(isResolvedAsMatched(pages(pattern, "/profile/5/"), resolved)).toBe(expected);
  });

  test("with text and parameters in one segment is compared in both spellings", () => {
    const match = pages("/item-<int:id>.html", "/item-5.html");
    expect(isResolvedAsMatched(match, "/item-:id.html")).toBe(true);
    expect(isResolvedAsMatched(match, "item-<int:id>.html")).toBe(true);
  });
});

test("a lookup compares and looks up as often with 3,000 routes as with 10", () => {
  const countSteps = (routes: number): number => {
    const contexts = Array.from({ length: routes }, (_, index) => {
      const page_routes = [`/section-${index}/:id/`, `/:id/part-${index}/`];
      return [`c${index}`, buildContext(`c${index}`, { page_routes })] as const;
    });
    const table = new RouteTable(readContexts(Object.fromEntries(contexts)));
    const spies = [vi.spyOn(Map.prototype, "get"), vi.spyOn(RegExp.prototype, "test")] as const;
    for (const path of ["/section-7/5/", "/5/part-7/", "/api/mizan/ctx/c7/"]) table.match(path);
    const steps = spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
    for (const spy of spies) spy.mockRestore();
    return steps;
  };
  expect(countSteps(10)).toBeGreaterThan(5);
  expect(countSteps(3000)).toBe(countSteps(10));
});
