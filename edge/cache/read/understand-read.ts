/** Works out what a read is about and whether the cache may answer it, up to the numbers. Asks nobody. */

import type { Question } from "../../authority/numbers.ts";
import type { MwtClaims, MwtResult } from "../identity/verify-mwt.ts";
import type { RouteMatch } from "../manifest/route-table.ts";
import type { CacheMemory } from "../memory/cache-memory.ts";
import type { PreparedPolicy } from "../release/prepared-release.ts";
import type { ChosenLanguage } from "./choose-language.ts";
import {
  type ArrivedRead,
  type BypassReason,
  decideArrival,
  decideIdentity,
  decideNeeds,
  listCookieNames,
} from "./decide-read.ts";
import { buildRouteName, type Concern } from "./request-parameters.ts";
import { buildLastingKey, type StorageSubject } from "./storage-key.ts";

/** A request as far as a read depends on it. */
export interface ReadRequest {
  readonly method: string;
  readonly url: URL;
  readonly scheme: "http" | "https";
  /** As the client named it. */
  readonly host: string;
  readonly headers: Pick<Headers, "get" | "has">;
  readonly match: RouteMatch | null;
  /** Of the same method, URL and host; null: not known. */
  readonly arrived: ArrivedRead | null;
}

/** A read that may be answered from the cache, if its contexts may. The same for all that ask the same. */
export interface CacheRead {
  readonly arrived: ArrivedRead;
  /** See `buildRouteName`. */
  readonly route: string;
  /** Verified; null: anonymous. */
  readonly token: string | null;
  /** Of the token. */
  readonly claims: MwtClaims | null;
  /** null: the app does not choose by language. */
  readonly language: ChosenLanguage | null;
  readonly subject: StorageSubject;
  /** See `buildLastingKey`. */
  readonly lastingKey: string;
  /** One per context concerned. */
  readonly questions: readonly Question[];
  /** Names, in the same order. */
  readonly contexts: readonly string[];
}

interface Judged {
  /** null: it went no further than its arrival. */
  readonly arrived: ArrivedRead | null;
  /** null: there is none, or it was not looked at. */
  readonly token: MwtResult | null;
}

export type Understanding =
  | (Judged & { readonly bypass: BypassReason; readonly read: CacheRead | null })
  | (Judged & { readonly bypass: null; readonly read: CacheRead });

export interface ReadContext {
  readonly policy: PreparedPolicy;
  readonly cache: CacheMemory;
  readonly nowMs: number;
}

export async function understandRead(
  request: ReadRequest,
  context: ReadContext,
): Promise<Understanding> {
  const { policy } = context;
  const { headers } = request;
  const arrival = judgeArrival(request, policy);
  if (typeof arrival === "string") {
    return { bypass: arrival, arrived: null, token: null, read: null };
  }
  const tokenText = headers.get("x-mizan-token");
  const known = tokenText === null ? null : findToken(tokenText, context);
  const token = tokenText === null ? null : (known ?? (await verifyToken(tokenText, context)));
  const cookie = headers.get("cookie");
  const cookieNames = listCookieNames(cookie);
  const identity = decideIdentity({
    token,
    hasAuthorization: headers.has("authorization"),
    cookieNames,
    identityCookies: policy.allIdentityCookies,
    isUserScoped: arrival.isUserScoped,
  });
  if (identity.bypass !== null) {
    return { bypass: identity.bypass, arrived: arrival, token, read: null };
  }
  const parts = {
    arrived: arrival,
    token: tokenText,
    claims: identity.value,
    language: chooseLanguage(cookie, headers, policy),
  };
  const key = `${tokenText ?? ""}\n${parts.language?.code ?? ""}\n${request.url.href}`;
  const knownRead = policy.remembered.findRead(key);
  const read = knownRead ?? (await buildRead(request, policy, parts));
  if (knownRead === null) policy.remembered.rememberRead(key, read);
  return { bypass: findNeeds(read, cookieNames, request, context), arrived: arrival, token, read };
}

function judgeArrival(request: ReadRequest, policy: PreparedPolicy): ArrivedRead | BypassReason {
  const { arrived, method, match, url, scheme, host, headers } = request;
  const originHeader = headers.get("origin");
  if (arrived !== null && originHeader === null) return arrived;
  const facts = { isUpgrade: false, isStatic: false, method, match, rawQuery: url.search };
  const decision = decideArrival({ ...facts, scheme, host, originHeader }, policy.read);
  return decision.bypass ?? decision.value;
}

function findToken(token: string, { policy, cache, nowMs }: ReadContext): MwtResult | null {
  const claims = policy.mwt === null ? null : cache.tokens.find(token, policy.mwt, nowMs);
  return claims === null ? null : { ok: true, claims };
}

function verifyToken(
  token: string,
  { policy, cache, nowMs }: ReadContext,
): MwtResult | Promise<MwtResult> {
  if (policy.mwt === null) return { ok: false, reason: "signature" };
  return cache.tokens.verify(token, policy.mwt, nowMs);
}

function chooseLanguage(
  cookie: string | null,
  headers: ReadRequest["headers"],
  { languages, locale }: PreparedPolicy,
): ChosenLanguage | null {
  if (languages === null || locale === null) return null;
  return languages.choose(findCookie(cookie, locale.cookieName), headers.get("accept-language"));
}

type ReadParts = Pick<CacheRead, "arrived" | "token" | "claims" | "language">;

async function buildRead(
  { url, scheme, host }: ReadRequest,
  policy: PreparedPolicy,
  parts: ReadParts,
): Promise<CacheRead> {
  const { arrived, claims, language } = parts;
  const { match, concerns } = arrived;
  const isPage = match.kind === "page";
  const subject: StorageSubject = {
    kind: match.kind,
    scheme,
    host,
    page: isPage
      ? { patterns: match.pages.map(({ pattern }) => pattern.text), rawPath: url.pathname }
      : null,
    protocolKeys: await deriveKeys(concerns, claims?.sub ?? null, policy),
    claims,
    language: language?.code ?? null,
    buildId: isPage ? policy.buildId : null,
  };
  return {
    ...parts,
    route: buildRouteName(match),
    subject,
    lastingKey: buildLastingKey(subject),
    questions: concerns.map(toQuestion),
    contexts: concerns.map(({ context }) => context.name),
  };
}

async function deriveKeys(
  concerns: readonly Concern[],
  userId: string | null,
  { keys }: PreparedPolicy,
): Promise<readonly string[]> {
  const derived: string[] = [];
  for (const { context, parameters } of concerns) {
    const { name, rev } = context;
    derived.push(await keys.derive({ context: name, params: parameters, userId, rev }));
  }
  return derived;
}

function toQuestion({ context, parameters }: Concern): Question {
  const { name, params } = context;
  return { context: name, params, values: Object.fromEntries(parameters) };
}

function findNeeds(
  { route, lastingKey, language }: CacheRead,
  cookieNames: ReadonlySet<string>,
  { headers }: ReadRequest,
  { cache, nowMs }: ReadContext,
): BypassReason | null {
  const { needs } = cache;
  const varyNames = needs.findVaryNames(route, nowMs);
  return decideNeeds({
    hasBypassMarker: false, // one machine has no markers
    needsCookies:
      needs.needsCookies({ lastingKey, route, cookieNames }, nowMs) ||
      (language?.needsCookie ?? false),
    hasVaryHeader: varyNames.some((name) => headers.has(name)),
  });
}

/**
 * The last of that name counts, as in Django.
 * @param header value of `Cookie`; null: none
 */
function findCookie(header: string | null, name: string): string | null {
  let found: string | null = null;
  for (const chunk of header?.split(";") ?? []) {
    const end = chunk.indexOf("=");
    if (end < 0 || chunk.slice(0, end).trim() !== name) continue;
    found = chunk
      .slice(end + 1)
      .trim()
      .replace(/^"(.*)"$/, "$1");
  }
  return found;
}
