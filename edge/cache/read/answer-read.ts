/** Answers a read of a context or page route: from memory, or by asking the origin (cache protocol, 3). */

import type { Outcome } from "../answer/cache-status.ts";
import { forwardRequest } from "../origin/forward-request.ts";
import { startTimer } from "../origin/start-timer.ts";
import type { CachedVisit } from "../visit.ts";
import { answerWithEntry } from "./answer-entry.ts";
import { findMisfit } from "./decide-read.ts";
import type { Entry } from "./entry-store.ts";
import { fetchReduced } from "./fetch-reduced.ts";
import { type Generation, joinStorageKey } from "./storage-key.ts";
import { type CacheRead, type Understanding, understandRead } from "./understand-read.ts";

export function answerRead(visit: CachedVisit): Response | Promise<Response> {
  const { request, url, scheme, host, startedAtMs: nowMs, cached } = visit;
  const { policy, cache, match, arrived } = cached;
  const { method, headers } = request;
  const understood = understandRead(
    { method, url, rawUrl: request.url, scheme, host, headers, match, arrived },
    { policy, cache, nowMs },
  );
  // A hit whose parts are known leaves in the turn in which it came.
  if (!(understood instanceof Promise)) return answerUnderstood(visit, understood);
  return understood.then((late) => answerUnderstood(visit, late));
}

function answerUnderstood(
  visit: CachedVisit,
  understood: Understanding,
): Response | Promise<Response> {
  const { request, url, host, startedAtMs: nowMs, cached } = visit;
  const { policy, cache, arrived } = cached;
  if (arrived === null && understood.arrived !== null) {
    policy.remembered.rememberArrival(request.url, { host, url, arrived: understood.arrived });
  }
  if (understood.bypass !== null) return forwardRequest(visit, understood.bypass);
  const { read } = understood;
  const reading = cache.authority.read(read.questions, nowMs);
  if (reading.obstacle !== null) {
    return keepAlive(visit, fetchReduced(visit, read, { bypass: reading.obstacle }));
  }
  const key = findStorageKey(read, reading);
  const entry = cache.entries.get(key, nowMs);
  if (entry !== null) return answerFrom(entry, visit, read, buildHit(entry, nowMs));
  return keepAlive(visit, fetchOrJoin(visit, read, { key, isLagging: reading.isLagging }));
}

interface KnownKey extends Generation {
  readonly key: string;
}

/** The same text for the same numbers: it is put together, and hashed, once. */
const knownKeys = new WeakMap<CacheRead, KnownKey>();

function findStorageKey(read: CacheRead, { incarnation, numbers }: Generation): string {
  const known = knownKeys.get(read);
  const isSame =
    known?.incarnation === incarnation &&
    numbers.every((number, index) => number === known.numbers[index]);
  if (isSame) return known.key;
  const key = joinStorageKey(read.lastingKey, { incarnation, numbers });
  knownKeys.set(read, { incarnation, numbers, key });
  return key;
}

/** Whoever asked first may be one whom the origin lets wait. */
const FOLLOW_MS = 5000;

interface Place {
  readonly key: string;
  readonly isLagging: boolean;
}

/** One question for all that ask the same at once; whoever cannot share its answer asks alone. */
async function fetchOrJoin(visit: CachedVisit, read: CacheRead, place: Place): Promise<Response> {
  const { cache } = visit.cached;
  const underWay = cache.flights.find(place.key);
  if (underWay === null) {
    // Only what may be stored is shared, and the answer to a HEAD never is.
    const flight = visit.request.method === "GET" ? cache.flights.begin(place.key) : null;
    try {
      return await fetchReduced(visit, read, { bypass: null, ...place, flight });
    } catch (error) {
      flight?.land(null);
      throw error;
    }
  }
  const stored = await follow(underWay);
  // An origin may have taken longer over it than the answer may be old for this request.
  if (stored === null || visit.startedAtMs - stored.askedAtMs >= stored.ttlMs) {
    return fetchReduced(visit, read, { bypass: null, ...place, flight: null });
  }
  const outcome = { kind: "miss", notStored: null, originStatus: 200, isCollapsed: true } as const;
  return answerFrom(stored, visit, read, outcome);
}

/** @returns null: nothing was stored, or not in time; the origin may have reasons to let that one wait */
async function follow(underWay: Promise<Entry | null>): Promise<Entry | null> {
  const timer = startTimer(FOLLOW_MS);
  const stored = await Promise.race([underWay, timer.rang]);
  timer.stop();
  return stored ?? null;
}

/** Followers wait for a fetch whose own client may have gone. */
function keepAlive(visit: CachedVisit, answered: Promise<Response>): Promise<Response> {
  visit.waitUntil(answered.catch(() => undefined)); // whoever awaits the answer gets the error
  return answered;
}

function buildHit({ askedAtMs, ttlMs }: Entry, nowMs: number): Outcome {
  return { kind: "hit", remainingTtlMs: askedAtMs + ttlMs - nowMs };
}

function answerFrom(
  entry: Entry,
  visit: CachedVisit,
  { contexts }: CacheRead,
  outcome: Outcome,
): Response | Promise<Response> {
  const { request, startedAtMs, cached } = visit;
  const misfit = findMisfit(entry, request.headers, cached.policy.sessionCookie);
  if (misfit !== null) return forwardRequest(visit, misfit);
  cached.cache.counters.count(outcome, contexts);
  return answerWithEntry(entry, visit, { outcome, startedAtMs });
}
