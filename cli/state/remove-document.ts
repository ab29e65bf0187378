/** Removes a document, whoever else writes it meanwhile. */
import type { StateStore } from "./store.ts";

/** Missing is success. */
export async function removeDocument(store: StateStore, key: string): Promise<void> {
  for (;;) {
    const stored = await store.read(key);
    if (stored === null || (await store.remove(key, stored.etag))) return;
  }
}
