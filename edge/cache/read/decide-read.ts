/**
 * Decides whether a request may be answered from the cache, step by step as facts become known: on
 * arrival, and once the token is verified. The first reason that applies wins.
 */

import type { MwtClaims, MwtResult } from "../identity/verify-mwt.ts";
import type { Manifest } from "../manifest/manifest.ts";
import type { RouteMatch } from "../manifest/route-table.ts";
import {
  type CacheableMatch,
  type RequestParameters,
  readRequestParameters,
} from "./request-parameters.ts";

/** The closed list, in its order (cache protocol, section 3). */
export const BYPASS_REASONS = [
  "upgrade",
  "static",
  "method",
  "no-rule",
  "cache-off",
  "host",
  "origin-header",
  "parameter",
  "token-invalid",
  "credentials",
  "user-scoped-anonymous",
  "marker",
  "needs-cookies",
  "vary",
  "held",
  "quarantine",
  "no-numbers",
  "dirty",
  "status",
] as const;
export type BypassReason = (typeof BYPASS_REASONS)[number];

/** Of several reasons, the one that comes first in the list; null: there is none. */
export function findFirstReason(reasons: readonly (BypassReason | null)[]): BypassReason | null {
  if (reasons.every((reason) => reason === null)) return null; // a hit looks no further
  return BYPASS_REASONS.find((reason) => reasons.includes(reason)) ?? null;
}

export type Decision<T> =
  | { readonly bypass: BypassReason }
  | { readonly bypass: null; readonly value: T };

export interface ArrivalFacts {
  readonly isUpgrade: boolean;
  /** The Edge answers with a file. */
  readonly isStatic: boolean;
  readonly method: string;
  readonly match: RouteMatch | null;
  /** As it came, with or without its `?`. */
  readonly rawQuery: string;
  readonly scheme: "http" | "https";
  /** As the client named it. */
  readonly host: string;
  /** Value of `Origin`; null: none. */
  readonly originHeader: string | null;
}

export interface ReadPolicy {
  /** null: nothing is cached (no manifest, no key ring, no incarnation). */
  readonly manifest: Manifest | null;
  /** Hosts of the environment with their ports, as browsers write them. */
  readonly hosts: ReadonlySet<string>;
}

/** What a read that may be cached is about. */
export interface ArrivedRead extends RequestParameters {
  readonly match: CacheableMatch;
  /** Of several contexts the strictest rule holds. */
  readonly isUserScoped: boolean;
}

export function decideArrival(facts: ArrivalFacts, policy: ReadPolicy): Decision<ArrivedRead> {
  const { match, scheme, host, originHeader } = facts;
  if (facts.isUpgrade) return { bypass: "upgrade" };
  if (facts.isStatic) return { bypass: "static" };
  if (facts.method !== "GET" && facts.method !== "HEAD") return { bypass: "method" };
  if (match?.kind !== "context" && match?.kind !== "page") return { bypass: "no-rule" };
  const { manifest } = policy;
  if (manifest === null || isCacheOff(match, manifest)) return { bypass: "cache-off" };
  if (!policy.hosts.has(host)) return { bypass: "host" };
  if (originHeader !== null && originHeader !== `${scheme}://${host}`) {
    return { bypass: "origin-header" };
  }
  const parameters = readRequestParameters(match, facts.rawQuery, manifest.contexts);
  if (parameters === null) return { bypass: "parameter" };
  const isUserScoped = parameters.concerns.some(({ context }) => context.userScoped);
  return { bypass: null, value: { match, isUserScoped, ...parameters } };
}

/** Of several contexts the strictest rule holds. */
function isCacheOff(match: CacheableMatch, { contexts }: Manifest): boolean {
  const names = match.kind === "page" ? match.pages.map(({ context }) => context) : [match.context];
  return names.some((name) => (contexts.get(name)?.cache ?? false) === false);
}

export interface IdentityFacts {
  /** null: the request has no `X-Mizan-Token`. */
  readonly token: MwtResult | null;
  readonly hasAuthorization: boolean;
  readonly cookieNames: ReadonlySet<string>;
  /** The session's cookie, `messages`, and what `edge.identityCookies` names. */
  readonly identityCookies: ReadonlySet<string>;
  /** Of the `ArrivedRead`. */
  readonly isUserScoped: boolean;
}

/** @returns the claims that the answer is made for; null: anonymous */
export function decideIdentity(facts: IdentityFacts): Decision<MwtClaims | null> {
  const { token } = facts;
  if (token !== null) {
    return token.ok ? { bypass: null, value: token.claims } : { bypass: "token-invalid" };
  }
  const hasIdentityCookie = [...facts.cookieNames].some((name) => facts.identityCookies.has(name));
  if (facts.hasAuthorization || hasIdentityCookie) return { bypass: "credentials" };
  return facts.isUserScoped ? { bypass: "user-scoped-anonymous" } : { bypass: null, value: null };
}

/** What is remembered, or said by the browser, about reads like this one. */
export interface NeedFacts {
  /** The browser's bypass marker stands (many Edges only). */
  readonly hasBypassMarker: boolean;
  /** The view was seen to need cookies that this request has, or the language stands in one alone. */
  readonly needsCookies: boolean;
  /** The request has a header that the route was seen to vary by. */
  readonly hasVaryHeader: boolean;
}

export function decideNeeds(facts: NeedFacts): BypassReason | null {
  if (facts.hasBypassMarker) return "marker";
  if (facts.needsCookies) return "needs-cookies";
  return facts.hasVaryHeader ? "vary" : null;
}

/** What an entry's answer depended on besides its key: it was made for a request that had none of it. */
interface Dependence {
  readonly varyNames: readonly string[];
  readonly readsSession: boolean;
}

/** @returns why an entry does not answer this request, though it has its key; null: it does */
export function findMisfit(
  { varyNames, readsSession }: Dependence,
  headers: Pick<Headers, "get" | "has">,
  sessionCookie: string,
): "vary" | "needs-cookies" | null {
  if (varyNames.some((name) => headers.has(name))) return "vary";
  const hasSession = readsSession && listCookieNames(headers.get("cookie")).has(sessionCookie);
  return hasSession ? "needs-cookies" : null;
}

const NO_NAMES: ReadonlySet<string> = new Set();

/**
 * @param header value of `Cookie`; several lines come joined by a comma, which no cookie's name has
 * @returns names, as Django would see them
 */
export function listCookieNames(header: string | null): ReadonlySet<string> {
  if (header === null) return NO_NAMES;
  const names = new Set<string>();
  for (const chunk of header.split(/[;,]/)) {
    // Django takes a chunk without `=` for the value of a cookie without a name.
    const end = chunk.indexOf("=");
    const name = end < 0 ? "" : chunk.slice(0, end).trim();
    if (chunk.trim() !== "") names.add(name);
  }
  return names;
}
