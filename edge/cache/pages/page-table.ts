/** The declared pages of one release: checked against its manifest, and found by path. */

import type { DeclaredContext, DeclaredPage, EdgePages } from "../contract.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { PatternTree } from "../manifest/pattern-tree.ts";
import type { Parameters } from "../manifest/route-table.ts";
import { listPatternNames, parseUrlPattern, type UrlPattern } from "../manifest/url-pattern.ts";
import { fail } from "../release/state-fields.ts";

export interface PreparedContext extends DeclaredContext {
  /** Where it is asked for. */
  readonly endpoint: string;
}

export interface PreparedPage extends DeclaredPage {
  readonly contexts: readonly PreparedContext[];
  /** Query parameters that it depends on; all others are ignored. */
  readonly queryNames: readonly string[];
}

export interface PageMatch {
  readonly page: PreparedPage;
  /** Of the path, decoded. */
  readonly parameters: Parameters;
}

interface Place {
  readonly page: PreparedPage;
  /** In the config. */
  readonly index: number;
}

/** How many pages there are does not matter for a look-up. */
export class PageTable {
  readonly document: EdgePages["document"];
  readonly #tree = new PatternTree<Place>();
  /** Of the manifest: no page takes them from the app, however wide its pattern is. */
  readonly #endpoints: ReadonlySet<string>;

  /** @throws {StateError} for a page that does not fit the manifest */
  constructor({ document, pages }: EdgePages, manifest: Manifest) {
    this.document = document;
    this.#endpoints = listEndpoints(manifest);
    for (const [index, declared] of pages.entries()) {
      const at = `live.pages.pages[${index}]`;
      const pattern = readPattern(declared.pattern, `${at}.pattern`);
      this.#tree.add(pattern, {
        page: preparePage(declared, { at, pattern, manifest }),
        index,
      });
    }
  }

  /**
   * @param rawPath percent-encoded path of a parsed URL; decoded segment by segment, so that an encoded
   *   slash divides nothing
   * @returns of several the first of the config; null: none, or a segment that does not decode
   */
  match(rawPath: string): PageMatch | null {
    const segments = this.#endpoints.has(rawPath) ? null : decodeSegments(rawPath);
    if (segments === null) return null;
    const [first, ...others] = this.#tree.find(segments);
    if (first === undefined) return null;
    const { value, parameters } = others.reduce((one, other) => {
      return other.value.index < one.value.index ? other : one;
    }, first);
    return { page: value.page, parameters };
  }
}

function listEndpoints({ contexts, bases }: Manifest): ReadonlySet<string> {
  const own = bases.flatMap((base) => [`${base}call/`, `${base}session/`]);
  return new Set([...own, ...[...contexts.values()].flatMap(({ endpoints }) => endpoints)]);
}

function decodeSegments(rawPath: string): readonly string[] | null {
  try {
    return rawPath.slice(1).split("/").map(decodeURIComponent);
  } catch {
    return null; // the one error that it throws: malformed
  }
}

/** The form that the config has; the manifest's own is wider. */
const SEGMENT = /^(?::[a-z_][a-z0-9_]*|[A-Za-z0-9._~-]+)$/;

function readPattern(text: string, at: string): UrlPattern {
  const segments = text.replace(/^\//, "").replace(/\/$/, "").split("/");
  const isPlain =
    text === "/" || (text.startsWith("/") && segments.every((part) => SEGMENT.test(part)));
  const pattern = isPlain ? parseUrlPattern(text) : null;
  return pattern ?? fail(at, "not a path like /products/:product_id");
}

interface PageSurroundings {
  readonly at: string;
  readonly pattern: UrlPattern;
  readonly manifest: Manifest;
}

function preparePage(declared: DeclaredPage, surroundings: PageSurroundings): PreparedPage {
  const { at } = surroundings;
  const contexts = declared.contexts.map((context, index) => {
    return prepareContext(context, { ...surroundings, at: `${at}.contexts[${index}]` });
  });
  if (new Set(contexts.map(({ name }) => name)).size < contexts.length) {
    fail(`${at}.contexts`, "the same context twice");
  }
  const sources = contexts.flatMap(({ params }) => Object.values(params));
  const queryNames = sources.flatMap((source) => (source.from === "query" ? [source.name] : []));
  return { ...declared, contexts, queryNames: [...new Set(queryNames)] };
}

function prepareContext(
  declared: DeclaredContext,
  { at, pattern, manifest }: PageSurroundings,
): PreparedContext {
  const { name, params } = declared;
  const context =
    manifest.contexts.get(name) ?? fail(`${at}.name`, `the manifest has no context ${name}`);
  const endpoint = context.endpoints[0] ?? fail(`${at}.name`, `${name} has no endpoint`);
  const pathNames = listPatternNames(pattern);
  for (const [param, source] of Object.entries(params)) {
    const place = `${at}.params.${param}`;
    if (!context.params.includes(param)) fail(place, `the context ${name} has no such parameter`);
    if (source.from === "path" && !pathNames.includes(source.name)) {
      fail(place, `the path has no :${source.name}`);
    }
  }
  return { ...declared, endpoint };
}
