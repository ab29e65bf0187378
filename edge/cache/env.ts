/** Bindings of the Edge worker, as `build-workerd-config.ts` names them. */

import { BINDING } from "./contract.ts";

export interface Env {
  readonly [BINDING.assets]: Fetcher;
  readonly [BINDING.media]: Fetcher;
  /** Parsed JSON of whoever wrote the configuration: raw, see `parse-edge-state.ts`. */
  readonly [BINDING.initial]: unknown;
  /** Likewise, see `parse-policy.ts`. */
  readonly [BINDING.start]: unknown;
  readonly [origin: `ORIGIN_${number}`]: Fetcher | undefined;
}

/** The origin that listens at a slot. */
export function getOrigin(env: Env, slot: number): Fetcher {
  const origin = env[`ORIGIN_${slot}`];
  if (origin === undefined) throw new Error(`no binding ${BINDING.origin(slot)}`);
  return origin;
}
