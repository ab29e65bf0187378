/** What an authority that must survive its process keeps in storage, one record per key. */

import type { Intent } from "./intents.ts";
import type { Scope } from "./target.ts";

export type AuthorityRecord =
  | { readonly kind: "everything"; readonly number: number }
  | {
      readonly kind: "context";
      readonly context: string;
      readonly number: number;
      readonly floor: number;
      /** Parameter to the number of requests without a plain value for it. */
      readonly any: Readonly<Record<string, number>>;
    }
  | {
      readonly kind: "row";
      readonly context: string;
      readonly param: string;
      readonly value: string;
      readonly number: number;
    }
  | { readonly kind: "intent"; readonly intent: Intent }
  | { readonly kind: "hold"; readonly id: string; readonly scope: Scope }
  | { readonly kind: "message"; readonly id: string; readonly forgetAtMs: number };

/**
 * Called inside the step that changes the state, so that a host which writes synchronously (a
 * Durable Object) stores a whole step or nothing of it. null: the record is gone.
 */
export type Persist = (key: string, record: AuthorityRecord | null) => void;

/** Parts are joined so that no two lists give the same key. */
export function buildRecordKey(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}
