/** What the Edge says about itself: `GET /state` and `GET /stats`. */

import type { EdgeCacheReport, EdgeReport, EdgeStats } from "../contract.ts";
import type { Manifest } from "../manifest/manifest.ts";
import type { EdgeMemory } from "../memory/edge-memory.ts";

/** Of a process that caches nothing. */
const NOTHING = { memoryBytes: 0, entries: 0, openIntents: 0, unknownIntents: 0, bumps: 0 };

export function buildReport(memory: EdgeMemory): EdgeReport {
  return {
    version: 1,
    release: memory.live?.state.live.release ?? null,
    inFlight: memory.traffic.report(),
    cache: buildCacheReport(memory),
  };
}

function buildCacheReport({ cache, live }: EdgeMemory): EdgeCacheReport | null {
  const policy = live?.policy ?? null;
  if (cache === null || policy === null) return null;
  const report = cache.authority.buildReport(Date.now());
  const { incarnation, openIntents, unknownIntents, holds, quarantineUntilMs } = report;
  const { unreadable } = policy.routes;
  return {
    ...countCached(policy.manifest, unreadable.length > 0),
    isCacheOff: policy.isCacheOff,
    incarnation,
    openIntents,
    unknownIntents,
    holds,
    quarantineUntilMs,
    kids: policy.kids,
    unreadablePatterns: unreadable.map(({ owner, pattern }) => `${owner}: ${pattern}`),
  };
}

/** A page that concerns an excluded context is excluded too. */
function countCached({ contexts }: Manifest, hasUnreadable: boolean) {
  const all = [...contexts.values()];
  const cached = all.filter(({ cache }) => cache !== false);
  const excluded = new Set(
    all.filter(({ cache }) => cache === false).flatMap(({ pageRoutes }) => pageRoutes),
  );
  const pages = new Set(cached.flatMap(({ pageRoutes }) => pageRoutes));
  for (const pattern of excluded) pages.delete(pattern);
  return {
    contexts: all.length,
    cachedContexts: cached.length,
    cachedPages: hasUnreadable ? 0 : pages.size,
  };
}

export function buildStats({ cache, counters }: EdgeMemory): EdgeStats {
  if (cache === null) return { ...counters.report(), ...NOTHING };
  const { openIntents, unknownIntents, bumps } = cache.authority.buildReport(Date.now());
  const stored = cache.entries.report();
  return { ...counters.report(), ...stored, openIntents, unknownIntents, bumps };
}
