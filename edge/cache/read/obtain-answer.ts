/** Asks the origin once for all that ask the same at once; whoever cannot share that answer asks alone. */

import { startTimer } from "../origin/start-timer.ts";
import type { CachedVisit } from "../visit.ts";
import type { Entry } from "./entry-store.ts";
import { fetchReduced } from "./fetch-reduced.ts";
import type { CacheRead } from "./understand-read.ts";

/** Whoever asked first may be one whom the origin lets wait. */
const FOLLOW_MS = 5000;

export interface Place {
  /** Of the numbers that were read before. */
  readonly key: string;
  readonly isLagging: boolean;
}

/** What another request has asked for and stored, or an answer to this one alone. */
export type Obtained =
  | { readonly joined: Entry }
  | {
      readonly response: Response;
      /** What became of it, as soon as it is known; null: not stored, or whether is not known. */
      readonly stored: Promise<Entry | null>;
    };

export async function obtainAnswer(
  visit: CachedVisit,
  read: CacheRead,
  place: Place,
): Promise<Obtained> {
  const { cache } = visit.cached;
  const underWay = cache.flights.find(place.key);
  if (underWay === null) return lead(visit, read, place);
  const stored = await follow(underWay);
  // An origin may have taken longer over it than the answer may be old for this request.
  if (stored === null || visit.startedAtMs - stored.askedAtMs >= stored.ttlMs) {
    const response = await fetchReduced(visit, read, { bypass: null, ...place, flight: null });
    return { response, stored: Promise.resolve(null) };
  }
  return { joined: stored };
}

async function lead(visit: CachedVisit, read: CacheRead, place: Place): Promise<Obtained> {
  const { cache } = visit.cached;
  // Only what may be stored is shared, and the answer to a HEAD never is.
  const flight = visit.request.method === "GET" ? cache.flights.begin(place.key) : null;
  const stored = cache.flights.find(place.key) ?? Promise.resolve(null);
  try {
    const response = await fetchReduced(visit, read, { bypass: null, ...place, flight });
    return { response, stored };
  } catch (error) {
    flight?.land(null);
    throw error;
  }
}

/** @returns null: nothing was stored, or not in time; the origin may have reasons to let that one wait */
export async function follow(underWay: Promise<Entry | null>): Promise<Entry | null> {
  const timer = startTimer(FOLLOW_MS);
  const stored = await Promise.race([underWay, timer.rang]);
  timer.stop();
  return stored ?? null;
}
