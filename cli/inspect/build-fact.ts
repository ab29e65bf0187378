/** Builds a fact with the line of the config file that would override it. */

import type { Candidate, Confidence, Fact, FactKey, FactValues } from "./facts.ts";

/**
 * @param from `file:line`, a setting, `mizan.config`, or why nothing was found.
 * @param considered As `listCandidates` gives it; left out of the fact if it holds one candidate only.
 */
export function buildFact<K extends FactKey>(
  key: K,
  value: FactValues[K],
  from: string,
  confidence: Confidence,
  considered: readonly Candidate[] = [],
): Fact<FactValues[K]> {
  const fact = { value, from, confidence, override: buildOverride(key, value) };
  return considered.length > 1 ? { ...fact, considered } : fact;
}

/** The config line that sets the fact to the value it has, to copy and change. */
function buildOverride(key: FactKey, value: unknown): string {
  if (key.startsWith("settings.")) return "in the app's settings";
  const shown =
    typeof value === "string" || typeof value === "boolean" ? JSON.stringify(value) : "…";
  return `facts: { ${JSON.stringify(key)}: ${shown} }`;
}
