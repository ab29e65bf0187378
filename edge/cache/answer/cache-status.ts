/** What the Edge says about each answer: `X-Mizan-Edge`, `Cache-Status` (RFC 9211) and `Server-Timing`. */

import type { BypassReason } from "../read/decide-read.ts";
import type { StoreRefusal } from "../read/decide-store.ts";

export type Outcome =
  | { readonly kind: "hit"; readonly remainingTtlMs: number }
  | {
      readonly kind: "miss";
      /** null: stored, or taken from the fetch of another request that was. */
      readonly notStored: StoreRefusal | null;
      readonly originStatus: number;
      /** Another request's fetch answered this one. */
      readonly isCollapsed: boolean;
    }
  | { readonly kind: "bypass"; readonly reason: BypassReason };

/** `HIT`, `MISS`, `MISS; stored=0; reason=…` or `BYPASS; reason=…`. */
export function buildOutcomeMark(outcome: Outcome): string {
  switch (outcome.kind) {
    case "hit":
      return "HIT";
    case "miss":
      return outcome.notStored === null ? "MISS" : `MISS; stored=0; reason=${outcome.notStored}`;
    case "bypass":
      return `BYPASS; reason=${outcome.reason}`;
  }
}

/** Name of this cache in `Cache-Status`. */
const CACHE_NAME = "mizan-edge";

/** The same in standard terms: https://www.rfc-editor.org/rfc/rfc9211 */
export function buildCacheStatus(outcome: Outcome): string {
  return [CACHE_NAME, ...listStatusParameters(outcome)].join("; ");
}

function listStatusParameters(outcome: Outcome): readonly string[] {
  switch (outcome.kind) {
    case "hit":
      return ["hit", `ttl=${Math.floor(outcome.remainingTtlMs / 1000)}`];
    case "miss":
      return [
        "fwd=miss",
        `fwd-status=${outcome.originStatus}`,
        ...(outcome.notStored === null ? ["stored"] : []),
        ...(outcome.isCollapsed ? ["collapsed"] : []),
        ...(outcome.notStored === null ? [] : [`detail=${outcome.notStored}`]),
      ];
    case "bypass":
      if (outcome.reason === "static") return ["detail=static"]; // nothing was forwarded
      return [
        `fwd=${outcome.reason === "method" ? "method" : "bypass"}`,
        `detail=${outcome.reason}`,
      ];
  }
}

export interface Durations {
  /** From the request's arrival to the answer's head. */
  readonly edgeMs: number;
  /** From the question to the first byte of the origin's answer; null: it was not asked. */
  readonly originMs: number | null;
}

/** https://www.w3.org/TR/server-timing/ */
export function buildServerTiming({ edgeMs, originMs }: Durations): string {
  const origin = originMs === null ? [] : [`origin;dur=${originMs}`];
  return [...origin, `edge;dur=${edgeMs}`].join(", ");
}
