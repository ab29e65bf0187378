/** Reads the Edge manifest that an app exports (protocol 1.2 to 1.6): unknown → `Manifest` and its problems. */

import { buildCanonicalJson, computeSha256 } from "./canonical-json.ts";
import { foldCache, foldRev } from "./fold-cache-policy.ts";
import type { Manifest, ManifestContext, ManifestFunction, ManifestMutation } from "./manifest.ts";
import { type Fields, type ManifestProblem, ManifestProblems } from "./manifest-problems.ts";
import { resolveAffects } from "./resolve-affects.ts";

export interface ParsedManifest {
  /** null: there are errors among the problems. */
  readonly manifest: Manifest | null;
  readonly problems: readonly ManifestProblem[];
}

/** Protocol 1.3, and the camel-case forms of mizan-ts. */
const USER_PARAMS = ["user_id", "user", "owner_id", "account_id", "userId", "ownerId", "accountId"];

/** A name must survive `X-Mizan-Invalidate` unquoted, and be neither `*` nor a part of a path. */
const CONTEXT_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;

/** The runtime's own context (cache protocol, section 7). */
const RESERVED_NAME = "_mizan_probe";

/** @param raw out of `JSON.parse` */
export function parseManifest(raw: unknown): ParsedManifest {
  const problems = new ManifestProblems();
  const top = problems.readFields(raw, "manifest");
  if (top === null) return { manifest: null, problems: problems.list };
  if (top["version"] !== 1) problems.error("version", "not 1");
  const contexts = parseEntries(problems, top, "contexts", parseContext);
  const functions = groupFunctions(contexts);
  const scope = { contexts, functions };
  const mutations = parseEntries(problems, top, "mutations", (...entry) =>
    parseMutation(...entry, scope),
  );
  const bases = findBases(problems, contexts);
  if (problems.hasErrors) return { manifest: null, problems: problems.list };
  const canonical = buildManifestText(top);
  const manifest = { contexts, mutations, functions, bases, canonical };
  return { manifest, problems: problems.list };
}

/** @returns lower-case hex SHA-256 that does not depend on the order or spacing of the export */
export function computeManifestHash(manifest: Manifest): Promise<string> {
  return computeSha256(manifest.canonical);
}

type ParseEntry<T> = (at: string, fields: Fields, name: string, problems: ManifestProblems) => T;

function parseEntries<T>(
  problems: ManifestProblems,
  top: Fields,
  key: "contexts" | "mutations",
  parse: ParseEntry<T>,
): ReadonlyMap<string, T> {
  const entries = new Map<string, T>();
  const table = problems.readFields(top[key], key);
  for (const [name, entry] of Object.entries(table ?? {})) {
    const at = `${key}.${name}`;
    if (name === "") problems.error(key, "an empty name");
    const fields = problems.readFields(entry, at);
    if (fields !== null) entries.set(name, parse(at, fields, name, problems));
  }
  return entries;
}

function parseContext(
  at: string,
  fields: Fields,
  name: string,
  problems: ManifestProblems,
): ManifestContext {
  if (!CONTEXT_NAME.test(name)) problems.error(at, "not a name that a header can carry");
  if (name === RESERVED_NAME) problems.error(at, "the name is reserved");
  const holders = problems.readList(fields["functions"], `${at}.functions`).map((raw, index) => {
    const place = `${at}.functions[${index}]`;
    return { at: place, fields: problems.readFields(raw, place) ?? {} };
  });
  const functions = holders.map((holder) => parseFunction(problems, holder.at, holder.fields));
  const params = [...new Set(problems.readTexts(fields["params"], `${at}.params`))];
  const saysUserScoped = problems.readFlag(fields["user_scoped"], `${at}.user_scoped`);
  return {
    name,
    functions: functions.sort((a, b) => (a.name < b.name ? -1 : 1)),
    endpoints: problems.readTexts(fields["endpoints"], `${at}.endpoints`),
    params,
    userScoped: saysUserScoped || USER_PARAMS.some((param) => params.includes(param)),
    pageRoutes: readPageRoutes(problems, at, fields),
    rev: foldRev(problems, { at, fields }, holders),
    cache: foldCache(problems, { at, fields }, holders),
    canonical: buildCanonicalJson(sortLists(fields)),
  };
}

/** `views` is what the first manifests called it. */
function readPageRoutes(problems: ManifestProblems, at: string, fields: Fields): readonly string[] {
  const routes = [
    ...problems.readTexts(fields["page_routes"], `${at}.page_routes`),
    ...problems.readTexts(fields["views"], `${at}.views`),
  ];
  return [...new Set(routes)];
}

function parseFunction(problems: ManifestProblems, at: string, fields: Fields): ManifestFunction {
  const { name, path } = fields;
  if (typeof name !== "string" || name === "") problems.error(`${at}.name`, "not a name");
  if (path !== "rpc" && path !== "view") problems.error(`${at}.path`, 'not "rpc" or "view"');
  return {
    name: String(name),
    path: path === "view" ? "view" : "rpc",
    route: problems.readOptionalText(fields["route"], `${at}.route`),
    methods: problems.readMethods(fields["methods"], `${at}.methods`, ["GET"]),
  };
}

interface MutationScope {
  readonly contexts: ReadonlyMap<string, ManifestContext>;
  readonly functions: ReadonlyMap<string, readonly string[]>;
}

function parseMutation(
  at: string,
  fields: Fields,
  name: string,
  problems: ManifestProblems,
  scope: MutationScope,
): ManifestMutation {
  const elements = problems.readList(fields["affects"], `${at}.affects`);
  const affects = resolveAffects(problems, elements, `${at}.affects`, scope);
  problems.readTexts(fields["auto_scoped_params"], `${at}.auto_scoped_params`);
  return {
    name,
    affects: affects.contexts,
    unknownAffects: affects.unknown,
    isPrivate: problems.readFlag(fields["private"], `${at}.private`),
    route: problems.readOptionalText(fields["route"], `${at}.route`),
    methods: problems.readMethods(fields["methods"], `${at}.methods`, ["POST"]),
    canonical: buildCanonicalJson(sortLists(fields)),
  };
}

function groupFunctions(
  contexts: ReadonlyMap<string, ManifestContext>,
): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const context of contexts.values()) {
    for (const { name } of context.functions) {
      const group = groups.get(name);
      if (group === undefined) groups.set(name, [context.name]);
      else group.push(context.name);
    }
  }
  return groups;
}

/** Read back from the endpoints `<base>ctx/<name>/`, since the manifest has no key for it. */
function findBases(
  problems: ManifestProblems,
  contexts: ReadonlyMap<string, ManifestContext>,
): readonly string[] {
  const bases = new Set<string>();
  const owners = new Map<string, string>();
  for (const { name, endpoints } of contexts.values()) {
    for (const [index, endpoint] of endpoints.entries()) {
      const at = `contexts.${name}.endpoints[${index}]`;
      const tail = `/ctx/${name}/`;
      if (!/^\/[\x21-\x7e]*$/.test(endpoint) || /[?#%\\]|\/\/|\/\.\.?\//.test(endpoint)) {
        problems.error(at, "not a plain URL path");
      } else if (!endpoint.endsWith(tail)) {
        problems.error(at, `does not end in ${tail}`);
      } else {
        bases.add(endpoint.slice(0, -tail.length + 1));
      }
      const owner = owners.get(endpoint);
      if (owner !== undefined && owner !== name) problems.error(at, `belongs to ${owner}, too`);
      owners.set(endpoint, name);
    }
  }
  return [...bases].sort();
}

/** The order of functions and of names says nothing (protocol 1.6). */
function sortLists(fields: Fields): Fields {
  const entries = Object.entries(fields).map(([key, value]) => [
    key,
    Array.isArray(value) ? value.toSorted(compareCanonical) : value,
  ]);
  return Object.fromEntries(entries) as Fields;
}

function compareCanonical(a: unknown, b: unknown): number {
  return buildCanonicalJson(a) < buildCanonicalJson(b) ? -1 : 1;
}

/** @param top whose entries were found to be objects */
function buildManifestText(top: Fields): string {
  const sortAll = (table: unknown): Fields => {
    const entries = Object.entries(table as Fields);
    return Object.fromEntries(entries.map(([name, entry]) => [name, sortLists(entry as Fields)]));
  };
  const { contexts, mutations } = top;
  return buildCanonicalJson({ ...top, contexts: sortAll(contexts), mutations: sortAll(mutations) });
}
