/** Reads an answer that may be stored, stores it once it is whole, and hands it on meanwhile. */

import type { AnswersAhead } from "../origin/answers-ahead.ts";
import { collectBody } from "../origin/collect-body.ts";
import { readLength } from "../origin/pass-on.ts";
import { startTimer } from "../origin/start-timer.ts";
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
  /** See `EntryStore.put`. */
  readonly subject: string;
  /** Of the entry; the body is still to be read. */
  readonly entry: Omit<Entry, "body">;
  /** null: nobody follows. */
  readonly flight: Flight<Entry> | null;
  readonly ahead: AnswersAhead;
  /** Whose share of what is read ahead it takes. */
  readonly clientId: string;
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
  const { entries, key, subject, entry, flight, end, waitUntil } = options;
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
      const whole = body === null ? null : { ...entry, body: trimBody(body) };
      const isStored = whole !== null && entries.put(key, whole, subject);
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
  const { readable, ended } = options.ahead.pass(collected.readable, lengthBytes, options.clientId);
  waitUntil(ended);
  return { refusal: known?.refusal ?? null, body: readable };
}

/** A chunk is a view into what it was read into, which may be many times as large and would be kept too. */
function trimBody(body: Uint8Array): Uint8Array {
  return body.byteLength === body.buffer.byteLength ? body : body.slice();
}
