import { expect, it } from "vitest";
import {
  describeCaching,
  describeCachingNow,
} from "../../../../../../cli/targets/local/mizan/describe-caching.ts";
import type { EdgeCacheReport } from "../../../../../../edge/cache/contract.ts";

const CACHE: EdgeCacheReport = {
  contexts: 7,
  cachedContexts: 7,
  cachedPages: 2,
  isCacheOff: false,
  incarnation: "i",
  openIntents: 0,
  unknownIntents: 0,
  holds: [],
  quarantineUntilMs: null,
  kids: { edge: [], cache: [], mwt: [] },
  unreadablePatterns: [],
};

it.each<[EdgeCacheReport | null, string]>([
  [null, "passes through and serves static files: the app has no Mizan manifest"],
  [CACHE, "caches 7 contexts and 2 pages"],
  [{ ...CACHE, contexts: 1, cachedContexts: 1, cachedPages: 1 }, "caches 1 context and 1 page"],
  [{ ...CACHE, cachedContexts: 6, cachedPages: 0 }, "caches 6 of 7 contexts"],
  [
    { ...CACHE, cachedContexts: 0, cachedPages: 0 },
    "passes through and serves static files: the manifest has nothing to cache",
  ],
  [
    { ...CACHE, isCacheOff: true },
    "passes through and serves static files: the config switches the cache off",
  ],
  [
    { ...CACHE, cachedPages: 0, quarantineUntilMs: 61_500 },
    "caches 7 contexts, again in 62 s (it had ended uncleanly)",
  ],
  [
    { ...CACHE, holds: ["x"] },
    "caches 7 contexts and 2 pages, some held until the release before has finished",
  ],
  [
    { ...CACHE, cachedPages: 0, unreadablePatterns: ["/[a-z]+/"] },
    "caches 7 contexts, no pages (not understood: /[a-z]+/)",
  ],
])("says of %j: %s", (cache, text) => {
  expect(describeCachingNow({ version: 1, release: "r1", inFlight: {}, cache }, 0)).toBe(text);
});

it("says of a deploy what will be, not what its own hold does at the moment", () => {
  const cache = { ...CACHE, holds: ["switch-r2"] };
  const report = { version: 1, release: "r2", inFlight: {}, cache } as const;
  expect(describeCaching(report)).toBe("caches 7 contexts and 2 pages");
});
