/** Fetches under way that others may join: by their whole key, numbers included, and only for what may be stored. */

/** A fetch that its key's followers wait for. */
export interface Flight<T> {
  /**
   * Ends it: with what was stored, or with null as soon as it is seen that nothing will be, upon
   * which each follower asks for itself. The first call counts.
   */
  land(stored: T | null): void;
}

export class Flights<T> {
  readonly #underWay = new Map<string, Promise<T | null>>();

  get size(): number {
    return this.#underWay.size;
  }

  /**
   * @param key see `buildStorageKey`
   * @returns what the fetch under that key ends with; null: there is none, so begin one. Who is told
   *   that nothing was stored must not join another, or they would all wait in a row
   */
  find(key: string): Promise<T | null> | null {
    return this.#underWay.get(key) ?? null;
  }

  /** @throws if there is one: `find` comes first, in the same turn of the event loop */
  begin(key: string): Flight<T> {
    if (this.#underWay.has(key)) throw new Error("a fetch under this key is under way");
    const { promise, resolve } = createDeferred<T | null>();
    this.#underWay.set(key, promise);
    return {
      land: (stored) => {
        if (this.#underWay.get(key) === promise) this.#underWay.delete(key);
        resolve(stored);
      },
    };
  }
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

function createDeferred<T>(): Deferred<T> {
  let resolve: ((value: T) => void) | undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  if (resolve === undefined) throw new Error("a promise runs its executor at once");
  return { promise, resolve };
}
