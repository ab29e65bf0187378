/** When a request that got no answer may be asked again. Pure. */

/**
 * The supervisor starts an origin that was killed at once; Django needs a moment to import the app.
 * Well below the 5 s after which a user counts an answer as lost (design D5).
 */
const PATIENCE_MS = 3000;
const FIRST_DELAY_MS = 25;
const LONGEST_DELAY_MS = 200;

/** A refused connection fails in a moment. One that took longer had probably reached the app. */
const REACHED_APP_AFTER_MS = 100;

/** A request that itself kills the process (out of memory, segfault) must not kill many. */
const MOST_TIMES_REACHED = 2;

export interface Attempts {
  /** So far, the failed one included. */
  readonly count: number;
  /** Of them, those that probably reached the app. */
  readonly reachedApp: number;
  /** Since the first began. */
  readonly elapsedMs: number;
}

export function hasReachedApp(attemptMs: number): boolean {
  return attemptMs >= REACHED_APP_AFTER_MS;
}

/**
 * Only what changes nothing and has no body is ever repeated. workerd reports a refused connection
 * and one lost after the request was sent with the same error ("Network connection lost."), so a
 * POST that failed cannot be proven unsent.
 */
export function isRepeatable(method: string, hasBody: boolean): boolean {
  return !hasBody && (method === "GET" || method === "HEAD");
}

/** @returns how long to wait before the next attempt, or null to give up */
export function decideRetryMs(attempts: Attempts): number | null {
  if (attempts.reachedApp >= MOST_TIMES_REACHED) return null;
  const delayMs = Math.min(FIRST_DELAY_MS * 2 ** (attempts.count - 1), LONGEST_DELAY_MS);
  return attempts.elapsedMs + delayMs > PATIENCE_MS ? null : delayMs;
}
