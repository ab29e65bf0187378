/** Puts a question to the origin of a slot, again where that is safe. */

import { type Attempts, decideRetryMs, hasReachedApp } from "./retry-policy.ts";

export interface OriginQuestion {
  readonly origin: Pick<Fetcher, "fetch">;
  /** Called for each attempt: a request can be sent once. */
  readonly build: () => Request;
  /** See `isRepeatable`. */
  readonly isRepeatable: boolean;
}

export interface OriginAnswer {
  readonly response: Response;
  /** Unix ms of the first attempt. */
  readonly askedAtMs: number;
  /** Until the answer's first byte. */
  readonly originMs: number;
}

/** @returns null if the origin gave no answer, after as many attempts as are safe */
export async function askOrigin(question: OriginQuestion): Promise<OriginAnswer | null> {
  const { origin, build, isRepeatable } = question;
  const askedAtMs = Date.now();
  let attempts: Attempts = { count: 0, reachedApp: 0, elapsedMs: 0 };
  for (;;) {
    const attemptStartedMs = Date.now();
    try {
      // Compressed bodies pass as they are: neither length nor ETag would fit others.
      const response = await origin.fetch(build(), { encodeResponseBody: "manual" });
      return { response, askedAtMs, originMs: Date.now() - askedAtMs };
    } catch (error) {
      const nowMs = Date.now();
      attempts = {
        count: attempts.count + 1,
        reachedApp: attempts.reachedApp + (hasReachedApp(nowMs - attemptStartedMs) ? 1 : 0),
        elapsedMs: nowMs - askedAtMs,
      };
      const delayMs = isRepeatable ? decideRetryMs(attempts) : null;
      if (delayMs === null) {
        console.error(`no answer from the origin: ${String(error)}`);
        return null;
      }
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }
}
