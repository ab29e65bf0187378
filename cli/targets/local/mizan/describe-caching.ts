/** Says in a few words whether the Edge caches. Pure. */

import type { EdgeReport } from "../../../../edge/cache/contract.ts";

/** `caches 7 contexts`; reads on after "the Edge". */
export function describeCaching({ cache }: EdgeReport, nowMs: number): string {
  if (cache === null) return "passes through (no Mizan manifest)";
  if (cache.isCacheOff) return "passes through (the config switches the cache off)";
  const contexts = cache.contexts === 1 ? "1 context" : `${cache.contexts} contexts`;
  const pages =
    cache.unreadablePatterns.length === 0
      ? ""
      : `, no pages (not understood: ${cache.unreadablePatterns.join(", ")})`;
  return `caches ${contexts}${pages}${describeWait(cache, nowMs)}`;
}

function describeWait(cache: NonNullable<EdgeReport["cache"]>, nowMs: number): string {
  const { quarantineUntilMs, holds } = cache;
  if (quarantineUntilMs !== null) {
    const seconds = Math.max(1, Math.ceil((quarantineUntilMs - nowMs) / 1_000));
    return `, again in ${seconds} s (it had ended uncleanly)`;
  }
  return holds.length === 0 ? "" : ", some held until the release before has finished";
}
