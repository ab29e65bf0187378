/** The lease of an environment: one command at a time changes it, and a dead one never stands in the way (D4). */
import { setTimeout as sleep } from "node:timers/promises";
import { MizanError } from "../../infra/contract/errors.ts";
import { createHeldLease, type Lease } from "./held-lease.ts";
import {
  buildLease,
  HEARTBEAT_SECONDS,
  isLeaseOver,
  LEASE_KEY,
  type LeaseDocument,
  parseLease,
} from "./lease-document.ts";
import type { LeaseOwner } from "./lease-owner.ts";
import type { Etag, StateStore } from "./store.ts";

export type { Lease } from "./held-lease.ts";

/** Longest time between two looks of a waiter. */
const POLL_MS = 200;

export interface LeaseOptions {
  /** `readLeaseOwner(command, env)`. */
  readonly owner: LeaseOwner;
  /** 0 or null: do not wait. */
  readonly waitSeconds: number | null;
  /** Ends the waiting; its reason is thrown. */
  readonly signal: AbortSignal;
  /** Unix time in milliseconds. */
  readonly nowMs: () => number;
  /** Called once, before waiting. */
  readonly onWait?: (holder: LeaseOwner) => void;
  /** Default 5. */
  readonly heartbeatSeconds?: number;
}

/**
 * Takes the lease, waiting for its holder if asked to.
 *
 * @throws {MizanError} ENVIRONMENT_LOCKED naming the holder.
 */
export async function acquireLease(store: StateStore, options: LeaseOptions): Promise<Lease> {
  const waitSeconds = options.waitSeconds ?? 0;
  const waitUntilMs = options.nowMs() + waitSeconds * 1000;
  // Which version of another's lease we look at, and since when by our own clock.
  const seen = { etag: "", sinceMs: 0 };
  let isReported = false;
  for (;;) {
    options.signal.throwIfAborted();
    const stored = await store.read(LEASE_KEY);
    const holder = stored === null ? null : parseLease(stored.value);
    if (stored !== null && seen.etag !== stored.etag) {
      seen.etag = stored.etag;
      seen.sinceMs = options.nowMs();
    }
    if (holder === null || isLeaseOver(holder, seen.sinceMs, options.nowMs())) {
      const lease = await takeLease(store, options, stored?.etag ?? null);
      if (lease !== null) return lease;
      continue;
    }
    if (options.nowMs() >= waitUntilMs) throw buildLockedError(holder, waitSeconds);
    if (!isReported) options.onWait?.(holder.owner);
    isReported = true;
    await pause(options.signal);
  }
}

/** Who holds the lease now, for `status`; null: nobody, or one that has ended. */
export async function readLeaseHolder(
  store: StateStore,
  nowMs: number,
): Promise<LeaseDocument | null> {
  const stored = await store.read(LEASE_KEY);
  if (stored === null) return null;
  const lease = parseLease(stored.value);
  return isLeaseOver(lease, nowMs, nowMs) ? null : lease;
}

/** @returns null if another one was faster. */
async function takeLease(
  store: StateStore,
  options: LeaseOptions,
  etag: Etag | null,
): Promise<Lease | null> {
  const nowMs = options.nowMs();
  const document = buildLease(options.owner, nowMs, nowMs);
  const written =
    etag === null
      ? await store.create(LEASE_KEY, document)
      : await store.replace(LEASE_KEY, document, etag);
  if (written === null) return null;
  return createHeldLease(store, {
    document,
    etag: written,
    nowMs: options.nowMs,
    heartbeatSeconds: options.heartbeatSeconds ?? HEARTBEAT_SECONDS,
  });
}

/** Of random length, so that among many waiters each has its turn. */
async function pause(signal: AbortSignal): Promise<void> {
  try {
    await sleep(POLL_MS * (0.25 + 0.75 * Math.random()), undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

function buildLockedError(lease: LeaseDocument, waitedSeconds: number): MizanError {
  const { owner } = lease;
  const since = new Date(lease.acquiredAtMs).toISOString();
  const run = owner.runUrl === undefined ? "" : `, ${owner.runUrl}`;
  const waited = waitedSeconds > 0 ? `, still after ${waitedSeconds} s` : "";
  const longer = waitedSeconds > 0 ? `--wait ${waitedSeconds * 2}` : "--wait";
  return new MizanError(
    "ENVIRONMENT_LOCKED",
    `The environment is held by \`${owner.command}\` of ${owner.who} (process ${owner.pid}${run}) since ${since}${waited}`,
    {
      hint: `Run the same command with \`${longer}\`: it goes on as soon as the other one has ended.`,
      details: {
        who: owner.who,
        pid: owner.pid,
        command: owner.command,
        since,
        runUrl: owner.runUrl ?? null,
      },
    },
  );
}
