/**
 * Keeps answers in memory, bounded in bytes. New entries are on probation; a second request admits
 * them to the protected part, and only admission displaces what is there (segmented LRU). So a flood
 * of things asked once costs no entry that is asked again. A second request counts as one even if the
 * entry of the first was bumped away, grew too old or gave way: else a write would make what is hot
 * new again, and a flood would see to it that it never is anything else.
 */

import { AskedBefore } from "./asked-before.ts";

export interface Entry {
  /** Lower-case names. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  /** When the origin was asked. */
  readonly askedAtMs: number;
  readonly ttlMs: number;
  /** Of its `Vary`, what its key does not cover: it answers no request that has one of them. Lower case. */
  readonly varyNames: readonly string[];
  /** Its view looked into the session, and found none: it answers no request that has one. */
  readonly readsSession: boolean;
}

export interface EntryStoreOptions {
  readonly maxBytes?: number;
  readonly maxEntryBytes?: number;
}

export interface EntryStoreReport {
  readonly entries: number;
  readonly memoryBytes: number;
}

const DEFAULT_MAX_BYTES = 128 * 1024 * 1024;
const DEFAULT_MAX_ENTRY_BYTES = 1024 * 1024;

/** The rest is always there for newcomers. */
const PROTECTED_SHARE = 0.8;

/**
 * Objects, buffers, strings' and arrays' heads and map slots of one entry: by how much workerd
 * (1.20261117) grew per entry of a few bytes, over 25,000 of them.
 */
const OVERHEAD_BYTES = 2500;
/** UTF-16. */
const BYTES_PER_CHARACTER = 2;

interface Slot {
  readonly entry: Entry;
  readonly sizeBytes: number;
  readonly subject: string;
}

export class EntryStore {
  readonly #maxBytes: number;
  readonly #maxEntryBytes: number;
  /** Oldest use first: a Map keeps the order of insertion. */
  readonly #probation = new Map<string, Slot>();
  readonly #protected = new Map<string, Slot>();
  /** Subject to the key of its newest entry there. */
  readonly #protectedKeys = new Map<string, string>();
  readonly #askedBefore = new AskedBefore();
  #probationBytes = 0;
  #protectedBytes = 0;

  constructor({ maxBytes, maxEntryBytes }: EntryStoreOptions = {}) {
    this.#maxBytes = maxBytes ?? DEFAULT_MAX_BYTES;
    this.#maxEntryBytes = maxEntryBytes ?? DEFAULT_MAX_ENTRY_BYTES;
  }

  /** @returns only what is younger than its TTL by its own stamp */
  get(key: string, nowMs: number): Entry | null {
    const isProtected = this.#protected.get(key);
    const slot = isProtected ?? this.#probation.get(key);
    if (slot === undefined) return null;
    if (!isFresh(slot.entry, nowMs)) {
      this.#remove(key);
      return null;
    }
    if (isProtected === undefined) {
      this.#remove(key);
      this.#protect(key, slot);
    } else {
      this.#protected.delete(key); // to the end of the order
      this.#protected.set(key, slot);
    }
    return slot.entry;
  }

  /** As `get`, but nothing changes by it. */
  peek(key: string, nowMs: number): Entry | null {
    const entry = (this.#protected.get(key) ?? this.#probation.get(key))?.entry;
    return entry !== undefined && isFresh(entry, nowMs) ? entry : null;
  }

  /**
   * @param subject what keys that differ in their numbers alone have in common; whoever knows of none
   *   leaves it out
   * @returns false: larger than an entry may be
   */
  put(key: string, entry: Entry, subject: string = key): boolean {
    const slot = { entry, sizeBytes: measure(key, entry), subject };
    if (slot.sizeBytes > this.#maxEntryBytes || slot.sizeBytes > this.#maxBytes) return false;
    const before = this.#protectedKeys.get(subject);
    this.#remove(key);
    // Bumped away: nobody can ask for it again. (A slow fetch under older numbers may land later.)
    if (before !== undefined && !this.#isNewer(before, entry)) this.#remove(before);
    this.#dropStale(entry.askedAtMs);
    if (this.#askedBefore.note(subject) || before !== undefined) {
      this.#protect(key, slot);
      return true;
    }
    this.#probation.set(key, slot);
    this.#probationBytes += slot.sizeBytes;
    this.#fit();
    return true;
  }

  clear(): void {
    this.#probation.clear();
    this.#protected.clear();
    this.#protectedKeys.clear();
    this.#askedBefore.clear();
    this.#probationBytes = 0;
    this.#protectedBytes = 0;
  }

  report(): EntryStoreReport {
    return {
      entries: this.#probation.size + this.#protected.size,
      memoryBytes: this.#probationBytes + this.#protectedBytes,
    };
  }

  #isNewer(key: string, { askedAtMs }: Entry): boolean {
    const other = this.#protected.get(key);
    return other !== undefined && other.entry.askedAtMs > askedAtMs;
  }

  /** Displaces what was used longest ago among those that were used twice. */
  #protect(key: string, slot: Slot): void {
    this.#protected.set(key, slot);
    this.#protectedKeys.set(slot.subject, key);
    this.#protectedBytes += slot.sizeBytes;
    for (const oldest of this.#protected.keys()) {
      if (this.#protectedBytes <= this.#maxBytes * PROTECTED_SHARE) break;
      this.#remove(oldest);
    }
    this.#fit();
  }

  /**
   * What was bumped away is never asked for again, so its turn must come by itself: it was used
   * longest ago, and would else keep newcomers from ever being asked twice.
   */
  #dropStale(nowMs: number): void {
    for (const part of [this.#protected, this.#probation]) {
      for (const [key, { entry }] of part) {
        if (isFresh(entry, nowMs)) break;
        this.#remove(key);
      }
    }
  }

  /** Only probation gives way. */
  #fit(): void {
    for (const oldest of this.#probation.keys()) {
      if (this.#probationBytes + this.#protectedBytes <= this.#maxBytes) return;
      this.#remove(oldest);
    }
  }

  #remove(key: string): void {
    const onProbation = this.#probation.get(key);
    if (onProbation !== undefined) this.#probationBytes -= onProbation.sizeBytes;
    const isProtected = this.#protected.get(key);
    if (isProtected !== undefined) {
      this.#protectedBytes -= isProtected.sizeBytes;
      if (this.#protectedKeys.get(isProtected.subject) === key) {
        this.#protectedKeys.delete(isProtected.subject);
      }
    }
    this.#probation.delete(key);
    this.#protected.delete(key);
  }
}

/** A stamp from the future comes from a clock that was set back: how old the entry is, nobody knows. */
function isFresh({ askedAtMs, ttlMs }: Entry, nowMs: number): boolean {
  const ageMs = nowMs - askedAtMs;
  return ageMs >= 0 && ageMs < ttlMs;
}

function measure(key: string, { headers, body }: Entry): number {
  const characters = headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  return body.byteLength + BYTES_PER_CHARACTER * (key.length + characters) + OVERHEAD_BYTES;
}
