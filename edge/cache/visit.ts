/** One public request and what is known about it before anything is decided. */

import type { Env } from "./env.ts";
import { findClientAddress, findClientNetwork } from "./identity/client-address.ts";
import type { RouteMatch } from "./manifest/route-table.ts";
import type { CacheMemory } from "./memory/cache-memory.ts";
import type { EdgeMemory } from "./memory/edge-memory.ts";
import type { PublicAddress } from "./origin/forwarded-headers.ts";
import type { ArrivedRead } from "./read/decide-read.ts";
import type { PreparedPolicy, PreparedRelease } from "./release/prepared-release.ts";

/** As it reached the isolate. */
export interface Arrival {
  readonly request: Request;
  readonly env: Env;
  readonly memory: EdgeMemory;
  /** Keeps the isolate at work after the answer has left, or the client gone. */
  readonly waitUntil: (promise: Promise<unknown>) => void;
}

export interface Visit extends Arrival {
  /** Unix ms. */
  readonly startedAtMs: number;
  readonly url: URL;
  readonly scheme: "http" | "https";
  /** As the client named it. */
  readonly host: string;
  /** Whatever is pushed meanwhile, a request ends with the release that it began with. */
  readonly release: PreparedRelease;
  /** null: nothing of the release is cached. */
  readonly cached: Cached | null;
}

/** What a release that is cached adds. */
export interface Cached {
  readonly policy: PreparedPolicy;
  readonly cache: CacheMemory;
  /** What the manifest says about the path; null: nothing. */
  readonly match: RouteMatch | null;
  /** Where the same request came before; null: not known. */
  readonly arrived: ArrivedRead | null;
}

export interface CachedVisit extends Visit {
  readonly cached: Cached;
}

export function findPublicAddress({ request, host, scheme }: Visit): PublicAddress {
  return { host, scheme, clientAddress: findClientAddress(request.cf) };
}

/** Another release serves by now than the one that the request began with. */
export function isOvertaken({ memory, release }: Visit): boolean {
  return memory.live?.state.live.release !== release.state.live.release;
}

/** Whose share of something bounded a request takes. */
export function findClientId({ request }: Arrival): string {
  const address = findClientAddress(request.cf);
  return address === null ? "unknown" : findClientNetwork(address);
}
