/** Remembers the ids of out-of-band invalidations, so that a replay has no effect. Pure. */

import { type AuthorityRecord, buildRecordKey, type Persist } from "./authority-record.ts";
import { parseTargets } from "./json-targets.ts";
import type { Targets } from "./target.ts";

/** Body of `POST /_mizan/invalidate` (edge-consistency 10). */
export interface InvalidateMessage {
  readonly id: string;
  readonly sentAtMs: number;
  readonly targets: Targets;
}

const MESSAGE_ID = /^[!-~]{1,128}$/;

/** @returns null: not such a message (400) */
export function parseInvalidateMessage(raw: unknown): InvalidateMessage | null {
  if (typeof raw !== "object" || raw === null) return null;
  const { id, sentAtMs, targets: rawTargets } = raw as Readonly<Record<string, unknown>>;
  const targets = parseTargets(rawTargets);
  if (typeof id !== "string" || !MESSAGE_ID.test(id) || targets === null) return null;
  if (typeof sentAtMs !== "number" || !Number.isSafeInteger(sentAtMs)) return null;
  return { id, sentAtMs, targets };
}

export interface MessageMemoryOptions {
  readonly maxMessages: number;
  readonly clockDifferenceMs: number;
  readonly persist: Persist | null;
}

/** `untimely`: sent too long ago or in the future; `full`: to be sent again later. */
export type Admission = "new" | "repeated" | "untimely" | "full";

export class MessageMemory {
  readonly #options: MessageMemoryOptions;
  /** Id to the time from which it may be forgotten; in the order of coming. */
  readonly #ids = new Map<string, number>();

  constructor(options: MessageMemoryOptions) {
    this.#options = options;
  }

  /** Remembers a `new` one; whoever calls bumps in the same step. */
  admit({ id, sentAtMs }: { id: string; sentAtMs: number }, nowMs: number): Admission {
    this.#forget(nowMs);
    const isKnown = this.#ids.has(id);
    const { clockDifferenceMs, maxMessages } = this.#options;
    if (Math.abs(nowMs - sentAtMs) > clockDifferenceMs) return isKnown ? "repeated" : "untimely";
    if (!isKnown && this.#ids.size >= maxMessages) return "full";
    // Sent by a clock that is ahead, it stays timely for twice the difference from now on; sent
    // again with a new time, it does so anew.
    this.#remember(id, nowMs + 3 * clockDifferenceMs);
    return isKnown ? "repeated" : "new";
  }

  #remember(id: string, forgetAtMs: number): void {
    this.#ids.delete(id);
    this.#ids.set(id, forgetAtMs);
    const record = { kind: "message", id, forgetAtMs } as const;
    this.#options.persist?.(buildRecordKey("message", id), record);
  }

  /** Takes up what another instance has persisted. */
  restore(record: AuthorityRecord): void {
    if (record.kind === "message") this.#ids.set(record.id, record.forgetAtMs);
  }

  #forget(nowMs: number): void {
    for (const [id, forgetAtMs] of this.#ids) {
      if (forgetAtMs > nowMs) return;
      this.#ids.delete(id);
      this.#options.persist?.(buildRecordKey("message", id), null);
    }
  }
}
