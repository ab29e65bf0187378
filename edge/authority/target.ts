/** What an answer says is out of date, and which tags that bumps. Pure. */

import { isPlainValue } from "./plain-value.ts";

/** One thing that an invalidation names, as it came. */
export interface Target {
  /** Of a context or of a function. */
  readonly name: string;
  /** Parameter to its text; null: a value without one spelling (boolean, null, float, composite). */
  readonly values: ReadonlyMap<string, string | null>;
}

/** `*`: everything. */
export type Targets = readonly Target[] | "*";

/** What a bump raises; `value` is plain. */
export type Tag =
  | { readonly kind: "everything" }
  | { readonly kind: "context"; readonly context: string }
  | {
      readonly kind: "row";
      readonly context: string;
      readonly param: string;
      readonly value: string;
    };

export const EVERYTHING: Tag = { kind: "everything" };

/** Contexts that an intent, a hold or an unknown outcome covers. */
export type Scope = readonly string[] | "*";

/** As much of a release's manifest as invalidation needs. */
export interface ManifestView {
  /** Context to the names of its parameters. */
  readonly contexts: ReadonlyMap<string, { readonly params: readonly string[] }>;
  /** Function to the contexts that it belongs to. */
  readonly functions: ReadonlyMap<string, readonly string[]>;
}

export interface ResolvedTargets {
  readonly tags: readonly Tag[];
  /** Names that the manifest does not have: they bump nothing and are counted. */
  readonly unknownNames: readonly string[];
}

/** Tags cover at least what the targets name. */
export function resolveTargets(targets: Targets, view: ManifestView): ResolvedTargets {
  if (targets === "*") return { tags: [EVERYTHING], unknownNames: [] };
  const tags: Tag[] = [];
  const unknownNames: string[] = [];
  for (const target of targets) {
    const resolved = resolveTarget(target, view);
    if (resolved.length === 0) unknownNames.push(target.name);
    tags.push(...resolved);
  }
  return { tags, unknownNames };
}

/** A name that a context and a function share bumps both: nothing tells which was meant. */
function resolveTarget({ name, values }: Target, { contexts, functions }: ManifestView): Tag[] {
  if (name === "*") return [EVERYTHING];
  const tags: Tag[] = [];
  const context = contexts.get(name);
  if (context !== undefined) tags.push(resolveContext(name, context.params, values));
  for (const parent of functions.get(name) ?? []) tags.push({ kind: "context", context: parent });
  return tags;
}

/** Of several parameters one row is enough: it covers more than all of them together. */
function resolveContext(
  context: string,
  params: readonly string[],
  values: ReadonlyMap<string, string | null>,
): Tag {
  const isKnown = [...values.keys()].every((param) => params.includes(param));
  if (!isKnown) return { kind: "context", context };
  for (const param of params) {
    const value = values.get(param);
    if (typeof value === "string" && isPlainValue(value)) {
      return { kind: "row", context, param, value };
    }
  }
  return { kind: "context", context };
}

/** Contexts that the tags touch. */
export function findScope(tags: readonly Tag[]): Scope {
  const contexts = new Set<string>();
  for (const tag of tags) {
    if (tag.kind === "everything") return "*";
    contexts.add(tag.context);
  }
  return [...contexts];
}

/** Tags that bump a scope as a whole. */
export function buildScopeTags(scope: Scope): Tag[] {
  if (scope === "*") return [EVERYTHING];
  return scope.map((context) => ({ kind: "context", context }));
}

export function mergeScopes(one: Scope, other: Scope): Scope {
  if (one === "*" || other === "*") return "*";
  return [...new Set([...one, ...other])];
}
