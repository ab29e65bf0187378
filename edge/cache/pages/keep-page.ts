/** Reads a page that may be stored, stores it once it is whole and all it is made of is kept, and hands it on meanwhile. */

import { RENDER_LIMIT } from "../../render/contract.ts";
import type { AnswersAhead } from "../origin/answers-ahead.ts";
import { collectBody } from "../origin/collect-body.ts";
import { startTimer } from "../origin/start-timer.ts";
import type { Flight } from "../read/coalesce.ts";
import { LARGEST_ENTRY_BYTES, type StoreRefusal } from "../read/decide-store.ts";
import type { Entry, EntryStore } from "../read/entry-store.ts";
import { findPageRefusal } from "./decide-page-store.ts";
import type { Kept } from "./page-content.ts";
import type { RenderedPage } from "./render-page.ts";

/** A page that has not ended by then is not kept. */
const COLLECT_MS = RENDER_LIMIT.pageMs + 5000;

/** A page that ends this fast is passed on whole, so that its mark says what became of it. */
const WHOLE_MS = 100;

export interface KeepPageOptions {
  readonly entries: EntryStore;
  /** Of the answer, but for its mark. */
  readonly headers: Entry["headers"];
  /** Of the numbers that were read before any context was asked for. */
  readonly key: string;
  /** See `EntryStore.put`. */
  readonly subject: string;
  /** Asked once the page is whole; null: something of it may not be shared. */
  readonly findKept: () => Kept | null;
  /** null: nobody follows. */
  readonly flight: Flight<Entry> | null;
  /** Its first bytes are waited for: something of it comes late. */
  readonly isStreamed: boolean;
  readonly ahead: AnswersAhead;
  /** Whose share of what is read ahead it takes. */
  readonly clientId: string;
  readonly waitUntil: (promise: Promise<unknown>) => void;
}

export interface KeptPage {
  /** null: stored, or not known yet. */
  readonly refusal: StoreRefusal | null;
  readonly body: Uint8Array | ReadableStream<Uint8Array>;
}

/** Read at the Edge's pace, whatever its client does: others get it from the store. */
export async function keepPage(page: RenderedPage, options: KeepPageOptions): Promise<KeptPage> {
  const { isStreamed, ahead, clientId, waitUntil } = options;
  const deadline = startTimer(COLLECT_MS);
  const collected = collectBody(page.readable, {
    maxBytes: LARGEST_ENTRY_BYTES,
    deadline: deadline.rang,
    lengthBytes: null,
  });
  waitUntil(collected.done);
  const ended = collected.end.then(async ({ body, refusal }) => {
    deadline.stop();
    if (body !== null) return store(body, page, options);
    options.flight?.land(null);
    return { refusal, body };
  });
  waitUntil(ended);
  const wait = startTimer(isStreamed ? 0 : WHOLE_MS);
  const known = await Promise.race([ended, wait.rang]);
  wait.stop();
  if (known !== undefined && known.body !== null) {
    await collected.readable.cancel();
    return { refusal: known.refusal, body: known.body };
  }
  const passed = ahead.pass(collected.readable, null, clientId);
  waitUntil(passed.ended);
  return { refusal: known?.refusal ?? null, body: passed.readable };
}

async function store(
  body: Uint8Array,
  { by, verdict }: RenderedPage,
  { entries, key, subject, headers, findKept, flight }: KeepPageOptions,
): Promise<{ readonly refusal: StoreRefusal | null; readonly body: Uint8Array }> {
  const facts = { by, verdict: await verdict, kept: findKept() };
  const refusal = findPageRefusal(facts);
  const entry = facts.kept === null ? null : buildEntry(body, headers, facts.kept);
  const isStored = refusal === null && entry !== null && entries.put(key, entry, subject);
  flight?.land(isStored ? entry : null);
  return { refusal: refusal ?? (isStored ? null : "size"), body };
}

/** Of every page that the Edge answers with. */
export const PAGE_HEADERS = [
  ["content-type", "text/html; charset=utf-8"],
  ["cache-control", "private, no-store"],
  ["x-content-type-options", "nosniff"],
] as const;

/** What its contexts vary by is not in it (`mergeKept`), and who has a session is not answered with it. */
function buildEntry(
  body: Uint8Array,
  headers: Entry["headers"],
  { askedAtMs, ttlMs }: Kept,
): Entry {
  return { headers, body, askedAtMs, ttlMs, varyNames: [], readsSession: false };
}
