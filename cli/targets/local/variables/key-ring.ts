/** A ring of secret keys (D9): which one signs, which ones are still accepted. */
import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { Secret } from "../../../output/secret.ts";

const RING_KEY_BYTES = 32;
const KID_DIGITS = 16;

const ringKeySchema = z.object({
  /** Derived from the secret, so that a key has one name everywhere. */
  kid: z.string(),
  state: z.enum(["sign", "verify", "retired"]),
  /** ISO 8601, UTC. */
  createdAt: z.iso.datetime(),
  /** Used as it is written here, as UTF-8 bytes. */
  secret: z.string().min(1),
});
/** A ring as it is written in files. */
export const keyRingSchema = z.array(ringKeySchema).min(1);

export interface RingKey extends Readonly<Omit<z.infer<typeof ringKeySchema>, "secret">> {
  readonly secret: Secret;
}
export type KeyRing = readonly RingKey[];

/** The key rings of an environment; each is rotated without the others. */
export const RING_NAMES = ["mwt", "jwt", "cache", "edge"] as const;
export type RingName = (typeof RING_NAMES)[number];

/** One new random key that signs. */
export function createKeyRing(nowMs: number): KeyRing {
  const secret = randomBytes(RING_KEY_BYTES).toString("base64url");
  const createdAt = new Date(nowMs).toISOString();
  return [{ kid: buildKid(secret), state: "sign", createdAt, secret: new Secret(secret) }];
}

export function toKeyRing(content: z.infer<typeof keyRingSchema>): KeyRing {
  return content.map((key) => ({ ...key, secret: new Secret(key.secret) }));
}

/** With the secrets in the open: only for files with mode 0600. */
export function revealKeyRing(ring: KeyRing): z.infer<typeof keyRingSchema> {
  return ring.map((key) => ({ ...key, secret: key.secret.reveal() }));
}

/** First 16 hex digits of the SHA-256 of the secret. */
export function buildKid(secret: string): string {
  return createHash("sha256").update(secret).digest("hex").slice(0, KID_DIGITS);
}

/** The key that new signatures are made with. */
export function getSigningKey(ring: KeyRing): RingKey {
  const key = ring.find(({ state }) => state === "sign");
  if (key === undefined) throw new Error("The key ring has no key that signs");
  return key;
}
