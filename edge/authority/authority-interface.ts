/** What is given to an authority, and what it answers. */

import type { AuthorityRecord, Persist } from "./authority-record.ts";
import type { ShareRefusal } from "./client-share.ts";
import type { Scope, Tag } from "./target.ts";
import type { Times } from "./times.ts";

export interface AuthorityOptions {
  /** Random id of this authority's birth; part of every key. */
  readonly incarnation: string;
  /** Until then what a dead predecessor had forwarded may still commit. Default: the past. */
  readonly quarantineUntilMs?: number;
  readonly times?: Times;
  /** `edge.originLag`: how long after a bump the origin may still give the old value. Default 0. */
  readonly originLagMs?: number;
  /** Intents whose forward is alive [1024]; one client holds at most an eighth. */
  readonly maxOpenIntents?: number;
  /** Rows of numbers per context [10,000]. */
  readonly maxRows?: number;
  /** Out-of-band messages remembered at a time [10,000]. */
  readonly maxMessages?: number;
  /** What a durable host stores; `records` is what it has stored. */
  readonly persist?: Persist;
  readonly records?: Iterable<AuthorityRecord>;
}

/** Why a context is neither read from the cache nor stored, in the order in which reasons count. */
export type Obstacle = "held" | "quarantine" | "dirty";

export type Reading =
  | {
      readonly obstacle: null;
      readonly incarnation: string;
      /** One per question, in their order. */
      readonly numbers: readonly number[];
      /** The origin may lag behind a bump that these numbers show: the answer is not stored. */
      readonly isLagging: boolean;
    }
  | { readonly obstacle: Obstacle };

export interface IntentRequest {
  /** Random, unguessable; asked twice with one id, it is opened once. */
  readonly id: string;
  /** Contexts that the mutation may invalidate. */
  readonly scope: Scope;
  readonly clientId: string;
}

export type Opening =
  | {
      readonly refusal: null;
      /** The origin neither starts nor commits past this time. */
      readonly deadlineMs: number;
    }
  | { readonly refusal: ShareRefusal };

/** What is known of a mutation's writes. */
export interface Settlement {
  readonly tags: readonly Tag[];
  /** All contexts of the intent may have been written. */
  readonly bumpsScope: boolean;
}

export interface AuthorityReport {
  readonly incarnation: string;
  /** Bumps so far: the newest number. */
  readonly bumps: number;
  /** Intents whose forward is alive. */
  readonly openIntents: number;
  /** Intents of unknown outcome that have not reached their hard age. */
  readonly unknownIntents: number;
  readonly oldestIntentOpenedAtMs: number | null;
  readonly holds: readonly string[];
  /** null: over. */
  readonly quarantineUntilMs: number | null;
}
