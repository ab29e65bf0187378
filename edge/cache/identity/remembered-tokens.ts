/** Tokens that were verified, so that a signed-in hit costs no signature: bounded, never longer than they are valid. */

import { BoundedMap } from "../memory/bounded-map.ts";
import { type MwtClaims, type MwtPolicy, type MwtResult, verifyMwt } from "./verify-mwt.ts";

const DEFAULT_BYTES = 8 * 1024 * 1024;
/** UTF-16 takes two; the claims and the map's own bookkeeping some more. */
const BYTES_PER_CHARACTER = 2;
const BYTES_PER_ENTRY = 500;

export class RememberedTokens {
  readonly #claims: BoundedMap<MwtClaims>;
  #policy: MwtPolicy | null = null;

  constructor(maxBytes: number = DEFAULT_BYTES) {
    this.#claims = new BoundedMap(maxBytes);
  }

  get size(): number {
    return this.#claims.size;
  }

  /** @returns claims of a token that was verified and is still valid; null: `verify` it */
  find(token: string, policy: MwtPolicy, nowMs: number): MwtClaims | null {
    this.#follow(policy);
    const known = this.#claims.get(token);
    return known !== undefined && nowMs < known.expiresAtMs ? known : null;
  }

  /**
   * Only what was verified is remembered, so that forged tokens displace nothing.
   * @param policy compared by identity: another one forgets everything
   */
  async verify(token: string, policy: MwtPolicy, nowMs: number): Promise<MwtResult> {
    const known = this.find(token, policy, nowMs);
    if (known !== null) return { ok: true, claims: known };
    this.#claims.delete(token);
    const result = await verifyMwt(token, policy, nowMs);
    // The ring may have changed while the signature was computed.
    if (result.ok && policy === this.#policy) this.#remember(token, result.claims, nowMs);
    return result;
  }

  #follow(policy: MwtPolicy): void {
    if (policy === this.#policy) return;
    this.#policy = policy;
    this.#claims.clear();
  }

  #remember(token: string, claims: MwtClaims, nowMs: number): void {
    if (nowMs >= claims.expiresAtMs) return; // within the leeway: asked again each time
    this.#claims.set(token, claims, BYTES_PER_CHARACTER * token.length + BYTES_PER_ENTRY);
  }
}
