/** A token (MWT, reference/protocol.md 5.1) of nobody, to see whether the app accepts the ring's key. */

import { createHmac } from "node:crypto";
import type { EdgeKey } from "../../edge/cache/contract.ts";

export interface TokenOptions {
  readonly key: EdgeKey;
  readonly audience: string | null;
  /** Unix time in milliseconds. */
  readonly nowMs: number;
}

const LIFE_SECONDS = 60;
/** No user of any app: keys of databases begin at 1. */
const NOBODY = "0";
/** Hex digits of a SHA-256. */
const NO_PERMISSIONS = "0".repeat(64);

export function mintToken({ key, audience, nowMs }: TokenOptions): string {
  const nowSeconds = Math.floor(nowMs / 1_000);
  const claims = {
    sub: NOBODY,
    pkey: NO_PERMISSIONS,
    iat: nowSeconds,
    nbf: nowSeconds,
    exp: nowSeconds + LIFE_SECONDS,
    staff: false,
    super: false,
    ...(audience === null ? {} : { aud: audience }),
  };
  const text = `${encode({ alg: "HS256", typ: "JWT", kid: key.kid })}.${encode(claims)}`;
  return `${text}.${createHmac("sha256", key.secret).update(text).digest("base64url")}`;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
