/** Marks of mutations whose writes are not known yet: one per intent, never a flag per context. Pure. */

import { type AuthorityRecord, buildRecordKey, type Persist } from "./authority-record.ts";
import { ClientShare, type ShareRefusal } from "./client-share.ts";
import { mergeScopes, type Scope } from "./target.ts";

/**
 * - `open`: its forward is alive; makes nothing dirty.
 * - `streaming`: headers have come, bytes still flow; dirty.
 * - `unknown`: nobody will ever say what it wrote; dirty.
 */
export type IntentState = "open" | "streaming" | "unknown";

export interface Intent {
  /** Random, made by whoever asks. */
  readonly id: string;
  readonly scope: Scope;
  /** Who holds it, for the bound per client. */
  readonly clientId: string;
  readonly openedAtMs: number;
  readonly state: IntentState;
}

export interface IntentsOptions {
  /** Intents whose forward is alive. */
  readonly maxOpen: number;
  /** Age from which a dirty intent can no longer be followed by a commit. */
  readonly hardAgeMs: number;
  readonly persist: Persist | null;
}

/** Intents of unknown outcome beyond the bound share this mark, which covers them all. */
const FOLDED_ID = "folded";

export class Intents {
  readonly #options: IntentsOptions;
  readonly #share: ClientShare;
  readonly #intents = new Map<string, Intent>();
  /** Context (or `*`) to the number of dirty intents that cover it. */
  readonly #dirty = new Map<string, number>();
  #unknownCount = 0;
  /** No dirty intent reaches its hard age before. */
  #nextEndMs = Number.POSITIVE_INFINITY;

  constructor(options: IntentsOptions) {
    this.#options = options;
    this.#share = new ClientShare(options.maxOpen);
  }

  /** Open or streaming. */
  get aliveCount(): number {
    return this.#share.total;
  }

  get unknownCount(): number {
    return this.#unknownCount;
  }

  get oldestOpenedAtMs(): number | null {
    const times = [...this.#intents.values()].map((intent) => intent.openedAtMs);
    return times.length === 0 ? null : Math.min(...times);
  }

  isDirty(context: string): boolean {
    return this.#dirty.size > 0 && (this.#dirty.has(context) || this.#dirty.has("*"));
  }

  /** Asked twice with one id: opened once, and its age counts from the first time. */
  open(request: Omit<Intent, "state">): Intent | ShareRefusal {
    const known = this.#intents.get(request.id);
    if (known !== undefined) return known;
    const refusal = this.#share.take(request.clientId);
    if (refusal !== null) return refusal;
    const intent: Intent = { ...request, state: "open" };
    this.#add(intent);
    return intent;
  }

  /**
   * @param scope contexts that the headers name, in addition to the intent's own
   * @returns what is dirty now; null: the intent has ended before
   */
  markStreaming(id: string, scope: Scope): Scope | null {
    const intent = this.#intents.get(id);
    if (intent === undefined || intent.state === "unknown") return null;
    const merged = mergeScopes(intent.scope, scope);
    this.#remove(intent);
    this.#add({ ...intent, scope: merged, state: "streaming" });
    return merged;
  }

  markUnknown(id: string): void {
    const intent = this.#intents.get(id);
    if (intent === undefined || intent.state === "unknown") return;
    this.#remove(intent);
    this.#share.give(intent.clientId);
    this.addUnknown(intent);
  }

  addUnknown(intent: Omit<Intent, "state">): void {
    const folded = this.#intents.get(FOLDED_ID);
    const isFolded = this.#unknownCount >= this.#options.maxOpen;
    if (isFolded && folded !== undefined) this.#remove(folded);
    const added = isFolded ? foldIntents(intent, folded ?? intent) : intent;
    this.#add({ ...added, state: "unknown" });
  }

  /** @returns what it covered; null: it has ended before */
  end(id: string): Scope | null {
    const intent = this.#intents.get(id);
    if (intent === undefined) return null;
    this.#remove(intent);
    if (intent.state !== "unknown") this.#share.give(intent.clientId);
    return intent.scope;
  }

  /** Ends the dirty intents of the hard age; whoever calls bumps what they covered in the same step. */
  endExpired(nowMs: number): Scope {
    if (nowMs < this.#nextEndMs) return [];
    let scope: Scope = [];
    let nextEndMs = Number.POSITIVE_INFINITY;
    for (const intent of [...this.#intents.values()]) {
      if (intent.state === "open") continue;
      const endsAtMs = intent.openedAtMs + this.#options.hardAgeMs;
      if (endsAtMs > nowMs) nextEndMs = Math.min(nextEndMs, endsAtMs);
      else scope = mergeScopes(scope, this.end(intent.id) ?? []);
    }
    this.#nextEndMs = nextEndMs;
    return scope;
  }

  /** Takes up what another instance has persisted. */
  restore(record: AuthorityRecord): void {
    if (record.kind !== "intent") return;
    if (record.intent.state !== "unknown") this.#share.take(record.intent.clientId);
    this.#add(record.intent);
  }

  #add(intent: Intent): void {
    this.#intents.set(intent.id, intent);
    this.#options.persist?.(buildRecordKey("intent", intent.id), { kind: "intent", intent });
    if (intent.state === "unknown") this.#unknownCount += 1;
    if (intent.state === "open") return;
    this.#nextEndMs = Math.min(this.#nextEndMs, intent.openedAtMs + this.#options.hardAgeMs);
    for (const context of listScope(intent.scope)) {
      this.#dirty.set(context, (this.#dirty.get(context) ?? 0) + 1);
    }
  }

  #remove(intent: Intent): void {
    this.#intents.delete(intent.id);
    this.#options.persist?.(buildRecordKey("intent", intent.id), null);
    if (intent.state === "unknown") this.#unknownCount -= 1;
    if (intent.state === "open") return;
    for (const context of listScope(intent.scope)) {
      const left = (this.#dirty.get(context) ?? 0) - 1;
      if (left > 0) this.#dirty.set(context, left);
      else this.#dirty.delete(context);
    }
  }
}

/** One mark that covers both, until the later of their ends. */
function foldIntents(one: Omit<Intent, "state">, other: Omit<Intent, "state">) {
  return {
    id: FOLDED_ID,
    clientId: "",
    scope: mergeScopes(one.scope, other.scope),
    openedAtMs: Math.max(one.openedAtMs, other.openedAtMs),
  };
}

function listScope(scope: Scope): readonly string[] {
  return scope === "*" ? ["*"] : scope;
}
