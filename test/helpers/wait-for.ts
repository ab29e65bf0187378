/** Waits for something to become true, and says what it waited for when it does not. */

import { setTimeout as sleep } from "node:timers/promises";

export interface WaitOptions {
  /** Default 10. */
  readonly timeoutSeconds?: number;
  /** Default 50. */
  readonly intervalMs?: number;
}

/**
 * Asks again and again until the answer is neither false, null nor undefined, and returns it.
 * An ask that throws counts as "not yet"; the last such error is the cause of the failure.
 */
export async function waitFor<T>(
  what: string,
  ask: () => T | Promise<T>,
  { timeoutSeconds = 10, intervalMs = 50 }: WaitOptions = {},
): Promise<Exclude<T, false | null | undefined>> {
  const deadlineMs = performance.now() + timeoutSeconds * 1000;
  let cause: unknown;
  do {
    try {
      const answer = await ask();
      if (isThere(answer)) return answer;
    } catch (error) {
      cause = error;
    }
    await sleep(intervalMs);
  } while (performance.now() < deadlineMs);
  throw new Error(`waited ${timeoutSeconds} s in vain for ${what}`, { cause });
}

function isThere<T>(answer: T): answer is Exclude<T, false | null | undefined> {
  return answer !== false && answer !== null && answer !== undefined;
}
