/** Decides whether a page may be kept, and what it is as old as (design D8). Pure. */

import type { StoreRefusal } from "../read/decide-store.ts";
import type { ContextAnswer, Kept, RenderedBy } from "./page-content.ts";
import type { Verdict } from "./page-stream.ts";

/**
 * Stamped with the oldest of its contexts' stamps, until the first of them is over. (The least of their
 * times to live, counted from that stamp, would let a page of a long and a short one be over at birth.)
 * @param answers one per context; null: it has not arrived
 * @param bare of a page without contexts
 * @returns null: one of them may not be shared
 */
export function mergeKept(answers: readonly (ContextAnswer | null)[], bare: Kept): Kept | null {
  const all: Kept[] = [];
  for (const answer of answers) {
    if (answer === null || !("json" in answer) || answer.kept === null) return null;
    all.push(answer.kept);
  }
  if (all.length === 0) return bare;
  const askedAtMs = Math.min(...all.map((kept) => kept.askedAtMs));
  const endMs = Math.min(...all.map((kept) => kept.askedAtMs + kept.ttlMs));
  return { askedAtMs, ttlMs: endMs - askedAtMs };
}

export interface PageEndFacts {
  readonly by: RenderedBy;
  readonly verdict: Verdict;
  /** See `mergeKept`. */
  readonly kept: Kept | null;
}

/** @returns null: it is kept */
export function findPageRefusal({ by, verdict, kept }: PageEndFacts): StoreRefusal | null {
  if (kept === null) return "context";
  // What the SSR server or a boundary's fallback shows may be less than what Render shows the next time.
  return by === "render" && verdict === "complete" ? null : "render";
}
