/**
 * Headers between Edge, runtime and app. The first two are the same as in `runtime/origin/contract.ts`,
 * which a worker may not import; a test compares them.
 */

export const INTENT_HEADER = "x-mizan-intent";
export const WROTE_HEADER = "x-mizan-wrote";
export const INVALIDATE_HEADER = "x-mizan-invalidate";
