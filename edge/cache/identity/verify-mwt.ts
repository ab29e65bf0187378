/** Verifies a Mizan web token (protocol 5.1): HS256 only, any live key of the ring, claims as they stand. */

import { compactVerify, errors } from "jose";
import type { KeyRing, RingKey } from "./key-ring.ts";

/** How tokens are judged. A rotation or a changed audience makes another one. */
export interface MwtPolicy {
  readonly ring: KeyRing;
  /** null: `aud` is not looked at. */
  readonly audience: string | null;
}

export interface MwtClaims {
  readonly sub: string;
  /** null: the token has none. */
  readonly pkey: string | null;
  readonly staff: boolean | null;
  readonly super: boolean | null;
  readonly expiresAtMs: number;
}

export type MwtRefusal =
  | "size"
  | "malformed"
  | "algorithm"
  | "signature"
  | "claims"
  | "expired"
  | "not-yet"
  | "audience";

export type MwtResult =
  | { readonly ok: true; readonly claims: MwtClaims }
  | { readonly ok: false; readonly reason: MwtRefusal };

/** Ours are below 500; gunicorn refuses header fields above 8190. */
const LONGEST_TOKEN = 4096;

/** Design D13. */
const EXP_LEEWAY_SECONDS = 5;
const START_LEEWAY_SECONDS = 60;

/** @param token value of `X-Mizan-Token`, untrusted */
export async function verifyMwt(
  token: string,
  { ring, audience }: MwtPolicy,
  nowMs: number,
): Promise<MwtResult> {
  if (token.length > LONGEST_TOKEN) return refuse("size");
  const header = readHeader(token);
  if (header === null) return refuse("malformed");
  // Judged before any key is touched. "none" and every other algorithm end here, and jose asks again.
  if (header["alg"] !== "HS256") return refuse("algorithm");
  // RFC 7515 §4.1.11: what must be understood and is not. RFC 7797: `b64` has no place in a JWT.
  if ("crit" in header || "b64" in header) return refuse("malformed");
  const payload = await verifySignature(token, orderKeys(ring, header["kid"]));
  if (payload === null) return refuse("signature");
  const fields = parseObject(payload);
  return fields === null ? refuse("claims") : judgeClaims(fields, audience, nowMs / 1000);
}

function refuse(reason: MwtRefusal): MwtResult {
  return { ok: false, reason };
}

/** The key that `kid` names first: it is a hint of the sender, so that the others are tried as well. */
function orderKeys({ accepted }: KeyRing, kid: unknown): readonly RingKey[] {
  const named = accepted.filter((key) => key.kid === kid);
  return [...named, ...accepted.filter((key) => key.kid !== kid)];
}

async function verifySignature(
  token: string,
  keys: readonly RingKey[],
): Promise<Uint8Array | null> {
  for (const { key } of keys) {
    try {
      const { payload } = await compactVerify(token, key, { algorithms: ["HS256"] });
      return payload;
    } catch (error) {
      if (error instanceof errors.JWSSignatureVerificationFailed) continue;
      if (error instanceof errors.JOSEError) return null; // the token, whatever the key
      throw error;
    }
  }
  return null;
}

function judgeClaims(
  fields: Readonly<Record<string, unknown>>,
  audience: string | null,
  nowSeconds: number,
): MwtResult {
  const { sub, exp, nbf, iat } = fields;
  const pkey = readOptional(fields["pkey"], "string");
  const staff = readOptional(fields["staff"], "boolean");
  const superuser = readOptional(fields["super"], "boolean");
  if (typeof sub !== "string" || sub === "" || !isSeconds(exp)) return refuse("claims");
  if (pkey === undefined || staff === undefined || superuser === undefined) return refuse("claims");
  if (exp <= nowSeconds - EXP_LEEWAY_SECONDS) return refuse("expired");
  for (const start of [nbf, iat]) {
    if (start === undefined || start === null) continue;
    if (!isSeconds(start)) return refuse("claims");
    if (start > nowSeconds + START_LEEWAY_SECONDS) return refuse("not-yet");
  }
  if (audience !== null && !hasAudience(fields["aud"], audience)) return refuse("audience");
  const claims = { sub, pkey, staff, super: superuser, expiresAtMs: exp * 1000 };
  return { ok: true, claims };
}

/** @returns null: absent; undefined: of another type */
function readOptional(value: unknown, type: "string"): string | null | undefined;
function readOptional(value: unknown, type: "boolean"): boolean | null | undefined;
function readOptional(value: unknown, type: "string" | "boolean"): unknown {
  if (value === undefined || value === null) return null;
  return typeof value === type ? value : undefined;
}

function isSeconds(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function hasAudience(aud: unknown, wanted: string): boolean {
  return Array.isArray(aud) ? aud.includes(wanted) : aud === wanted;
}

/** @returns null: no compact JWS whose header is a JSON object */
function readHeader(token: string): Readonly<Record<string, unknown>> | null {
  const parts = token.split(".");
  const [encoded] = parts;
  if (encoded === undefined || parts.length !== 3) return null;
  if (!parts.every((part) => /^[A-Za-z0-9_-]*$/.test(part))) return null; // jose takes padding
  const padded = encoded.replaceAll("-", "+").replaceAll("_", "/");
  try {
    return parseObject(Uint8Array.from(atob(padded), (character) => character.charCodeAt(0)));
  } catch {
    return null; // the one error that atob throws: not base64
  }
}

/** @returns null: not UTF-8, not JSON or not an object */
function parseObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes),
    );
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}
