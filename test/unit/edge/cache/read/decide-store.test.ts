import { describe, expect, test } from "vitest";
import {
  type AnswerHead,
  buildStoredHeaders,
  computeTtlMs,
  findStoreRefusal,
  STORE_REFUSALS,
  sealAnswerHeaders,
} from "../../../../../edge/cache/read/decide-store.ts";

interface Change extends Partial<Omit<AnswerHead, "headers">> {
  readonly headers?: Readonly<Record<string, string>>;
}

function judge({ headers = {}, ...change }: Change): string | null {
  return findStoreRefusal({
    kind: "context",
    method: "GET",
    status: 200,
    isResolvedAsMatched: true,
    isWithinLag: false,
    ...change,
    headers: new Headers(headers),
  });
}

describe("an answer", () => {
  test.each<[string, Change, string | null]>([
    ["200 to a GET", {}, null],
    ["no-store of a context", { headers: { "cache-control": "no-store, private" } }, null],
    ["no-store of a page", { kind: "page", headers: { "cache-control": "no-store" } }, null],
    ["Vary: Cookie", { headers: { vary: "Cookie, Accept-Language" } }, null],
    ["203", { status: 203 }, "status"],
    ["204", { status: 204 }, "status"],
    ["206", { status: 206 }, "status"],
    ["301", { status: 301 }, "status"],
    ["404", { status: 404 }, "status"],
    ["500", { status: 500 }, "status"],
    ["Set-Cookie", { headers: { "set-cookie": "a=1" } }, "set-cookie"],
    ["an empty Set-Cookie", { headers: { "set-cookie": "" } }, "set-cookie"],
    ["X-Mizan-Invalidate", { headers: { "x-mizan-invalidate": "user" } }, "invalidate"],
    ["Vary: *", { headers: { vary: "Cookie, *" } }, "vary"],
    ["a coding that nobody asked for", { headers: { "content-encoding": "gzip" } }, "vary"],
    ["a nonce", { headers: { "content-security-policy": "script-src 'Nonce-abc'" } }, "nonce"],
    [
      "a nonce that is only reported",
      { headers: { "content-security-policy-report-only": "script-src 'nonce-abc'" } },
      "nonce",
    ],
    [
      "a private page",
      { kind: "page", headers: { "cache-control": "max-age=0, Private" } },
      "private",
    ],
    [
      "a partly private page",
      { kind: "page", headers: { "cache-control": 'private="x-a"' } },
      "private",
    ],
    [
      "a page that is not-private",
      { kind: "page", headers: { "cache-control": "not-private" } },
      null,
    ],
    ["more than 1 MiB", { headers: { "content-length": "1048577" } }, "size"],
    ["1 MiB", { headers: { "content-length": "1048576" } }, null],
    ["an answer to HEAD", { method: "HEAD" }, "incomplete"],
    [
      "an event stream",
      { headers: { "content-type": "Text/Event-Stream; charset=utf-8" } },
      "incomplete",
    ],
    ["an answer within the lag", { isWithinLag: true }, "lag"],
    ["a page of another view", { kind: "page", isResolvedAsMatched: false }, "no-rule"],
  ])("with %s: %o → %s", (_, change, refusal) => {
    expect(judge(change)).toBe(refusal);
  });

  test("is refused for the first reason of the list", () => {
    const wrong: Change = {
      kind: "page",
      status: 500,
      method: "HEAD",
      isWithinLag: true,
      isResolvedAsMatched: false,
    };
    const headers = {
      "set-cookie": "a=1",
      "x-mizan-invalidate": "x",
      vary: "*",
      "content-security-policy": "'nonce-a'",
      "cache-control": "private",
      "content-length": "9999999",
    };
    const reasons = [judge({ ...wrong, headers })];
    const left: Record<string, string> = { ...headers };
    for (const name of Object.keys(headers)) {
      reasons.push(judge({ ...wrong, status: 200, headers: left }));
      delete left[name];
    }
    reasons.push(judge({ ...wrong, status: 200 }));
    reasons.push(judge({ ...wrong, status: 200, method: "GET" }));
    reasons.push(judge({ kind: "page", isResolvedAsMatched: false }));
    expect(reasons).toEqual(STORE_REFUSALS);
  });
});

describe("the time to live", () => {
  test.each([
    [[true], 300_000],
    [[60], 60_000],
    [[0.5], 500],
    [[3600], 300_000],
    [[true, 20, 40], 20_000],
    [[true, false], 0],
    [[-5], 0],
  ])("of %o is %d ms", (caches, ttlMs) => {
    expect(computeTtlMs(caches.map((cache) => ({ cache })))).toBe(ttlMs);
  });

  test("has another cap once writes past the Edge are reported", () => {
    expect(computeTtlMs([{ cache: true }], 86_400)).toBe(86_400_000);
  });
});

describe("headers", () => {
  const received = {
    "content-type": "application/json",
    "content-length": "2",
    "cache-control": "public, max-age=60",
    etag: '"1"',
    expires: "soon",
    "last-modified": "once",
    age: "3",
    "x-mizan-wrote": "w=0",
    "x-mizan-unresolved": "1",
    "set-cookie": "a=1",
    "transfer-encoding": "chunked",
    "x-app": "1",
    vary: "Cookie",
  };

  test("are stored without what a browser could reuse, what is internal and what is one answer's", () => {
    expect(Object.fromEntries(buildStoredHeaders(new Headers(received)))).toEqual({
      "content-type": "application/json",
      "x-app": "1",
      vary: "Cookie",
      "cache-control": "private, no-store",
    });
  });

  test("of every answer forbid a browser's own cache", () => {
    const headers = new Headers(received);
    sealAnswerHeaders(headers);
    expect(headers.get("cache-control")).toBe("private, no-store");
    for (const name of ["etag", "expires", "last-modified", "age"]) {
      expect(headers.has(name)).toBe(false);
    }
  });
});
