/** The app that the Edge is measured with: a manifest of any size, its rings, its tokens, its paths. */

import { createHmac } from "node:crypto";
import type { EdgeKey, EdgePages, EdgeState } from "../../../edge/cache/contract.ts";

export const HOST = "bench.test";
/** Of the issue. */
export const BODY_BYTES = 2048;
/** Answered by the origin after a second. */
export const SLOW_PATH = "/api/mizan/ctx/slow/";
/** Answered by the origin after half a second: a context that a page does not wait for. */
export const LATE_PATH = "/api/mizan/ctx/reviews/";
export const LATE_MS = 500;
/** Answered with what a page of 20 KiB is made of. */
export const CATALOG_PATH = "/api/mizan/ctx/catalog/";
/** How often `SLOW_PATH` was asked; of the origin itself. */
export const COUNT_PATH = "/count";
export const CALL_PATH = "/api/mizan/call/";
export const WIRE_KEY: EdgeKey = { kid: "e1", state: "sign", secret: "bench-edge" };
const TOKEN_KEY: EdgeKey = { kid: "m1", state: "sign", secret: "bench-mwt" };

/** @returns path of the endpoint of the context `c<index>` */
export function buildContextPath(index: number): string {
  return `/api/mizan/ctx/c${index}/`;
}

/** @returns path that the page route of the context `c<index>` fits */
export function buildPagePath(index: number): string {
  return `/p/c${index}/first/`;
}

/** @returns `c0`, `c1`, … */
export function nameContexts(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `c${index}`);
}

/** @param names of contexts: an endpoint, a parameter, a page route and a mutation each */
export function buildBenchState(names: readonly string[], pages?: EdgePages): EdgeState {
  const manifest = {
    version: 1,
    contexts: Object.fromEntries([
      ["slow", buildContext("slow")],
      ...names.map((name) => [name, buildContext(name)]),
    ]),
    mutations: Object.fromEntries(
      names.map((name) => [
        `set_${name}`,
        { affects: [name], auto_scoped_params: [], private: false },
      ]),
    ),
  };
  return {
    version: 1,
    live: {
      release: "bench",
      slot: 0,
      assets: {},
      fallback: null,
      djangoServesRoot: true,
      mediaPrefix: null,
      mizan: { ...POLICY, manifest },
      ...(pages === undefined ? {} : { pages }),
    },
    kept: [],
    secrets: {
      edge: [WIRE_KEY],
      cache: [{ kid: "k1", state: "sign", secret: "bench-cache" }],
      mwt: [TOKEN_KEY],
    },
  };
}

/** As of a site in two languages. */
const POLICY = {
  buildId: "build",
  isCacheOff: false,
  hosts: [HOST],
  sessionCookie: "sessionid",
  identityCookies: ["jwt"],
  locale: {
    languages: [
      { code: "en", hasCatalogue: true },
      { code: "de", hasCatalogue: true },
    ],
    fallback: "en",
    cookieName: "django_language",
  },
  audience: null,
  requestLimitSeconds: 60,
  originLagMs: 0,
  ttlCapSeconds: 86_400,
};

function buildContext(name: string) {
  return {
    endpoints: [`/api/mizan/ctx/${name}/`],
    functions: [{ name: `${name}_data`, path: "rpc" }],
    params: ["slug", "item_id"],
    page_routes: [`/p/${name}/:slug/`],
    user_scoped: false,
    render_strategy: "psr",
    cache: 86_400,
  };
}

/** A token as the framework makes it (protocol 5.1), valid for a day. */
export function mintBenchToken(): string {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const times = { iat: nowSeconds, nbf: nowSeconds, exp: nowSeconds + 86_400 };
  const signed = [
    { alg: "HS256", typ: "JWT", kid: TOKEN_KEY.kid },
    { sub: "7", pkey: "0".repeat(64), staff: false, super: false, ...times },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const mac = createHmac("sha256", TOKEN_KEY.secret).update(signed).digest("base64url");
  return `${signed}.${mac}`;
}
