/** Reads one context for a declared page, as a GET of its own would: from the cache, or by asking the origin. */

import type { Reading } from "../../authority/authority-interface.ts";
import { forwardRequest } from "../origin/forward-request.ts";
import { isUnreachable } from "../origin/pass-on.ts";
import { readBody } from "../origin/read-body.ts";
import { findMisfit } from "../read/decide-read.ts";
import type { Entry } from "../read/entry-store.ts";
import { fetchReduced } from "../read/fetch-reduced.ts";
import { findStorageKey } from "../read/known-keys.ts";
import { obtainAnswer } from "../read/obtain-answer.ts";
import type { CacheRead } from "../read/understand-read.ts";
import type { CachedVisit, Visit } from "../visit.ts";
import type { AskedContext } from "./arrived-page.ts";
import { readErrorCode, readJsonLine } from "./context-json.ts";
import { pickGuardHeaders } from "./guard-headers.ts";
import type { ContextAnswer } from "./page-content.ts";
import type { UnderstoodContext } from "./understand-page.ts";

export interface ContextQuestion {
  readonly asked: AskedContext;
  readonly understood: UnderstoodContext;
  /** Numbers, read in one step with those of all others of the page; null: it bypasses. */
  readonly reading: Reading | null;
  /** @returns false: there is no room for so many bytes more */
  readonly admit: (bytes: number) => boolean;
}

/** Of one context; the same as Render takes for all of a page's (`RENDER_LIMIT.propsBytes`). */
const LARGEST_BYTES = 4 * 1024 * 1024;
/** From the answer's head to its end. */
const LONGEST_BODY_MS = 15_000;

/** Looks into the cache in the same turn. Never rejects. */
export async function readContext(visit: Visit, question: ContextQuestion): Promise<ContextAnswer> {
  try {
    return await read(visit, question);
  } catch (error) {
    console.error(`context ${question.asked.declared.name}: ${String(error)}`);
    return { error: { status: 0, code: "" }, setCookies: [], guards: [] };
  }
}

async function read(visit: Visit, question: ContextQuestion): Promise<ContextAnswer> {
  const { asked, understood, reading, admit } = question;
  const own = buildContextVisit(visit, asked);
  const { bypass } = understood;
  if (!isCached(own) || understood.read === null || reading === null || bypass !== null) {
    return takeResponse(await forwardRequest(own, bypass ?? "no-rule"), admit);
  }
  if (reading.obstacle !== null) {
    const purpose = { bypass: reading.obstacle };
    return takeResponse(await fetchReduced(own, understood.read, purpose), admit);
  }
  return readThroughCache(own, understood.read, reading, admit);
}

async function readThroughCache(
  visit: CachedVisit,
  read: CacheRead,
  reading: Extract<Reading, { obstacle: null }>,
  admit: ContextQuestion["admit"],
): Promise<ContextAnswer> {
  const { startedAtMs: nowMs, cached } = visit;
  const key = findStorageKey(read, reading);
  const entry = cached.cache.entries.get(key, nowMs);
  if (entry !== null) return takeEntry(visit, read, { entry, isHit: true }, admit);
  const place = { key, isLagging: reading.isLagging };
  const obtained = await obtainAnswer(visit, read, place);
  if ("joined" in obtained) {
    return takeEntry(visit, read, { entry: obtained.joined, isHit: false }, admit);
  }
  const stored = await obtained.stored;
  if (stored === null) return takeResponse(obtained.response, admit);
  await obtained.response.body?.cancel();
  return buildFromEntry(stored);
}

interface Found {
  readonly entry: Entry;
  /** false: another request's fetch has just stored it. */
  readonly isHit: boolean;
}

async function takeEntry(
  visit: CachedVisit,
  { contexts }: CacheRead,
  { entry, isHit }: Found,
  admit: ContextQuestion["admit"],
): Promise<ContextAnswer> {
  const { request, cached, startedAtMs } = visit;
  const misfit = findMisfit(entry, request.headers, cached.policy.sessionCookie);
  if (misfit !== null) return takeResponse(await forwardRequest(visit, misfit), admit);
  const remainingTtlMs = entry.askedAtMs + entry.ttlMs - startedAtMs;
  const joined = { kind: "miss", notStored: null, originStatus: 200, isCollapsed: true } as const;
  const outcome = isHit ? ({ kind: "hit", remainingTtlMs } as const) : joined;
  cached.cache.counters.count(outcome, contexts);
  return buildFromEntry(entry);
}

/**
 * What varies by a header of the request is in the entry for this one alone: a page of it is not stored.
 * But for `Origin`, which every answer of an app with django-cors-headers varies by: whoever has it gets a
 * page made anew (`understand-page.ts`).
 */
function buildFromEntry({ headers, body, varyNames, askedAtMs, ttlMs }: Entry): ContextAnswer {
  const json = readJsonLine(body);
  const guards = pickGuardHeaders(new Headers(headers as [string, string][])); // only read
  if (json === null) return { error: { status: 200, code: "" }, setCookies: [], guards };
  const isShared = varyNames.every((name) => name === "origin");
  return { json, setCookies: [], guards, kept: isShared ? { askedAtMs, ttlMs } : null };
}

async function takeResponse(
  response: Response,
  admit: ContextQuestion["admit"],
): Promise<ContextAnswer> {
  const setCookies = response.headers.getSetCookie();
  const guards = pickGuardHeaders(response.headers);
  const status = isUnreachable(response) ? 0 : response.status;
  const limits = { maxBytes: LARGEST_BYTES, timeoutMs: LONGEST_BODY_MS, admit };
  const body = response.body === null ? new Uint8Array() : await readBody(response.body, limits);
  if (typeof body === "string") return { error: { status: 0, code: "" }, setCookies, guards };
  if (status !== 200) return { error: { status, code: readErrorCode(body) }, setCookies, guards };
  const json = readJsonLine(body);
  if (json === null) return { error: { status, code: "" }, setCookies, guards };
  return { json, setCookies, guards, kept: null };
}

function isCached(visit: Visit): visit is CachedVisit {
  return visit.cached !== null;
}

/** Those of the page that say what it wants of the page, not who asks. */
const PAGE_HEADERS = [
  "content-length",
  "content-type",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "purpose",
  "range",
  "sec-fetch-dest",
  "sec-fetch-mode",
  "sec-fetch-user",
  "sec-purpose",
  "upgrade-insecure-requests",
];

/** The page's request, for the context: whoever asks, and with whatever he asks, is the same. */
function buildContextVisit(visit: Visit, { declared, url }: AskedContext): Visit {
  const headers = new Headers(visit.request.headers);
  for (const name of PAGE_HEADERS) headers.delete(name);
  headers.set("accept", "application/json");
  headers.set("accept-encoding", "identity"); // it is read here
  // Not by way of a copy: a GET may have a body, which goes with the first copy and fails the next.
  const { cf } = visit.request; // where the client is
  const init: RequestInit = { method: "GET", headers, redirect: "manual" };
  const request = new Request(url.href, cf === undefined ? init : { ...init, cf });
  const match = { kind: "context", context: declared.name } as const;
  const cached = visit.cached === null ? null : { ...visit.cached, match, arrived: null };
  return { ...visit, request, url, cached };
}
