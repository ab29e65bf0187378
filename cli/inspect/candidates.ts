/** What was looked at for a fact: the value that won, the others, and why each did or did not. */

import type { MizanError } from "../../infra/contract/errors.ts";
import type { Candidate, Fact } from "./facts.ts";

/** A candidate before it is known whether it wins. */
export type Contender = Omit<Candidate, "isChosen">;

/** @returns The chosen one first; the others in the order given, each value and place once. */
export function listCandidates(
  chosen: Contender,
  others: readonly Contender[],
): readonly Candidate[] {
  const seen = new Set([keyOf(chosen)]);
  const rest = others.filter((other) => {
    const isNew = !seen.has(keyOf(other));
    seen.add(keyOf(other));
    return isNew;
  });
  return [{ ...chosen, isChosen: true }, ...rest.map((other) => ({ ...other, isChosen: false }))];
}

/** What a fact that gave way had looked at, none of it chosen. @param why Why its own value lost. */
export function listBeaten(fact: Fact, why: string): readonly Contender[] {
  const { value, from } = fact;
  const others = (fact.considered ?? []).filter(({ isChosen }) => !isChosen);
  return [{ value, from, why }, ...others.map(({ isChosen: _, ...other }) => other)];
}

/** Candidates of a detection that could not decide: what the error names, else the error itself. */
export function listUndecided(error: MizanError): readonly Contender[] {
  const { candidates, files } = error.details ?? {};
  if (!Array.isArray(candidates))
    return [{ value: null, from: "without the config", why: error.message }];
  return candidates.map((value: unknown, index) => {
    const file: unknown = Array.isArray(files) ? files[index] : undefined;
    return { value, from: String(file ?? value), why: error.message };
  });
}

/** `why` of a candidate that agrees with the chosen one. */
export const SAME = "says the same";

/** Why a value is not the one: a place that says the same has not lost. */
export function explainLoss(value: unknown, chosen: unknown, otherwise: string): string {
  return JSON.stringify(value) === JSON.stringify(chosen) ? SAME : otherwise;
}

/** True for what a detector says when it found nothing: no candidate of anything. */
export function isNothing(value: unknown): boolean {
  if (value === null || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

function keyOf({ value, from }: Contender): string {
  return JSON.stringify([value, from]);
}
