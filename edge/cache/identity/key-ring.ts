/** A ring of HMAC keys (design D9) as the Edge uses it: imported once, at most three of them live. */

/** As it stands in the ring's file. Raw: whoever pushes it has parsed the file. */
export interface RingEntry {
  readonly kid: string;
  readonly state: "sign" | "verify" | "retired";
  /** Used as it is written, as UTF-8 bytes. */
  readonly secret: string;
}

/** The type of an imported key, whichever platform's types are in force. */
export type HmacKey = Awaited<ReturnType<typeof importHmacKey>>;

export interface RingKey {
  readonly kid: string;
  /** HMAC-SHA256, for signing and verifying; not extractable. */
  readonly key: HmacKey;
}

export interface KeyRing {
  /** The key that new MACs are made with. */
  readonly signing: RingKey;
  /** Every live key, the signing one first. */
  readonly accepted: readonly RingKey[];
}

/** Design D13. A forged token costs one MAC per live key. */
const MOST_LIVE_KEYS = 3;

/** The ring cannot be used. The message names no secret. */
export class RingError extends Error {
  override readonly name = "RingError";
}

/** @throws {RingError} unless one key signs and at most three are live */
export async function importKeyRing(entries: readonly RingEntry[]): Promise<KeyRing> {
  const live = entries.filter(({ state }) => state !== "retired");
  if (live.length > MOST_LIVE_KEYS) {
    throw new RingError(`${live.length} live keys, at most ${MOST_LIVE_KEYS} are allowed`);
  }
  if (live.some(({ secret }) => secret === "")) throw new RingError("a key is empty");
  const keys = await Promise.all(live.map(importRingKey));
  const [signing, another] = keys.filter((_, index) => live[index]?.state === "sign");
  if (signing === undefined) throw new RingError("no key signs");
  if (another !== undefined) throw new RingError("more than one key signs");
  return { signing, accepted: [signing, ...keys.filter((key) => key !== signing)] };
}

async function importRingKey({ kid, secret }: RingEntry): Promise<RingKey> {
  return { kid, key: await importHmacKey(secret) };
}

/** @param secret used as UTF-8 text: hex or base64 is not decoded */
export function importHmacKey(secret: string) {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const bytes = new TextEncoder().encode(secret);
  return crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign", "verify"]);
}

/** @returns 32 bytes */
export async function computeHmac(key: HmacKey, message: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(message)));
}
