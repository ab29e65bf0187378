/** Reads the parameters of a cacheable request: known names, each once, everything else bypasses. */

import type { ManifestContext } from "../manifest/manifest.ts";
import type { Parameters, RouteMatch } from "../manifest/route-table.ts";

/** A context that the request concerns, and what it says about it. */
export interface Concern {
  readonly context: ManifestContext;
  readonly parameters: Parameters;
}

export interface RequestParameters {
  /** In the order of the match. */
  readonly concerns: readonly Concern[];
  /** What the origin is asked with instead of the query that came: sorted, one spelling, no `?`. */
  readonly query: string;
}

export type CacheableMatch = Extract<RouteMatch, { kind: "context" | "page" }>;

/** One text per route of the manifest: for counts, and for what is remembered about a route. */
export function buildRouteName(match: CacheableMatch): string {
  if (match.kind === "context") return `context ${match.context}`;
  return `page ${match.pages.map(({ context, pattern }) => `${context} ${pattern.text}`).join(" | ")}`;
}

/** Longer than any that a person or a client library makes; gunicorn's own limit for the line is 4094. */
const LONGEST_QUERY = 2048;

/**
 * @param rawQuery as it came, with or without its `?`
 * @param contexts of the manifest that the match was made with
 * @returns null: an unknown or repeated name, or a query that another parser could read otherwise
 */
export function readRequestParameters(
  match: CacheableMatch,
  rawQuery: string,
  contexts: ReadonlyMap<string, ManifestContext>,
): RequestParameters | null {
  const asked = parseQuery(rawQuery);
  if (asked === null) return null;
  const targets: readonly { context: string; parameters: Parameters }[] =
    match.kind === "page" ? match.pages : [{ context: match.context, parameters: new Map() }];
  const known = new Set<string>();
  const concerns: Concern[] = [];
  for (const { context: name, parameters: bound } of targets) {
    const context = contexts.get(name);
    if (context === undefined) throw new Error(`the manifest has no context ${name}`);
    const own = context.params.filter((param) => asked.has(param));
    // What the path says already is said twice.
    if ([...bound.keys()].some((param) => asked.has(param))) return null;
    for (const param of own) known.add(param);
    const parameters = new Map(bound);
    for (const param of own) parameters.set(param, asked.get(param) ?? "");
    concerns.push({ context, parameters });
  }
  if ([...asked.keys()].some((param) => !known.has(param))) return null;
  return { concerns, query: buildQuery(asked) };
}

/** @returns null: repeated, undecodable, or divided by `;`, which older Pythons take for `&` */
function parseQuery(rawQuery: string): Parameters | null {
  const query = rawQuery.startsWith("?") ? rawQuery.slice(1) : rawQuery;
  const parameters = new Map<string, string>();
  if (query === "") return parameters;
  if (query.length > LONGEST_QUERY || query.includes(";")) return null;
  for (const pair of query.split("&")) {
    if (pair === "") continue; // as Django's own parser does
    const end = pair.indexOf("=");
    const name = decode(end < 0 ? pair : pair.slice(0, end));
    const value = decode(end < 0 ? "" : pair.slice(end + 1));
    if (name === null || value === null || parameters.has(name)) return null;
    parameters.set(name, value);
  }
  return parameters;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return null; // the one error that it throws: malformed
  }
}

function buildQuery(parameters: Parameters): string {
  return [...parameters]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join("&");
}
