import { expect, it } from "vitest";
import { describeCaching } from "../../../../../../cli/targets/local/mizan/describe-caching.ts";
import type { EdgeCacheReport } from "../../../../../../edge/cache/contract.ts";

const CACHE: EdgeCacheReport = {
  contexts: 7,
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
  [null, "passes through (no Mizan manifest)"],
  [CACHE, "caches 7 contexts"],
  [{ ...CACHE, contexts: 1 }, "caches 1 context"],
  [{ ...CACHE, isCacheOff: true }, "passes through (the config switches the cache off)"],
  [
    { ...CACHE, quarantineUntilMs: 61_500 },
    "caches 7 contexts, again in 62 s (it had ended uncleanly)",
  ],
  [
    { ...CACHE, holds: ["x"] },
    "caches 7 contexts, some held until the release before has finished",
  ],
  [
    { ...CACHE, unreadablePatterns: ["/[a-z]+/"] },
    "caches 7 contexts, no pages (not understood: /[a-z]+/)",
  ],
])("says of %j: %s", (cache, text) => {
  expect(describeCaching({ version: 1, release: "r1", inFlight: {}, cache }, 0)).toBe(text);
});
