/** Names and sources of the app's environment variables, for people and for release records: never values. Pure. */
import type { Variables } from "./variable.ts";

/** Name → source, as a release record keeps it. */
export function buildVariableSources(variables: Variables): Readonly<Record<string, string>> {
  return Object.fromEntries([...variables].map(([name, { source }]) => [name, source]));
}

/** One line per source, in the order of their names: `.env: DEBUG, SECRET_KEY`. */
export function describeVariables(variables: Variables): readonly string[] {
  const bySource = new Map<string, string[]>();
  for (const [name, { source }] of variables) {
    bySource.set(source, [...(bySource.get(source) ?? []), name]);
  }
  return [...bySource]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([source, names]) => `${source}: ${names.join(", ")}`);
}
