/** Answers a read of a context or page route: from memory, or by asking the origin (cache protocol, 3). */

import type { Outcome } from "../answer/cache-status.ts";
import { forwardRequest } from "../origin/forward-request.ts";
import type { CachedVisit } from "../visit.ts";
import { answerWithEntry } from "./answer-entry.ts";
import { findMisfit } from "./decide-read.ts";
import type { Entry } from "./entry-store.ts";
import { fetchReduced } from "./fetch-reduced.ts";
import { findStorageKey } from "./known-keys.ts";
import { obtainAnswer, type Place } from "./obtain-answer.ts";
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

async function fetchOrJoin(visit: CachedVisit, read: CacheRead, place: Place): Promise<Response> {
  const obtained = await obtainAnswer(visit, read, place);
  if ("response" in obtained) return obtained.response;
  const outcome = { kind: "miss", notStored: null, originStatus: 200, isCollapsed: true } as const;
  return answerFrom(obtained.joined, visit, read, outcome);
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
