/** The times of the cache protocol (edge-consistency 1). Pure. */

export interface Times {
  /** W: longest wait between an intent and its forward. */
  readonly forwardWaitMs: number;
  /** T: how long after the forward the origin may still commit. */
  readonly requestLimitMs: number;
  /** By how much the clocks of Edge and origin may differ. */
  readonly clockDifferenceMs: number;
}

export const DEFAULT_TIMES: Times = {
  forwardWaitMs: 2000,
  requestLimitMs: 60_000,
  clockDifferenceMs: 2000,
};

/** H: nothing that was forwarded under an intent of this age can still commit. */
export function computeHardAgeMs({
  forwardWaitMs,
  requestLimitMs,
  clockDifferenceMs,
}: Times): number {
  return forwardWaitMs + requestLimitMs + clockDifferenceMs;
}
