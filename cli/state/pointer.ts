/** The pointer `current`: the one place that says which release of an environment is live (D4). */
import { z } from "zod";
import { MizanError } from "../../infra/contract/errors.ts";
import { removeDocument } from "./remove-document.ts";
import type { StateStore } from "./store.ts";

const POINTER_KEY = "current";

const pointerSchema = z.object({
  /** The live release. */
  release: z.string(),
  /** The one that was live before, or null. */
  previous: z.string().nullable(),
  /** ISO 8601, UTC. */
  movedAt: z.iso.datetime(),
});
export type Pointer = Readonly<z.infer<typeof pointerSchema>>;

/** null: nothing was ever live. */
export async function readCurrent(store: StateStore): Promise<Pointer | null> {
  const stored = await store.read(POINTER_KEY);
  return stored === null ? null : pointerSchema.parse(stored.value);
}

export interface PointerMove {
  /** What must be live now; null: nothing. */
  readonly from: string | null;
  readonly to: string;
  /** Unix time in milliseconds. */
  readonly nowMs: number;
}

/**
 * Makes a release the live one. Idempotent: where it is live already, nothing changes.
 *
 * @throws {MizanError} STATE_CONFLICT when another release is live than `from`.
 */
export async function moveCurrent(store: StateStore, move: PointerMove): Promise<Pointer> {
  const stored = await store.read(POINTER_KEY);
  const pointer = stored === null ? null : pointerSchema.parse(stored.value);
  if (pointer?.release === move.to) return pointer;
  if ((pointer?.release ?? null) !== move.from) throw buildConflict(move, pointer);
  const next: Pointer = {
    release: move.to,
    previous: move.from,
    movedAt: new Date(move.nowMs).toISOString(),
  };
  const etag =
    stored === null
      ? await store.create(POINTER_KEY, next)
      : await store.replace(POINTER_KEY, next, stored.etag);
  if (etag === null) throw buildConflict(move, await readCurrent(store));
  return next;
}

/** Nothing is live any more. Missing is success. */
export async function removeCurrent(store: StateStore): Promise<void> {
  await removeDocument(store, POINTER_KEY);
}

function buildConflict(move: PointerMove, found: Pointer | null): MizanError {
  const expected = move.from ?? "no release";
  const actual = found?.release ?? "no release";
  return new MizanError(
    "STATE_CONFLICT",
    `Cannot make ${move.to} live: expected ${expected} to be live, found ${actual}`,
    {
      hint: "Another command was faster; look at `mizan status`, then run the same command again.",
      details: { from: move.from, to: move.to, found: found?.release ?? null },
    },
  );
}
