/** The MACs between Edge, runtime and whoever reports writes (cache protocol, section 10). */

import type { HmacKey, KeyRing, RingKey } from "../identity/key-ring.ts";

/** `read`: GET and HEAD; `covered`: an intent stands; `uncovered`: everything else. */
export type IntentMode = "read" | "covered" | "uncovered";

export interface IntentFacts {
  readonly method: string;
  /** Path and query as the origin gets them. */
  readonly rawTarget: string;
  readonly mode: IntentMode;
  /** Of the intent, else of this request alone: the answer must name it. No `;`, `,` or space. */
  readonly id: string;
  /** Unix time after which the origin commits nothing; null: no limit. */
  readonly deadlineMs: number | null;
}

/** @returns value of `X-Mizan-Intent`, for every forwarded request */
export async function signIntent({ kid, key }: RingKey, facts: IntentFacts): Promise<string> {
  const fields = ["v=1", `m=${facts.mode}`, `i=${facts.id}`];
  if (facts.deadlineMs !== null) fields.push(`d=${facts.deadlineMs}`);
  const message = encodeFields([facts.method, facts.rawTarget, ...fields]);
  if (message === null) throw new Error("a request target is ASCII after URL parsing");
  return [...fields, `k=${kid}`, `s=${await buildMac(key, message)}`].join(";");
}

/** What the runtime reports about a request. */
export interface Wrote {
  /** Any statement but reads was committed. */
  readonly wrote: boolean;
  /** The view itself read the session; true where nothing is said. */
  readonly sessionReadByView: boolean;
  /** URL pattern that Django resolved, as a manifest writes it; null: none is said. */
  readonly route: string | null;
}

export interface WroteContext {
  readonly status: number;
  /** Raw `X-Mizan-Invalidate` of the same answer; null: none. */
  readonly invalidateHeader: string | null;
  /** That the question was signed with. */
  readonly id: string;
}

/** @returns null: absent, malformed, of another answer or not signed by a live key: as if it were absent */
export async function verifyWrote(
  { accepted }: KeyRing,
  header: string | null,
  context: WroteContext,
): Promise<Wrote | null> {
  const signed = header === null ? null : parseSigned(header);
  if (signed === null) return null;
  const key = accepted.find(({ kid }) => kid === signed.kid)?.key;
  const texts = [String(context.status), ...signed.fields, context.invalidateHeader ?? ""];
  const message = encodeFields(texts);
  if (key === undefined || message === null) return null;
  if (!(await isMac(key, message, signed.mac))) return null;
  return readWrote(signed.fields, context.id);
}

function readWrote(fields: readonly string[], id: string): Wrote | null {
  const values = new Map<string, string>();
  for (const field of fields) {
    const end = field.indexOf("=");
    if (end < 1 || values.has(field.slice(0, end))) return null;
    values.set(field.slice(0, end), field.slice(end + 1));
  }
  const [wrote, session] = [values.get("w"), values.get("session") ?? "1"];
  if (values.get("i") !== id || !isBit(wrote) || !isBit(session)) return null;
  const route = decodeRoute(values.get("r") ?? "");
  return { wrote: wrote === "1", sessionReadByView: session === "1", route };
}

function isBit(text: string | undefined): text is "0" | "1" {
  return text === "0" || text === "1";
}

/** Empty: nothing was resolved. */
function decodeRoute(encoded: string): string | null {
  try {
    return encoded === "" ? null : decodeURIComponent(encoded);
  } catch {
    return null; // the one error that it throws: malformed, so it equals no pattern
  }
}

/**
 * @param signature value of `X-Mizan-Signature`; null: none
 * @param body raw, before any parsing
 */
export async function verifyMessage(
  { accepted }: KeyRing,
  signature: string | null,
  body: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const signed = signature === null ? null : parseSigned(signature);
  if (signed === null || signed.fields.length > 0) return false;
  const key = accepted.find(({ kid }) => kid === signed.kid)?.key;
  return key !== undefined && isMac(key, body, signed.mac);
}

interface Signed {
  /** All before `k`, as they came. */
  readonly fields: readonly string[];
  readonly kid: string;
  readonly mac: Uint8Array<ArrayBuffer>;
}

/** 32 bytes in base64url without padding. */
const SIGNED_END = /^(?<fields>(?:[^;,\s]*;)*)k=(?<kid>[^;,\s]+);s=(?<mac>[A-Za-z0-9_-]{43})$/;

/** Far above what the runtime sends; a pattern and an id have room. */
const LONGEST_HEADER = 4096;

function parseSigned(header: string): Signed | null {
  const groups = header.length > LONGEST_HEADER ? undefined : SIGNED_END.exec(header)?.groups;
  const mac = groups?.["mac"] === undefined ? null : decodeBase64Url(groups["mac"]);
  if (groups === undefined || mac === null) return null;
  const fields = groups["fields"] ?? "";
  return {
    fields: fields === "" ? [] : fields.slice(0, -1).split(";"),
    kid: groups["kid"] ?? "",
    mac,
  };
}

/** Header texts are bytes, one per character. @returns null: a character is none */
function encodeFields(fields: readonly string[]): Uint8Array<ArrayBuffer> | null {
  const text = fields.join("\n");
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0xff) return null;
    bytes[index] = code;
  }
  return bytes;
}

async function buildMac(key: HmacKey, message: Uint8Array<ArrayBuffer>): Promise<string> {
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, message));
  const text = btoa(String.fromCharCode(...mac));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** `crypto.subtle.verify` compares in constant time. */
function isMac(
  key: HmacKey,
  message: Uint8Array<ArrayBuffer>,
  mac: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  return crypto.subtle.verify("HMAC", key, mac, message);
}

function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const decoded = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(decoded, (character) => character.charCodeAt(0));
}
