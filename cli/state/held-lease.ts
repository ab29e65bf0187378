/** A lease in our hands: its heartbeat, its loss, its end. */
import { MizanError } from "../../infra/contract/errors.ts";
import { buildLease, LEASE_KEY, LEASE_SECONDS, type LeaseDocument } from "./lease-document.ts";
import type { LeaseOwner } from "./lease-owner.ts";
import type { Etag, StateStore } from "./store.ts";

export interface Lease {
  readonly owner: LeaseOwner;
  /** Aborted when the lease was lost: stop at once, another command may be at work. */
  readonly signal: AbortSignal;
  /** Idempotent; also right after the lease was lost. */
  release(): Promise<void>;
}

export interface HeldLeaseOptions {
  readonly document: LeaseDocument;
  readonly etag: Etag;
  readonly nowMs: () => number;
  readonly heartbeatSeconds: number;
}

/** Keeps a lease that was just written until `release()`; its timer does not keep the process alive. */
export function createHeldLease(store: StateStore, options: HeldLeaseOptions): Lease {
  const { owner, acquiredAtMs } = options.document;
  const lost = new AbortController();
  let { document, etag } = options;
  let isReleased = false;

  async function beat(): Promise<void> {
    if (isReleased || lost.signal.aborted) return;
    const next = buildLease(owner, acquiredAtMs, options.nowMs());
    try {
      const nextEtag = await store.replace(LEASE_KEY, next, etag);
      if (nextEtag === null) return lose(undefined);
      document = next;
      etag = nextEtag;
    } catch (error) {
      // A store that cannot be written for a moment is no loss: the lease stands until it expires.
      if (options.nowMs() >= document.expiresAtMs) lose(error);
    }
  }

  function lose(cause: unknown): void {
    clearInterval(timer);
    lost.abort(buildLostError(cause));
  }

  let beats = Promise.resolve();
  const timer = setInterval(() => {
    beats = beats.then(beat);
  }, options.heartbeatSeconds * 1000).unref();

  async function release(): Promise<void> {
    clearInterval(timer);
    // A beat under way ends first: it changes the etag.
    await beats;
    if (isReleased || lost.signal.aborted) return;
    isReleased = true;
    await removeLease(store, etag);
  }
  return { owner, signal: lost.signal, release };
}

async function removeLease(store: StateStore, etag: Etag): Promise<void> {
  try {
    await store.remove(LEASE_KEY, etag);
  } catch (error) {
    // On a full disk the lease ends with this process; the error that matters is the one before.
    if (!(error instanceof MizanError && error.code === "DISK_FULL")) throw error;
  }
}

function buildLostError(cause: unknown): MizanError {
  return new MizanError(
    "STATE_CONFLICT",
    `The lease of the environment was lost: no heartbeat was stored for ${LEASE_SECONDS} s, or another command took it over`,
    { hint: "Run the same command again; it finishes or undoes what is half done.", cause },
  );
}
