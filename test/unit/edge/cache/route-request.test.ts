import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Asset, EdgeState } from "../../../../edge/cache/contract.ts";
import {
  findBypassReason,
  isNavigation,
  type RequestFacts,
  routeRequest,
} from "../../../../edge/cache/route-request.ts";

function asset(digit: string): Asset {
  return { sha256: digit.repeat(64), contentType: "text/css", sizeBytes: 1, immutable: false };
}

const state: EdgeState = {
  version: 1,
  live: {
    release: "r1",
    slot: 0,
    assets: { "/index.html": asset("1"), "/app.css": asset("2") },
    fallback: "/index.html",
    djangoServesRoot: false,
    mediaPrefix: "/media/",
  },
  kept: [
    { "/app.css": asset("3"), "/mid.css": asset("3") },
    { "/mid.css": asset("4"), "/old.css": asset("4") },
  ],
};

function route(rawPath: string, facts: Partial<RequestFacts> = {}, of: EdgeState = state) {
  return routeRequest({ method: "GET", isUpgrade: false, rawPath, ...facts }, of, null);
}

describe("a declared page", () => {
  const match = { page: {} as never, parameters: new Map() };
  const pages = { match: (rawPath: string) => (rawPath === "/none" ? null : match) };
  const find = (rawPath: string, method = "GET") => {
    return routeRequest({ method, isUpgrade: false, rawPath }, state, pages).to;
  };

  test("comes after files and uploads, before the document, and for reading alone", () => {
    expect(find("/")).toBe("page");
    expect(find("/x", "HEAD")).toBe("page");
    expect(find("/none")).toBe("origin");
    expect(find("/app.css")).toBe("asset");
    expect(find("/media/x")).toBe("media");
    expect(find("/_mizan/live")).toBe("not-found");
    expect(find("/x", "POST")).toBe("origin");
    const facts = { method: "GET", isUpgrade: true, rawPath: "/x" };
    expect(routeRequest(facts, state, pages).to).toBe("origin");
  });
});

describe("routes", () => {
  test("the live release's files come first, then the youngest kept ones", () => {
    expect(route("/app.css")).toEqual({ to: "asset", asset: asset("2") });
    expect(route("/mid.css")).toEqual({ to: "asset", asset: asset("3") });
    expect(route("/old.css")).toEqual({ to: "asset", asset: asset("4") });
    expect(route("/%6fld.css", { method: "HEAD" })).toEqual({ to: "asset", asset: asset("4") });
  });

  test("/ is the fallback document only where Django does not serve it, and only for reading", () => {
    expect(route("/")).toEqual({ to: "asset", asset: asset("1") });
    expect(route("/", { method: "POST" })).toEqual({ to: "origin" });
    const django = { ...state, live: { ...state.live, djangoServesRoot: true } };
    expect(route("/", {}, django)).toEqual({ to: "origin" });
    const none = { ...state, live: { ...state.live, fallback: null } };
    expect(route("/", {}, none)).toEqual({ to: "origin" });
  });

  test("an upgrade is the origin's, even at a file's path", () => {
    expect(route("/app.css", { isUpgrade: true })).toEqual({ to: "origin" });
    expect(route("/_mizan/live", { isUpgrade: true })).toMatchObject({ to: "not-found" });
  });

  test("media belongs to the Edge only under its prefix", () => {
    expect(route("/media/a.png")).toEqual({ to: "media", path: "a.png" });
    expect(route("/media/.env")).toEqual({ to: "not-found", isStatic: true });
    expect(route("/media/a.png", { method: "PUT" })).toEqual({ to: "method-not-allowed" });
    expect(route("/media")).toEqual({ to: "origin" });
    const none = { ...state, live: { ...state.live, mediaPrefix: null } };
    expect(route("/media/a.png", {}, none)).toEqual({ to: "origin" });
  });

  test("no path reaches a file that no table names", () => {
    fc.assert(
      fc.property(fc.webPath(), (path) => {
        const { to } = route(path);
        expect(to === "asset").toBe(path === "/"); // fast-check does not guess /app.css
      }),
    );
  });
});

test("each route has the first reason that applies", () => {
  const reason = (rawPath: string, facts: Partial<RequestFacts> = {}) =>
    findBypassReason({ method: "GET", isUpgrade: false, rawPath, ...facts }, route(rawPath, facts));
  expect(reason("/ws", { isUpgrade: true })).toBe("upgrade");
  expect(reason("/app.css")).toBe("static");
  expect(reason("/media/x")).toBe("static");
  expect(reason("/media/x", { method: "PUT" })).toBe("static");
  expect(reason("/form", { method: "POST" })).toBe("method");
  expect(reason("/page")).toBe("no-rule");
  expect(reason("/_mizan/live")).toBe("no-rule");
});

test.each([
  ["GET", { "sec-fetch-mode": "navigate" }, true],
  ["GET", { accept: "text/html,application/xhtml+xml" }, true],
  ["HEAD", { accept: "text/html" }, true],
  ["GET", { accept: "*/*" }, false],
  ["GET", { "sec-fetch-mode": "cors", accept: "application/json" }, false],
  ["POST", { accept: "text/html" }, false],
])("%s with %o is a navigation: %s", (method, headers, expected) => {
  expect(isNavigation(method, new Headers(headers as Record<string, string>))).toBe(expected);
});
