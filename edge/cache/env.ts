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
  readonly [render: `RENDER_${number}`]: Fetcher | undefined;
  readonly [ssr: `SSR_${number}`]: Fetcher | undefined;
}

/** The origin that listens at a slot. */
export function getOrigin(env: Env, slot: number): Fetcher {
  const origin = env[`ORIGIN_${slot}`];
  if (origin === undefined) throw new Error(`no binding ${BINDING.origin(slot)}`);
  return origin;
}

/**
 * What renders pages of the release at a slot: `edge/render/contract.ts`.
 * @returns null: whoever wrote the configuration knows of none
 */
export function findRenderer(env: Env, by: "render" | "ssr", slot: number): Fetcher | null {
  const renderer = by === "render" ? env[`RENDER_${slot}`] : env[`SSR_${slot}`];
  return renderer ?? null;
}
