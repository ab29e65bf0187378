/** What Mizan's endpoints say, and which contexts a target means. */

import type { RequestError } from "./request.ts";

export type Params = Readonly<Record<string, string | number>>;
export type Bundle = Readonly<Record<string, unknown>>;

interface ScopedTarget {
  readonly context?: string;
  readonly function?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** A whole context or function by name, or only what has these parameters. */
export type Target = string | ScopedTarget;

export interface Merge {
  readonly context: string;
  readonly slot: string;
  readonly value: unknown;
  readonly params?: Readonly<Record<string, unknown>>;
}

export interface CallAnswer {
  readonly result: unknown;
  readonly invalidate?: readonly Target[];
  readonly merge?: readonly Merge[];
}

/** One context with its parameters, as the kernel holds it. */
export interface Held {
  readonly context: string;
  readonly params: Params;
  readonly bundle: Bundle | null;
}

/** A context that the server has fetched for this page, or why it could not. */
export type Seed = { readonly context: string; readonly params: Params } & (
  | {
      /** A promise: it comes later, and what shows it suspends. */
      readonly bundle: Bundle | Promise<Bundle>;
    }
  | { readonly error: RequestError }
);

/** False when any part of the bundle was made for another user than this one (null: nobody). */
export function isMadeFor(bundle: Bundle, userId: string | null): boolean {
  return Object.values(bundle).every((result) => {
    const isMarked = typeof result === "object" && result !== null && "made_for" in result;
    return !isMarked || result.made_for === userId;
  });
}

/** True when a target means this bundle. When in doubt it does: an extra fetch is no mistake. */
export function isTargetOf(target: Target, held: Held): boolean {
  const named: ScopedTarget = typeof target === "string" ? { context: target } : target;
  const name = named.context ?? named.function ?? "";
  const isMeant = name === held.context || (held.bundle !== null && name in held.bundle);
  return isMeant && agrees(named.params, held.params);
}

export function isMergeOf(merge: Merge, held: Held): boolean {
  return merge.context === held.context && agrees(merge.params, held.params);
}

/** Parameters that only one side has say nothing. */
function agrees(scope: Readonly<Record<string, unknown>> | undefined, params: Params): boolean {
  return Object.entries(scope ?? {}).every(
    ([name, value]) => !(name in params) || String(params[name]) === String(value),
  );
}
