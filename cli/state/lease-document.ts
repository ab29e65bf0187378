/** What the lease of an environment looks like in its store, and when it is over. */
import { z } from "zod";
import { isOwnerDead, isOwnerHere, type LeaseOwner, leaseOwnerSchema } from "./lease-owner.ts";

export const LEASE_KEY = "lease";
export const LEASE_SECONDS = 20;
export const HEARTBEAT_SECONDS = 5;

/** How far the clocks of two machines may differ. */
const CLOCK_SKEW_SECONDS = 60;

const leaseSchema = z.object({
  owner: leaseOwnerSchema,
  /** Unix time in milliseconds by the owner's clock; likewise the next two. */
  acquiredAtMs: z.number(),
  heartbeatAtMs: z.number(),
  expiresAtMs: z.number(),
});
export type LeaseDocument = Readonly<z.infer<typeof leaseSchema>>;

export function parseLease(value: unknown): LeaseDocument {
  return leaseSchema.parse(value);
}

export function buildLease(
  owner: LeaseOwner,
  acquiredAtMs: number,
  heartbeatAtMs: number,
): LeaseDocument {
  const expiresAtMs = heartbeatAtMs + LEASE_SECONDS * 1000;
  return { owner, acquiredAtMs, heartbeatAtMs, expiresAtMs };
}

/**
 * A holder on this machine: over when its process has ended, however late its heartbeat is (it may
 * be stopped, or the clock may have jumped). Elsewhere: when we saw no heartbeat for the lease's
 * whole length by our own clock, or its expiry is so long ago that no clock difference explains it.
 *
 * @param unchangedSinceMs when we first saw this version of the lease.
 */
export function isLeaseOver(
  lease: LeaseDocument,
  unchangedSinceMs: number,
  nowMs: number,
): boolean {
  if (isOwnerHere(lease.owner)) return isOwnerDead(lease.owner);
  if (nowMs - unchangedSinceMs >= LEASE_SECONDS * 1000) return true;
  return nowMs >= lease.expiresAtMs + CLOCK_SKEW_SECONDS * 1000;
}
