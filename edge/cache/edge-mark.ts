/** `X-Mizan-Edge`: what the Edge did with a request, from the closed list of reasons. */

import type { RequestFacts, Route } from "./route-request.ts";

/** The first that applies, in this order (cache protocol, section 3). */
export type BypassReason = "upgrade" | "static" | "method" | "no-rule";

export const EDGE_HEADER = "x-mizan-edge";

export function findBypassReason(facts: RequestFacts, route: Route): BypassReason {
  if (facts.isUpgrade) return "upgrade";
  const isFile = route.to === "asset" || route.to === "media" || route.to === "method-not-allowed";
  if (isFile || (route.to === "not-found" && route.isStatic)) return "static";
  return facts.method === "GET" || facts.method === "HEAD" ? "no-rule" : "method";
}

export function buildEdgeMark(reason: BypassReason): string {
  return `BYPASS; reason=${reason}`;
}
