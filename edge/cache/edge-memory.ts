/** What one isolate knows: the release that it was told to serve, and the requests under way. */

import { BINDING, type EdgeState } from "./contract.ts";
import type { Env } from "./env.ts";
import { parseEdgeState, StateError } from "./parse-edge-state.ts";
import { SlotTraffic } from "./slot-traffic.ts";

export class EdgeMemory {
  readonly traffic = new SlotTraffic();
  /** undefined: bindings have not been looked at, which only a request can do. */
  #state: EdgeState | null | undefined;

  /** null: nothing was pushed, and the process was started without a release. */
  read(env: Env): EdgeState | null {
    this.#state ??= readInitialState(env);
    return this.#state;
  }

  /** Every request that comes later uses the new state; those under way keep theirs. */
  replace(state: EdgeState): void {
    this.#state = state;
  }
}

/** A broken initial state must not end the process: whoever started it can still push a good one. */
function readInitialState(env: Env): EdgeState | null {
  const raw = env[BINDING.initial];
  if (raw === null || raw === undefined) return null;
  try {
    return parseEdgeState(raw);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    console.error(`initial state refused: ${error.message}`);
    return null;
  }
}
