/**
 * Answers a request for a declared page (design D8): from memory, or by having it rendered of its contexts.
 * The numbers of all its contexts are read in one step, before any of them is asked for.
 */

import type { Outcome } from "../answer/cache-status.ts";
import { answerWithEntry } from "../read/answer-entry.ts";
import type { Entry } from "../read/entry-store.ts";
import { findStorageKey } from "../read/known-keys.ts";
import { follow } from "../read/obtain-answer.ts";
import type { CachedVisit, Visit } from "../visit.ts";
import { buildArrivedPage } from "./arrived-page.ts";
import { composePage, type PagePurpose, type PageVisit } from "./compose-page.ts";
import type { PageMatch } from "./page-table.ts";
import { type PageRead, type UnderstoodPage, understandPage } from "./understand-page.ts";

type CachedPageVisit = PageVisit & CachedVisit;

/** Of a URL that has not been asked for before. */
export function answerNewPage(visit: Visit, match: PageMatch): Response | Promise<Response> {
  const { request, url, host, cached } = visit;
  const page = buildArrivedPage(match, url);
  cached?.policy.remembered.rememberArrival(request.url, { host, url, page });
  return answerPage({ ...visit, page });
}

export function answerPage(visit: PageVisit): Response | Promise<Response> {
  const { request, scheme, host, page, release, cached, startedAtMs: nowMs } = visit;
  const policy = cached?.policy ?? release.policy;
  if (policy === null) throw new Error("pages are declared with a manifest alone");
  const understood = understandPage(
    { page, scheme, host, headers: request.headers },
    { policy, cache: cached?.cache ?? null, nowMs },
  );
  // A hit whose parts are known leaves in the turn in which it came.
  if (!(understood instanceof Promise)) return answerUnderstood(visit, understood);
  return understood.then((late) => answerUnderstood(visit, late));
}

function answerUnderstood(
  visit: PageVisit,
  understood: UnderstoodPage,
): Response | Promise<Response> {
  const { startedAtMs: nowMs } = visit;
  const { bypass, read } = understood;
  if (!isCached(visit) || bypass !== null || read === null) {
    return compose(visit, understood, { bypass: bypass ?? "no-rule" });
  }
  const { authority, entries } = visit.cached.cache;
  const reading = authority.read(read.questions, nowMs);
  if (reading.obstacle !== null) return compose(visit, understood, { bypass: reading.obstacle });
  const key = findStorageKey(read, reading);
  const entry = entries.get(key, nowMs);
  if (entry === null) return keepAlive(visit, composeOrJoin(visit, understood, { key, read }));
  const remainingTtlMs = entry.askedAtMs + entry.ttlMs - nowMs;
  return answerFrom(entry, visit, read, { kind: "hit", remainingTtlMs });
}

function isCached(visit: PageVisit): visit is CachedPageVisit {
  return visit.cached !== null;
}

function compose(
  visit: PageVisit,
  understood: UnderstoodPage,
  purpose: PagePurpose,
): Promise<Response> {
  return keepAlive(visit, composePage(visit, understood, purpose));
}

/** So many renders of one page at once may stream, so that its first bytes wait for no late context. */
const MOST_STREAMS = 8;

interface Place {
  readonly key: string;
  readonly read: PageRead;
}

/** One render for all that ask for the same at once; whoever cannot share it gets his own. */
async function composeOrJoin(
  visit: CachedPageVisit,
  understood: UnderstoodPage,
  { key, read }: Place,
): Promise<Response> {
  const { flights } = visit.cached.cache;
  const underWay = flights.find(key);
  const isOwn = hasLate(visit) && visit.memory.renders.count(key) < MOST_STREAMS;
  if (underWay !== null && !isOwn) {
    const stored = await follow(underWay);
    if (stored !== null && visit.startedAtMs - stored.askedAtMs < stored.ttlMs) {
      const joined = {
        kind: "miss",
        notStored: null,
        originStatus: 200,
        isCollapsed: true,
      } as const;
      return answerFrom(stored, visit, read, joined);
    }
  }
  const flight = underWay === null ? flights.begin(key) : null;
  return lead(visit, understood, { bypass: null, key, subject: read.lastingKey, flight });
}

/** Whoever follows must hear of an end, whatever it is. */
async function lead(
  visit: CachedPageVisit,
  understood: UnderstoodPage,
  purpose: Extract<PagePurpose, { bypass: null }>,
): Promise<Response> {
  try {
    return await composePage(visit, understood, purpose);
  } catch (error) {
    purpose.flight?.land(null);
    throw error;
  }
}

function hasLate({ page }: PageVisit): boolean {
  return page.contexts.some(({ declared }) => declared.isLate);
}

/** Followers wait for a render whose own client may have gone. */
function keepAlive(visit: PageVisit, answered: Promise<Response>): Promise<Response> {
  visit.waitUntil(answered.catch(() => undefined)); // whoever awaits the answer gets the error
  return answered;
}

function answerFrom(
  entry: Entry,
  visit: CachedPageVisit,
  { contexts }: PageRead,
  outcome: Outcome,
): Response {
  const { counters } = visit.cached.cache;
  counters.count(outcome, contexts);
  counters.countPage(visit.page.page.pattern, "hits");
  return answerWithEntry(entry, visit, { outcome, startedAtMs: visit.startedAtMs });
}
