/** Puts the key of a read together once: for the same numbers it is the same text, hashed once. */

import { type Generation, joinStorageKey } from "./storage-key.ts";

/** What asks for the same again and again: a read, or a declared page's. */
export interface LastingRead {
  /** See `buildLastingKey`. */
  readonly lastingKey: string;
}

interface KnownKey extends Generation {
  readonly key: string;
}

const knownKeys = new WeakMap<LastingRead, KnownKey>();

export function findStorageKey(read: LastingRead, { incarnation, numbers }: Generation): string {
  const known = knownKeys.get(read);
  const isSame =
    known?.incarnation === incarnation &&
    numbers.every((number, index) => number === known.numbers[index]);
  if (isSame) return known.key;
  const key = joinStorageKey(read.lastingKey, { incarnation, numbers });
  knownKeys.set(read, { incarnation, numbers, key });
  return key;
}
