/** Runs a property and says in words what broke it. */

import fc from "fast-check";

export interface RunOptions {
  readonly runs: number;
  /** Default: another one each time. */
  readonly seed?: number;
  /** Look for the smallest example; costs time. */
  readonly shrinks?: boolean;
}

/** @returns the complaint, the example and how to repeat it; null: none found */
export function runProperty<T extends [unknown, ...unknown[]]>(
  property: fc.IProperty<T>,
  { runs, seed, shrinks = false }: RunOptions,
): string | null {
  const seeding = seed === undefined ? {} : { seed };
  const details = fc.check(property, { numRuns: runs, endOnFailure: !shrinks, ...seeding });
  if (!details.failed) return null;
  const { errorInstance, counterexample } = details;
  const complaint = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return `${complaint}\nseed ${details.seed}: ${fc.stringify(counterexample)}`;
}
