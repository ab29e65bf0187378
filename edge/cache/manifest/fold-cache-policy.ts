/** `rev` and `cache` of a context, which stand on it or on its functions (protocol 1.4). */

import type { Fields, ManifestProblems } from "./manifest-problems.ts";

/** An object that may have the two keys, and its place in the manifest. */
export interface PolicyHolder {
  readonly fields: Fields;
  readonly at: string;
}

/** The context's own value, else the highest of its functions'. */
export function foldRev(
  problems: ManifestProblems,
  own: PolicyHolder,
  functions: readonly PolicyHolder[],
): number {
  const revs = functions.map((holder) => readRev(problems, holder) ?? 0);
  return readRev(problems, own) ?? Math.max(0, ...revs);
}

function readRev(problems: ManifestProblems, { fields, at }: PolicyHolder): number | null {
  const rev = fields["rev"] ?? null;
  if (rev === null) return null;
  if (typeof rev === "number" && Number.isSafeInteger(rev)) return rev;
  problems.error(`${at}.rev`, "not a whole number");
  return null;
}

/**
 * The context's own value, else the shortest of its functions', where `false` wins over all.
 * @returns seconds above 0, `true` (until invalidated) or `false` (never stored)
 */
export function foldCache(
  problems: ManifestProblems,
  own: PolicyHolder,
  functions: readonly PolicyHolder[],
): number | boolean {
  const values = functions.map((holder) => readCache(problems, holder));
  const ownValue = readCache(problems, own);
  if (ownValue !== null) return ownValue;
  if (values.includes(false)) return false;
  const seconds = values.filter((value) => typeof value === "number");
  return seconds.length === 0 ? true : Math.min(...seconds);
}

function readCache(
  problems: ManifestProblems,
  { fields, at }: PolicyHolder,
): number | boolean | null {
  const cache = fields["cache"] ?? null;
  if (cache === null || typeof cache === "boolean") return cache;
  if (typeof cache === "number" && cache >= 0) return cache === 0 ? false : cache;
  problems.error(`${at}.cache`, "not true, false or seconds");
  return false;
}
