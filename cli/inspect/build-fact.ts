/** Builds a fact with the line of the config file that would override it. */

import type { Confidence, Fact, FactKey, FactValues } from "./facts.ts";

/**
 * @param from `file:line`, a setting, `mizan.config`, or why nothing was found.
 */
export function buildFact<K extends FactKey>(
  key: K,
  value: FactValues[K],
  from: string,
  confidence: Confidence,
): Fact<FactValues[K]> {
  return { value, from, confidence, override: buildOverride(key, value) };
}

/** The config line that sets the fact to the value it has, to copy and change. */
function buildOverride(key: FactKey, value: unknown): string {
  if (key.startsWith("settings.")) return "in the app's settings";
  const shown =
    typeof value === "string" || typeof value === "boolean" ? JSON.stringify(value) : "…";
  return `facts: { ${JSON.stringify(key)}: ${shown} }`;
}
