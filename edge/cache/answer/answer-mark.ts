/** Puts on an answer what the Edge did with the request: three headers, on every one. */

import type { BypassReason } from "../read/decide-read.ts";
import {
  buildCacheStatus,
  buildOutcomeMark,
  buildServerTiming,
  type Outcome,
} from "./cache-status.ts";

const EDGE_HEADER = "x-mizan-edge";

export interface AnswerMark {
  readonly outcome: Outcome;
  /** Unix ms of the request's arrival. */
  readonly startedAtMs: number;
}

export function buildBypassMark(reason: BypassReason, startedAtMs: number): AnswerMark {
  return { outcome: { kind: "bypass", reason }, startedAtMs };
}

/** @param originMs from the question to the answer's first byte; null: the origin was not asked */
export function setAnswerMark(
  headers: Headers,
  { outcome, startedAtMs }: AnswerMark,
  originMs: number | null = null,
): void {
  headers.set(EDGE_HEADER, buildOutcomeMark(outcome));
  headers.append("cache-status", buildCacheStatus(outcome));
  headers.append(
    "server-timing",
    buildServerTiming({ edgeMs: Date.now() - startedAtMs, originMs }),
  );
}
