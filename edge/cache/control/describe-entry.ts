/** Says of a stored answer how old it is, and for how long it answers. Pure. */

import type { ExplainAnswer } from "../contract.ts";
import type { Entry } from "../read/entry-store.ts";

/** @param entry null: there is none */
export function describeEntry(entry: Entry | null, nowMs: number): Partial<ExplainAnswer> {
  if (entry === null) return { outcome: "MISS", reason: null };
  const ageMs = nowMs - entry.askedAtMs;
  return { outcome: "HIT", reason: null, ageMs, remainingTtlMs: entry.ttlMs - ageMs };
}
