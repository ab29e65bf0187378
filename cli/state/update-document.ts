/** Changes a document by compare-and-set, again and again until no other writer was in between. */
import type { StateStore, Stored } from "./store.ts";

/**
 * @param change gets the current document, or null if there is none. It may run several times; an
 * error of its own ends the attempt.
 * @returns what is stored now.
 */
export async function updateDocument<T>(
  store: StateStore,
  key: string,
  change: (current: Stored | null) => T,
): Promise<T> {
  for (;;) {
    const current = await store.read(key);
    const next = change(current);
    const etag =
      current === null
        ? await store.create(key, next)
        : await store.replace(key, next, current.etag);
    if (etag !== null) return next;
  }
}
