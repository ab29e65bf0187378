/**
 * Finds what the manifest says about a path: a context endpoint, the call endpoint, a mutation's own
 * route or pages. A lookup walks the path's segments; how many routes there are does not matter.
 */

import { splitCanonicalPath, splitDecodedPath } from "./canonical-path.ts";
import type { Manifest, ManifestMutation } from "./manifest.ts";
import { PatternTree } from "./pattern-tree.ts";
import { isSamePattern, parseUrlPattern, type UrlPattern } from "./url-pattern.ts";

/** Parameter to its decoded text. */
export type Parameters = ReadonlyMap<string, string>;

/** One pattern of one context that the path fits. */
export interface PageMatch {
  readonly context: string;
  readonly pattern: UrlPattern;
  /** Bound by the path. */
  readonly parameters: Parameters;
}

export type RouteMatch =
  | { readonly kind: "context"; readonly context: string }
  | { readonly kind: "call" }
  /** Functions whose route this is: which one answers is the app's affair. */
  | { readonly kind: "mutation"; readonly mutations: readonly ManifestMutation[] }
  /** Every context that the path concerns, in the order of name and pattern. */
  | { readonly kind: "page"; readonly pages: readonly PageMatch[] };

/** A pattern that is not understood, and whose it is. */
export interface UnreadablePattern {
  /** Name of the context or mutation. */
  readonly owner: string;
  readonly pattern: string;
}

interface PageOwner {
  readonly context: string;
  readonly pattern: UrlPattern;
}

export class RouteTable {
  /** While there is one, no page is matched: it could concern any path. */
  readonly unreadable: readonly UnreadablePattern[];
  readonly #endpoints = new Map<string, string>();
  readonly #calls: ReadonlySet<string>;
  readonly #mutations = new PatternTree<ManifestMutation>();
  readonly #pages = new PatternTree<PageOwner>();

  constructor({ contexts, mutations, bases }: Manifest) {
    const unreadable: UnreadablePattern[] = [];
    this.#calls = new Set(bases.map((base) => `${base}call/`));
    for (const { name, endpoints, pageRoutes } of contexts.values()) {
      for (const endpoint of endpoints) this.#endpoints.set(endpoint, name);
      for (const text of pageRoutes) {
        const pattern = parseUrlPattern(text);
        if (pattern === null) unreadable.push({ owner: name, pattern: text });
        else this.#pages.add(pattern, { context: name, pattern });
      }
    }
    for (const mutation of mutations.values()) {
      if (mutation.route === null) continue;
      const pattern = parseUrlPattern(mutation.route);
      if (pattern === null) unreadable.push({ owner: mutation.name, pattern: mutation.route });
      else this.#mutations.add(pattern, mutation);
    }
    this.unreadable = unreadable;
  }

  /**
   * What could be cached is matched exactly as spelled; what could write is found in any spelling.
   * @param rawPath percent-encoded path of a parsed URL
   */
  match(rawPath: string): RouteMatch | null {
    const context = this.#endpoints.get(rawPath);
    if (context !== undefined) return { kind: "context", context };
    const decoded = splitDecodedPath(rawPath);
    if (decoded === null) return null;
    if (this.#calls.has(`/${decoded.join("/")}`)) return { kind: "call" };
    const mutations = this.#mutations.find(decoded).map(({ value }) => value);
    if (mutations.length > 0) return { kind: "mutation", mutations };
    return this.unreadable.length === 0 ? this.#matchPages(rawPath) : null;
  }

  #matchPages(rawPath: string): RouteMatch | null {
    const segments = splitCanonicalPath(rawPath);
    if (segments === null) return null;
    const pages = this.#pages
      .find(segments)
      .map(({ value, parameters }) => ({ ...value, parameters }))
      .sort(comparePages);
    return pages.length === 0 ? null : { kind: "page", pages };
  }
}

function comparePages(a: PageMatch, b: PageMatch): number {
  if (a.context !== b.context) return a.context < b.context ? -1 : 1;
  return a.pattern.text < b.pattern.text ? -1 : 1;
}

/**
 * Whether the app resolved the path to one of the patterns it was matched to. If it did not,
 * (`/:slug/` also fits `/login/`), the answer is another view's and may not be stored.
 * @param resolved as the runtime reports it, decoded; null: it did not
 */
export function isResolvedAsMatched(pages: readonly PageMatch[], resolved: string | null): boolean {
  const pattern = resolved === null ? null : parseUrlPattern(resolved);
  return pattern !== null && pages.some((page) => isSamePattern(page.pattern, pattern));
}
