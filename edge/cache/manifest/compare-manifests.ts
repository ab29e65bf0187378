/** Which contexts two releases describe differently: those are held while both answer (cache protocol, section 6). */

import type { Manifest, ManifestMutation } from "./manifest.ts";

export interface ManifestComparison {
  /** Held at the deploy and bumped at its end. Sorted. */
  readonly changed: readonly string[];
  /** Their entries stay warm. Sorted. */
  readonly unchanged: readonly string[];
}

/**
 * A context has changed if its own entry differs in anything (functions, parameters, rev, routes,
 * also keys that we do not know), or if any mutation that affects it in either release does.
 * @param before null: there was no manifest, so nothing can be warm
 */
export function compareManifests(before: Manifest | null, after: Manifest): ManifestComparison {
  const changed = new Set<string>();
  const names = new Set([...(before?.contexts.keys() ?? []), ...after.contexts.keys()]);
  for (const name of names) {
    const isSame = before?.contexts.get(name)?.canonical === after.contexts.get(name)?.canonical;
    if (!isSame) changed.add(name);
  }
  for (const name of findChangedMutations(before, after)) {
    for (const mutation of [before?.mutations.get(name), after.mutations.get(name)]) {
      for (const context of mutation?.affects ?? []) changed.add(context);
    }
  }
  const unchanged = [...names].filter((name) => !changed.has(name));
  return { changed: [...changed].sort(), unchanged: unchanged.sort() };
}

/** Added and removed ones count: what else writes to a context is a part of its shape. */
function findChangedMutations(before: Manifest | null, after: Manifest): readonly string[] {
  const names = new Set([...(before?.mutations.keys() ?? []), ...after.mutations.keys()]);
  return [...names].filter((name) => {
    return describe(before?.mutations.get(name)) !== describe(after.mutations.get(name));
  });
}

/** Function-level `affects` may mean another context though it is spelled the same. */
function describe(mutation: ManifestMutation | undefined): string {
  return mutation === undefined ? "" : `${mutation.affects.join()}|${mutation.canonical}`;
}
