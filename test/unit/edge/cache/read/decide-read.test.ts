import { describe, expect, test } from "vitest";
import type { MwtResult } from "../../../../../edge/cache/identity/verify-mwt.ts";
import { RouteTable } from "../../../../../edge/cache/manifest/route-table.ts";
import {
  type ArrivalFacts,
  BYPASS_REASONS,
  decideArrival,
  decideIdentity,
  decideNeeds,
  type IdentityFacts,
  listCookieNames,
} from "../../../../../edge/cache/read/decide-read.ts";
import { buildContext, readContexts } from "../manifest/manifest-example.ts";

const manifest = readContexts(
  {
    list: buildContext("list", { params: ["page"], page_routes: ["/list/", "/both/"] }),
    never: buildContext("never", { cache: false, page_routes: ["/both/"] }),
  },
  { save: { affects: ["list"], route: "/save/" } },
);
const table = new RouteTable(manifest);
const policy = { manifest, hosts: new Set(["shop.example", "127.0.0.1:8000"]) };

const LIST = "/api/mizan/ctx/list/";

function arrive(change: Partial<ArrivalFacts> & { path?: string } = {}) {
  const { path = LIST, ...facts } = change;
  return decideArrival(
    {
      isUpgrade: false,
      isStatic: false,
      method: "GET",
      match: table.match(path),
      rawQuery: "",
      scheme: "https",
      host: "shop.example",
      originHeader: null,
      ...facts,
    },
    policy,
  ).bypass;
}

describe("on arrival", () => {
  test.each<[string, Partial<ArrivalFacts> & { path?: string }, string | null]>([
    ["a GET of a context", {}, null],
    ["a HEAD of a context", { method: "HEAD" }, null],
    ["a GET of a page", { path: "/list/" }, null],
    ["a known parameter", { rawQuery: "?page=2" }, null],
    ["an Origin of its own", { originHeader: "https://shop.example" }, null],
    ["a WebSocket", { isUpgrade: true }, "upgrade"],
    ["a file", { isStatic: true }, "static"],
    ["a POST", { method: "POST" }, "method"],
    ["a method in lower case", { method: "get" }, "method"],
    ["OPTIONS", { method: "OPTIONS" }, "method"],
    ["a path of no rule", { path: "/other/" }, "no-rule"],
    ["a GET of the call endpoint", { path: "/api/mizan/call/" }, "no-rule"],
    ["a GET of a mutation's route", { path: "/save/" }, "no-rule"],
    ["a context that is never stored", { path: "/api/mizan/ctx/never/" }, "cache-off"],
    ["a page of which one context is never stored", { path: "/both/" }, "cache-off"],
    ["another host", { host: "evil.example" }, "host"],
    ["another port", { host: "127.0.0.1:8001" }, "host"],
    ["the host in another case", { host: "SHOP.example" }, "host"],
    ["the host with a dot", { host: "shop.example." }, "host"],
    ["a foreign Origin", { originHeader: "https://evil.example" }, "origin-header"],
    ["an Origin of another scheme", { originHeader: "http://shop.example" }, "origin-header"],
    ["an opaque Origin", { originHeader: "null" }, "origin-header"],
    ["an unknown parameter", { rawQuery: "?x=1" }, "parameter"],
    ["a repeated parameter", { rawQuery: "?page=1&page=1" }, "parameter"],
  ])("%s: %o → %s", (_, change, reason) => {
    expect(arrive(change)).toBe(reason);
  });

  test("a page is user-scoped if one of its contexts is", () => {
    const scoped = readContexts({
      open: buildContext("open", { page_routes: ["/u/:id/"] }),
      user: buildContext("user", { params: ["user_id"], page_routes: ["/u/:user_id/"] }),
    });
    const facts = { method: "GET", rawQuery: "", host: "shop.example", scheme: "https" } as const;
    const more = { isUpgrade: false, isStatic: false, originHeader: null };
    const match = new RouteTable(scoped).match("/u/5/");
    const decision = decideArrival({ ...facts, ...more, match }, { ...policy, manifest: scoped });
    expect(decision).toMatchObject({ bypass: null, value: { isUserScoped: true } });
  });

  test("nothing is cached without a manifest", () => {
    const facts = { method: "GET", match: table.match(LIST), rawQuery: "", host: "shop.example" };
    const more = { isUpgrade: false, isStatic: false, scheme: "http", originHeader: null } as const;
    const decision = decideArrival({ ...facts, ...more }, { ...policy, manifest: null });
    expect(decision.bypass).toBe("cache-off");
  });

  test("the first reason of the list wins", () => {
    const all = {
      isUpgrade: true,
      isStatic: true,
      method: "POST",
      path: "/other/",
      host: "evil.example",
      originHeader: "null",
      rawQuery: "?x=1",
    };
    const mended = [
      { isUpgrade: false },
      { isStatic: false },
      { method: "GET" },
      { path: "/both/" },
      { path: LIST },
      { host: "shop.example" },
      { originHeader: null },
      { rawQuery: "" },
    ];
    const reasons = mended.map((_, count) =>
      arrive(Object.assign({}, all, ...mended.slice(0, count))),
    );
    expect(reasons).toEqual(BYPASS_REASONS.slice(0, mended.length));
  });
});

const claims = { sub: "5", pkey: null, staff: null, super: null, expiresAtMs: 0 };
const valid: MwtResult = { ok: true, claims };
const forged: MwtResult = { ok: false, reason: "signature" };

describe("the identity", () => {
  const identify = (change: Partial<IdentityFacts> = {}) => {
    return decideIdentity({
      token: null,
      hasAuthorization: false,
      cookieNames: new Set(),
      identityCookies: new Set(["sessionid", "messages", "jwt"]),
      isUserScoped: false,
      ...change,
    });
  };

  test("is the token's, whatever else the request carries", () => {
    const facts = {
      hasAuthorization: true,
      cookieNames: new Set(["sessionid"]),
      isUserScoped: true,
    };
    expect(identify({ token: valid, ...facts })).toEqual({ bypass: null, value: claims });
  });

  test("is anonymous where nothing says who asks", () => {
    expect(identify({ cookieNames: new Set(["theme"]) })).toEqual({ bypass: null, value: null });
  });

  test.each<[string, Partial<IdentityFacts>, string]>([
    ["a token that is not valid", { token: forged }, "token-invalid"],
    [
      "… with a session, too",
      { token: forged, cookieNames: new Set(["sessionid"]) },
      "token-invalid",
    ],
    ["Authorization", { hasAuthorization: true }, "credentials"],
    ["a session cookie", { cookieNames: new Set(["a", "sessionid"]) }, "credentials"],
    ["messages", { cookieNames: new Set(["messages"]) }, "credentials"],
    ["a declared cookie", { cookieNames: new Set(["jwt"]) }, "credentials"],
    ["nobody, for a user's context", { isUserScoped: true }, "user-scoped-anonymous"],
  ])("with %s is not known: %s", (_, facts, reason) => {
    expect(identify(facts).bypass).toBe(reason);
  });
});

describe("cookie names", () => {
  test.each([
    [null, []],
    ["", []],
    ["a=1; sessionid=x", ["a", "sessionid"]],
    ["a=1;sessionid=x", ["a", "sessionid"]],
    ["a=1; sessionid = x", ["a", "sessionid"]],
    ["sessionid=", ["sessionid"]],
    ["sessionid", [""]],
    ["a=b=c", ["a"]],
    ["SessionId=x", ["SessionId"]],
    ["a=1, sessionid=x", ["a", "sessionid"]], // two Cookie lines
    ["a=1;;; ", ["a"]],
  ])("of %o are %o", (header, names) => {
    expect([...listCookieNames(header)]).toEqual(names);
  });
});

test("needs bypass in the order of the list", () => {
  const needs = { hasBypassMarker: true, needsCookies: true, hasVaryHeader: true };
  expect(decideNeeds(needs)).toBe("marker");
  expect(decideNeeds({ ...needs, hasBypassMarker: false })).toBe("needs-cookies");
  expect(decideNeeds({ hasBypassMarker: false, needsCookies: false, hasVaryHeader: true })).toBe(
    "vary",
  );
  expect(
    decideNeeds({ hasBypassMarker: false, needsCookies: false, hasVaryHeader: false }),
  ).toBeNull();
});
