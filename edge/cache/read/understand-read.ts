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
import type { Concern } from "./request-parameters.ts";
import { buildLastingKey, type StorageSubject } from "./storage-key.ts";

/** A request as far as a read depends on it. */
export interface ReadRequest {
  readonly method: string;
  readonly url: URL;
  /** Its text as it came: reading `url.href` costs more. */
  readonly rawUrl: string;
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

/** Where all is known already, in the same turn: for a hit a promise would cost more than all else. */
export function understandRead(
  request: ReadRequest,
  context: ReadContext,
): Understanding | Promise<Understanding> {
  const arrived = judgeArrival(request, context.policy);
  if (typeof arrived === "string") {
    return { bypass: arrived, arrived: null, token: null, read: null };
  }
  const text = request.headers.get("x-mizan-token");
  const token = text === null ? null : judgeToken(text, context);
  if (!(token instanceof Promise)) return identify(request, context, { arrived, text, token });
  return token.then((judged) => identify(request, context, { arrived, text, token: judged }));
}

interface Asker {
  readonly arrived: ArrivedRead;
  /** Value of `X-Mizan-Token`; null: none. */
  readonly text: string | null;
  /** What is to be thought of it. */
  readonly token: MwtResult | null;
}

function identify(
  request: ReadRequest,
  context: ReadContext,
  { arrived, text, token }: Asker,
): Understanding | Promise<Understanding> {
  const { headers } = request;
  const { policy } = context;
  const cookie = headers.get("cookie");
  const cookieNames = listCookieNames(cookie);
  const identity = decideIdentity({
    token,
    hasAuthorization: headers.has("authorization"),
    cookieNames,
    identityCookies: policy.allIdentityCookies,
    isUserScoped: arrived.isUserScoped,
  });
  if (identity.bypass !== null) return { bypass: identity.bypass, arrived, token, read: null };
  const language = chooseLanguage(cookie, headers, policy);
  const parts = { arrived, token: text, claims: identity.value, language };
  const finish = (read: CacheRead): Understanding => {
    return { bypass: findNeeds(read, cookieNames, request, context), arrived, token, read };
  };
  const key = buildReadKey(request, parts);
  const known = policy.remembered.findRead(key);
  if (known !== null) return finish(known);
  return buildRead(request, policy, parts).then((read) => {
    policy.remembered.rememberRead(key, read);
    return finish(read);
  });
}

/** The host as well: a default port is in its text, but not in the URL's. */
function buildReadKey({ host, rawUrl }: ReadRequest, { token, language }: ReadParts): string {
  return `${token ?? ""}\n${language?.code ?? ""}\n${host}\n${rawUrl}`;
}

function judgeArrival(request: ReadRequest, policy: PreparedPolicy): ArrivedRead | BypassReason {
  const { arrived, method, match, url, scheme, host, headers } = request;
  const originHeader = headers.get("origin");
  if (arrived !== null && originHeader === null) return arrived;
  const facts = { isUpgrade: false, isStatic: false, method, match, rawQuery: url.search };
  const decision = decideArrival({ ...facts, scheme, host, originHeader }, policy.read);
  return decision.bypass ?? decision.value;
}

/** At once what was verified before, and what no key could verify. */
function judgeToken(
  token: string,
  { policy, cache, nowMs }: ReadContext,
): MwtResult | Promise<MwtResult> {
  if (policy.mwt === null) return { ok: false, reason: "signature" };
  const claims = cache.tokens.find(token, policy.mwt, nowMs);
  return claims === null ? cache.tokens.verify(token, policy.mwt, nowMs) : { ok: true, claims };
}

/** @param cookie value of `Cookie`; null: none */
export function chooseLanguage(
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

/** What was seen, a short while ago, that reads like this one need. */
export function findNeeds(
  { lastingKey, language }: CacheRead,
  cookieNames: ReadonlySet<string>,
  { headers }: Pick<ReadRequest, "headers">,
  { cache, nowMs }: Pick<ReadContext, "cache" | "nowMs">,
): BypassReason | null {
  const { needs } = cache;
  const varyNames = needs.findVaryNames(lastingKey, nowMs);
  return decideNeeds({
    hasBypassMarker: false, // one machine has no markers
    needsCookies:
      needs.needsCookies({ lastingKey, cookieNames }, nowMs) || (language?.needsCookie ?? false),
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
