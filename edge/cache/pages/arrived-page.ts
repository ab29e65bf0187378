/** Works out what a request for a declared page is about: its parameters, and where its contexts are asked for. Pure. */

import type { ParameterSource } from "../contract.ts";
import type { PageMatch, PreparedContext, PreparedPage } from "./page-table.ts";
import type { UnderstoodPage } from "./understand-page.ts";

/** The same for all requests with the same text, whoever asks. */
export interface ArrivedPage {
  readonly page: PreparedPage;
  /** Percent-encoded. */
  readonly path: string;
  /** Of the path and of the query, as far as the page declares them; decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly contexts: readonly AskedContext[];
  /** What was worked out for anonymous ones that need nothing, by language; `""`: the app does not choose. */
  readonly known: Map<string, UnderstoodPage>;
}

export interface AskedContext {
  readonly declared: PreparedContext;
  readonly url: URL;
}

/** @param url of the page's request */
export function buildArrivedPage({ page, parameters }: PageMatch, url: URL): ArrivedPage {
  const query = readQuery(url, page.queryNames);
  return {
    page,
    path: url.pathname,
    params: Object.fromEntries([...query, ...parameters]),
    contexts: page.contexts.map((declared) => {
      const asked = Object.entries(declared.params).flatMap(([param, source]) => {
        const value = findValue(source, parameters, query);
        return value === undefined ? [] : [[param, value] as const];
      });
      return { declared, url: buildContextUrl(url, declared.endpoint, asked) };
    }),
    known: new Map(),
  };
}

/** The last of a name counts, as in Django. */
function readQuery({ search, searchParams }: URL, names: readonly string[]) {
  const found = new Map<string, string>();
  if (search === "") return found;
  for (const name of names) {
    const value = searchParams.getAll(name).at(-1);
    if (value !== undefined) found.set(name, value);
  }
  return found;
}

function findValue(
  source: ParameterSource,
  path: ReadonlyMap<string, string>,
  query: ReadonlyMap<string, string>,
): string | undefined {
  switch (source.from) {
    case "path":
      return path.get(source.name);
    case "query":
      return query.get(source.name);
    case "value":
      return source.value;
  }
}

/** One spelling for the same parameters, that of `readRequestParameters`. */
function buildContextUrl(
  { origin }: URL,
  endpoint: string,
  parameters: readonly (readonly [string, string])[],
): URL {
  const query = [...parameters]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join("&");
  return new URL(`${origin}${endpoint}${query === "" ? "" : `?${query}`}`);
}
