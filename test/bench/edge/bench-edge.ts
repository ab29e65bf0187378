/** The Edge on one machine: what a hit, a miss, a bypass and a mutation cost, and what an entry takes. */

import type { Figure } from "../figure.ts";
import { BODY_BYTES, buildBenchState, nameContexts } from "./bench-app.ts";
import { BenchSite } from "./bench-site.ts";
import { measureHits, measureManifestSize } from "./measure-hits.ts";
import { measureLatency } from "./measure-latency.ts";
import { measureCollapse, measureMemory } from "./measure-misses.ts";

/** Of the issue; the small manifest has ten. */
const MANY_CONTEXTS = 10_000;

export async function benchEdge(): Promise<readonly Figure[]> {
  const site = new BenchSite();
  try {
    await site.startOrigin();
    const small = await site.startEdge("small", buildBenchState(nameContexts(10)));
    const large = await site.startEdge("large", buildBenchState(nameContexts(MANY_CONTEXTS)));
    const fresh = await site.startEdge("fresh", buildBenchState(nameContexts(10)));
    const constant = await site.startConstant(Buffer.alloc(BODY_BYTES, "x"), "application/json");
    const nginx = await site.startNginx();
    const contexts = MANY_CONTEXTS;
    return [
      ...(await measureHits(small, constant, nginx)),
      ...(await measureManifestSize(site, { small, large, contexts })),
      ...(await measureLatency(small, site.originSocket)),
      await measureCollapse(small, site.originSocket),
      ...(await measureMemory(fresh, site)),
    ];
  } finally {
    await site.end();
  }
}
