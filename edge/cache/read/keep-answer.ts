/** Reads an answer that may be stored, stores it once it is whole, and hands it on meanwhile. */

import { collectBody } from "../origin/collect-body.ts";
import { pipe, readLength } from "../origin/pass-on.ts";
import type { Flight } from "./coalesce.ts";
import { LARGEST_ENTRY_BYTES, type StoreRefusal } from "./decide-store.ts";
import type { Entry, EntryStore } from "./entry-store.ts";

/** An answer that has not ended by then is not kept, and nobody waits for it any longer. */
const COLLECT_MS = 5000;

/** An answer that ends this fast is passed on whole, so that its mark says what became of it. */
const WHOLE_MS = 100;

export interface KeepOptions {
  readonly entries: EntryStore;
  readonly key: string;
  /** Of the entry; the body is still to be read. */
  readonly entry: Omit<Entry, "body">;
  /** null: nobody follows. */
  readonly flight: Flight<Entry> | null;
  /** To be called when the origin owes nothing more. */
  readonly end: () => void;
  readonly waitUntil: (promise: Promise<unknown>) => void;
}

export interface Kept {
  /** null: stored, or not known yet. */
  readonly refusal: StoreRefusal | null;
  readonly body: Uint8Array | ReadableStream<Uint8Array>;
}

/** Read at the Edge's pace, whatever its client does. */
export async function keepAnswer(response: Response, options: KeepOptions): Promise<Kept> {
  const { entries, key, entry, flight, end, waitUntil } = options;
  const lengthBytes = readLength(response.headers);
  const deadline = startTimer(COLLECT_MS);
  const collected = collectBody(response.body ?? new Blob([]).stream(), {
    maxBytes: LARGEST_ENTRY_BYTES,
    deadline: deadline.rang,
    lengthBytes,
  });
  waitUntil(collected.done.then(end));
  const stored = collected.end.then(
    ({ body, refusal }): Kept | { readonly refusal: StoreRefusal } => {
      deadline.stop();
      const whole = body === null ? null : { ...entry, body };
      const isStored = whole !== null && entries.put(key, whole);
      flight?.land(isStored ? whole : null);
      if (body === null) return { refusal };
      return { refusal: isStored ? null : "size", body };
    },
  );
  const wait = startTimer(WHOLE_MS);
  const known = await Promise.race([stored, wait.rang]);
  wait.stop();
  if (known !== undefined && "body" in known) {
    await collected.readable.cancel();
    return known;
  }
  const { readable, ended } = pipe(collected.readable, lengthBytes);
  waitUntil(ended.catch(() => undefined)); // the client has gone, or the origin broke off
  return { refusal: known?.refusal ?? null, body: readable };
}

export interface Timer {
  readonly rang: Promise<undefined>;
  readonly stop: () => void;
}

export function startTimer(ms: number): Timer {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const rang = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  return { rang, stop: () => clearTimeout(timer) };
}
