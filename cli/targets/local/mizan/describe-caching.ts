/** Says in a few words whether the Edge caches. Pure. */

import type { EdgeCacheReport, EdgeReport } from "../../../../edge/cache/contract.ts";

/** `caches 7 contexts and 1 page`; reads on after "the Edge". */
export function describeCaching({ cache }: EdgeReport): string {
  if (cache === null) return describePassing("the app has no Mizan manifest");
  if (cache.isCacheOff) return describePassing("the config switches the cache off");
  if (cache.cachedContexts === 0) return describePassing("the manifest has nothing to cache");
  return `caches ${describeExtent(cache)}`;
}

/** The same, and what of it does not hold at the moment. */
export function describeCachingNow(report: EdgeReport, nowMs: number): string {
  const { cache } = report;
  const isCaching = cache !== null && !cache.isCacheOff && cache.cachedContexts > 0;
  return `${describeCaching(report)}${isCaching ? describeWait(cache, nowMs) : ""}`;
}

function describePassing(why: string): string {
  return `passes through and serves static files: ${why}`;
}

function describeExtent(cache: EdgeCacheReport): string {
  const { contexts, cachedContexts, cachedPages, unreadablePatterns } = cache;
  const all = contexts === 1 ? "1 context" : `${contexts} contexts`;
  const counted = contexts === cachedContexts ? all : `${cachedContexts} of ${all}`;
  if (unreadablePatterns.length > 0) {
    return `${counted}, no pages (not understood: ${unreadablePatterns.join(", ")})`;
  }
  if (cachedPages === 0) return counted;
  return `${counted} and ${cachedPages === 1 ? "1 page" : `${cachedPages} pages`}`;
}

function describeWait({ quarantineUntilMs, holds }: EdgeCacheReport, nowMs: number): string {
  if (quarantineUntilMs !== null) {
    const seconds = Math.max(1, Math.ceil((quarantineUntilMs - nowMs) / 1_000));
    return `, again in ${seconds} s (it had ended uncleanly)`;
  }
  return holds.length === 0 ? "" : ", some held until the release before has finished";
}
