import { describe, expect, test } from "vitest";
import {
  decideRepeat,
  type ReducedAnswerFacts,
} from "../../../../../edge/cache/read/decide-repeat.ts";
import { RememberedNeeds } from "../../../../../edge/cache/read/remembered-needs.ts";

const plain: ReducedAnswerFacts = {
  status: 200,
  hasSetCookie: false,
  vary: null,
  sessionReadByView: false,
  cookieNames: new Set(),
  sessionCookie: "sessionid",
  requestHeaders: new Set(["accept", "cookie", "user-agent", "accept-language"]),
  usesLocale: false,
};
const withCookies = (...names: readonly string[]) => ({ cookieNames: new Set(names) });

describe("an answer to a reduced request", () => {
  test.each<[string, Partial<ReducedAnswerFacts>]>([
    ["that needed nothing", {}],
    ["with Set-Cookie where no cookie was dropped", { hasSetCookie: true }],
    ["that read a session which nobody had", { sessionReadByView: true }],
    [
      "that read a session, other cookies being dropped",
      { sessionReadByView: true, ...withCookies("a") },
    ],
    ["with a session dropped that was not read", withCookies("sessionid")],
    ["that varies by Cookie", { vary: "Cookie" }],
    ["that varies by Accept-Encoding", { vary: "Accept-Encoding" }],
    ["that varies by what the request has not", { vary: "X-Theme" }],
    [
      "that varies by language under LocaleMiddleware",
      { vary: "Accept-Language", usesLocale: true },
    ],
    [
      "that varies by the token",
      { vary: "X-Mizan-Token", requestHeaders: new Set(["x-mizan-token"]) },
    ],
    ["that varies by the host", { vary: "Host", requestHeaders: new Set(["host"]) }],
    ["that varies by everything", { vary: "*" }],
    ["of 404", { status: 404 }],
    ["of 500", { status: 500 }],
  ])("%s stands", (_, change) => {
    expect(decideRepeat({ ...plain, ...change })).toBeNull();
  });

  test.each<[string, Partial<ReducedAnswerFacts>, string, unknown]>([
    [
      "Set-Cookie",
      { hasSetCookie: true, ...withCookies("a") },
      "needs-cookies",
      { kind: "cookies" },
    ],
    [
      "a session read by the view",
      { sessionReadByView: true, ...withCookies("sessionid") },
      "needs-cookies",
      { kind: "cookies" },
    ],
    [
      "Vary",
      { vary: "Cookie, User-Agent, X-Theme" },
      "vary",
      { kind: "headers", names: ["user-agent", "x-theme"] },
    ],
    [
      "Vary: Accept-Language without LocaleMiddleware",
      { vary: "accept-language" },
      "vary",
      { kind: "headers", names: ["accept-language"] },
    ],
    ["301", { status: 301 }, "status", null],
    ["304", { status: 304 }, "status", null],
    ["401", { status: 401 }, "status", null],
    ["403", { status: 403 }, "status", null],
    ["429", { status: 429 }, "status", null],
    // A failing anonymous call must teach nothing about others.
    ["404 that varies", { status: 404, vary: "User-Agent" }, "vary", null],
    [
      "403 with Set-Cookie",
      { status: 403, hasSetCookie: true, ...withCookies("a") },
      "needs-cookies",
      null,
    ],
    [
      "500 with Set-Cookie",
      { status: 500, hasSetCookie: true, ...withCookies("a") },
      "needs-cookies",
      null,
    ],
  ])("with %s is asked again whole", (_, change, reason, need) => {
    expect(decideRepeat({ ...plain, ...change })).toEqual({ reason, need });
  });
});

describe("what is remembered", () => {
  const subject = { lastingKey: "k", ...withCookies("a", "b") };

  test("about cookies holds for this key and this kind of cookies, for a minute", () => {
    const needs = new RememberedNeeds();
    needs.remember({ kind: "cookies" }, subject, 1000);
    expect(needs.needsCookies({ ...subject, ...withCookies("b", "a") }, 60_999)).toBe(true);
    expect(needs.needsCookies(subject, 61_000)).toBe(false);
    expect(needs.needsCookies({ ...subject, lastingKey: "other" }, 1000)).toBe(false);
  });

  test("about dummy cookies concerns nobody without them", () => {
    const needs = new RememberedNeeds();
    needs.remember({ kind: "cookies" }, subject, 0);
    expect(needs.needsCookies({ ...subject, ...withCookies() }, 1)).toBe(false);
    expect(needs.needsCookies({ ...subject, ...withCookies("a") }, 1)).toBe(false);
    expect(needs.needsCookies({ ...subject, ...withCookies("a,b") }, 1)).toBe(false);
  });

  test("about headers holds for this key, for a minute, and adds up", () => {
    const needs = new RememberedNeeds();
    needs.remember({ kind: "headers", names: ["x-a"] }, subject, 0);
    needs.remember({ kind: "headers", names: ["x-b"] }, subject, 1000);
    expect([...needs.findVaryNames("k", 60_999)].sort()).toEqual(["x-a", "x-b"]);
    expect(needs.findVaryNames("k", 61_000)).toEqual([]);
    expect(needs.findVaryNames("other", 1000)).toEqual([]); // of the same route, say
  });

  test("takes a bounded memory, whatever cookies are invented", () => {
    const needs = new RememberedNeeds(2000);
    for (let index = 0; index < 100; index += 1) {
      needs.remember({ kind: "cookies" }, { ...subject, ...withCookies(`x${index}`) }, 0);
    }
    const known = Array.from({ length: 100 }, (_, index) => {
      return needs.needsCookies({ ...subject, ...withCookies(`x${index}`) }, 1);
    });
    expect(known.filter(Boolean).length).toBeLessThan(15);
    expect(known.at(-1)).toBe(true);
  });
});
