/** A map that forgets what was used longest ago once it weighs too much. */

interface Slot<V> {
  readonly value: V;
  readonly weight: number;
}

export class BoundedMap<V> {
  readonly #maxWeight: number;
  /** Oldest use first: a Map keeps the order of insertion. */
  readonly #slots = new Map<string, Slot<V>>();
  #weight = 0;

  /** @param maxWeight in the unit of `set`'s weights: a count, or bytes */
  constructor(maxWeight: number) {
    this.#maxWeight = maxWeight;
  }

  get size(): number {
    return this.#slots.size;
  }

  get weight(): number {
    return this.#weight;
  }

  get(key: string): V | undefined {
    const slot = this.#slots.get(key);
    if (slot === undefined) return undefined;
    this.#slots.delete(key);
    this.#slots.set(key, slot);
    return slot.value;
  }

  /** What alone weighs more than the map may hold is not kept. */
  set(key: string, value: V, weight = 1): void {
    this.delete(key);
    if (weight > this.#maxWeight) return;
    this.#slots.set(key, { value, weight });
    this.#weight += weight;
    for (const oldest of this.#slots.keys()) {
      if (this.#weight <= this.#maxWeight) return;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const slot = this.#slots.get(key);
    if (slot === undefined) return;
    this.#slots.delete(key);
    this.#weight -= slot.weight;
  }

  clear(): void {
    this.#slots.clear();
    this.#weight = 0;
  }
}
