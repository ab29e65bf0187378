/** Sees from the answer to a reduced request that the view needed more than it got (section 3.7). */

import type { BypassReason } from "./decide-read.ts";

export interface ReducedAnswerFacts {
  readonly status: number;
  readonly hasSetCookie: boolean;
  /** Value of `Vary`; null: none. */
  readonly vary: string | null;
  /** The view read the session, as the runtime says; true where it says nothing. */
  readonly sessionReadByView: boolean;
  /** Names of the cookies that the whole request has. */
  readonly cookieNames: ReadonlySet<string>;
  readonly sessionCookie: string;
  /** Lower-case names of the fields that the whole request has. */
  readonly requestHeaders: ReadonlySet<string>;
  readonly usesLocale: boolean;
}

/** What the next reads should know, for a minute. */
export type Need =
  /** This key, for requests with cookies of the same kind. */
  | { readonly kind: "cookies" }
  /** This key, for requests that have one of the headers. */
  | { readonly kind: "headers"; readonly names: readonly string[] };

export interface Repeat {
  /** The answer is discarded, the whole request asked, and passed on as BYPASS with this reason. */
  readonly reason: Extract<BypassReason, "needs-cookies" | "vary" | "status">;
  /** null: nothing is remembered. */
  readonly need: Need | null;
}

/** @returns null: the answer stands */
export function decideRepeat(facts: ReducedAnswerFacts): Repeat | null {
  if (neededCookies(facts)) {
    return { reason: "needs-cookies", need: facts.status === 200 ? { kind: "cookies" } : null };
  }
  const names = listUncoveredNames(facts.vary, facts.usesLocale);
  if (names.some((name) => facts.requestHeaders.has(name))) {
    // Whatever is missing or forbidden may vary by more than what is there.
    return { reason: "vary", need: facts.status === 200 ? { kind: "headers", names } : null };
  }
  return mayDependOnClient(facts.status) ? { reason: "status", need: null } : null;
}

function neededCookies(facts: ReducedAnswerFacts): boolean {
  if (facts.hasSetCookie && facts.cookieNames.size > 0) return true;
  return facts.sessionReadByView && facts.cookieNames.has(facts.sessionCookie);
}

/** Redirects, refusals and throttles may be meant for the client's own cookies, address or login. */
function mayDependOnClient(status: number): boolean {
  return (status >= 300 && status < 400) || status === 401 || status === 403 || status === 429;
}

/** In the key as it reached the origin, or judged by `neededCookies`, or fixed. */
const COVERED_HEADERS = new Set([
  "cookie",
  "accept-encoding",
  "x-mizan-token",
  "host",
  "x-forwarded-host",
  "x-forwarded-proto",
]);

function isCovered(name: string, usesLocale: boolean): boolean {
  return COVERED_HEADERS.has(name) || (usesLocale && name === "accept-language");
}

/**
 * @param vary value of `Vary`; null: none
 * @returns names of headers that the key does not cover: lower case, without `*`
 */
export function listUncoveredNames(vary: string | null, usesLocale: boolean): readonly string[] {
  if (vary === null) return [];
  const names = vary.split(",").map((name) => name.trim().toLowerCase());
  return names.filter((name) => name !== "" && name !== "*" && !isCovered(name, usesLocale));
}
