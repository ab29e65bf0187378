/** From `pages` in the config to what the Edge is told, checked against the app's manifest. */

import type {
  DeclaredContext,
  DeclaredPage,
  EdgePages,
  ParameterSource,
} from "../../../../edge/cache/contract.ts";
import type { Manifest } from "../../../../edge/index.ts";
import { MizanError } from "../../../../infra/contract/errors.ts";
import type { BuiltComponents } from "../../../build/components/build-components.ts";
import type { PageConfig } from "../../../config/schema.ts";

type Pages = Readonly<Record<string, PageConfig>>;

/**
 * @returns null: no page is declared
 * @throws {MizanError} CONFIG_INVALID for contexts, parameters or path names that do not exist
 */
export function declarePages(
  pages: Pages,
  manifest: Manifest,
  { components, document }: Pick<BuiltComponents, "components" | "document">,
): EdgePages | null {
  const entries = Object.entries(pages);
  if (entries.length === 0) return null;
  if (document === null) throw noDocument();
  const places = new Map(components.map(({ path, runsOn }) => [path, runsOn]));
  return {
    document,
    pages: entries.map(([pattern, page]): DeclaredPage => {
      const names = listPathNames(pattern);
      return {
        pattern,
        component: page.component,
        renderedBy: places.get(page.component) === "edge" ? "render" : "ssr",
        errorComponent: page.errorComponent ?? null,
        contexts: Object.entries(page.contexts).map(([name, { params, late }]) => ({
          name,
          isLate: late,
          params: declareParams({ pattern, names, manifest }, name, params),
        })),
      };
    }),
  };
}

/** An app without a manifest has no contexts, so nothing that a page could be made of. */
export function refusePages(pages: Pages): void {
  if (Object.keys(pages).length === 0) return;
  throw invalid("pages are made of Mizan contexts, and the app has no Mizan manifest", "pages");
}

interface Place {
  readonly pattern: string;
  readonly names: ReadonlySet<string>;
  readonly manifest: Manifest;
}

function declareParams(
  { pattern, names, manifest }: Place,
  name: string,
  params: Readonly<Record<string, string>>,
): DeclaredContext["params"] {
  const at = `pages["${pattern}"].contexts.${name}`;
  const context = manifest.contexts.get(name);
  if (context === undefined) {
    throw invalid(`the manifest has no context "${name}": ${list(manifest.contexts.keys())}`, at);
  }
  const entries = Object.entries(params).map(([parameter, source]) => {
    if (!context.params.includes(parameter)) {
      const known = list(context.params);
      throw invalid(`the context has no parameter "${parameter}": ${known}`, at);
    }
    const parsed = parseSource(source);
    if (parsed.from === "path" && !names.has(parsed.name)) {
      throw invalid(`the path has no ":${parsed.name}"`, `${at}.params.${parameter}`);
    }
    return [parameter, parsed] as const;
  });
  return Object.fromEntries(entries);
}

function parseSource(source: string): ParameterSource {
  if (source.startsWith(":")) return { from: "path", name: source.slice(1) };
  if (source.startsWith("?")) return { from: "query", name: source.slice(1) };
  return { from: "value", value: source };
}

function listPathNames(pattern: string): ReadonlySet<string> {
  const segments = pattern.split("/").filter((segment) => segment.startsWith(":"));
  return new Set(segments.map((segment) => segment.slice(1)));
}

function list(names: Iterable<string>): string {
  const all = [...names].sort();
  return all.length === 0 ? "it has none" : `it has ${all.join(", ")}`;
}

function noDocument(): MizanError {
  return invalid(
    "pages need the document of a frontend that is served at /, and there is none (an index.html in its build's output)",
    "pages",
  );
}

function invalid(message: string, at: string): MizanError {
  return new MizanError("CONFIG_INVALID", `mizan.config: ${at}: ${message}`, {
    hint: "Correct it, then: mizan deploy",
    details: { path: at },
  });
}
