/** Decides whether an answer may be kept and for how long (cache protocol, sections 3.6 and 9). */

import type { ManifestContext } from "../manifest/manifest.ts";

/** Why an answer was not kept: a closed list, the first that applies in this order. */
export const STORE_REFUSALS = [
  "status",
  "set-cookie",
  "invalidate",
  "vary",
  "nonce",
  "private",
  "size",
  "incomplete",
  "lag",
  "no-rule",
] as const;

/**
 * Of a declared page: `context`, something that it is made of may not be shared; `render`, it is not
 * what Render makes of it when all goes well.
 */
export type PageRefusal = "context" | "render";

export type StoreRefusal = (typeof STORE_REFUSALS)[number] | PageRefusal;

/** Until writes past the Edge are reported (design D13). */
const TTL_CAP_SECONDS = 300;

export const LARGEST_ENTRY_BYTES = 1024 * 1024;

/** Known when the answer's head is there. */
export interface AnswerHead {
  readonly kind: "context" | "page";
  readonly method: string;
  readonly status: number;
  /** Looked up by lower-case name; several fields of a name come joined. */
  readonly headers: { get(name: string): string | null; has(name: string): boolean };
  /** Page: the app resolved the path to one of the patterns it was matched to. Context: true. */
  readonly isResolvedAsMatched: boolean;
  /** Whether the origin was asked within `edge.originLag` of a bump of its tags. */
  readonly isWithinLag: boolean;
}

/** @returns null: may be stored if its body is complete and small enough */
export function findStoreRefusal(head: AnswerHead): StoreRefusal | null {
  const { headers } = head;
  if (head.status !== 200) return "status";
  if (headers.has("set-cookie")) return "set-cookie";
  if (headers.has("x-mizan-invalidate")) return "invalidate";
  if (variesByAnything(headers.get("vary")) || headers.has("content-encoding")) return "vary";
  if (hasNonce(headers.get("content-security-policy"))) return "nonce";
  if (hasNonce(headers.get("content-security-policy-report-only"))) return "nonce";
  if (head.kind === "page" && isPrivate(headers.get("cache-control"))) return "private";
  if (readLength(headers.get("content-length")) > LARGEST_ENTRY_BYTES) return "size";
  if (head.method !== "GET" || isEventStream(headers.get("content-type"))) return "incomplete";
  if (head.isWithinLag) return "lag";
  return head.isResolvedAsMatched ? null : "no-rule";
}

/**
 * @param capSeconds whatever the contexts say, an entry is not older
 * @returns of several contexts the shortest; 0: not at all
 */
export function computeTtlMs(
  contexts: readonly Pick<ManifestContext, "cache">[],
  capSeconds: number = TTL_CAP_SECONDS,
): number {
  const seconds = contexts.map(({ cache }) => {
    if (typeof cache === "number") return cache;
    return cache ? Number.POSITIVE_INFINITY : 0;
  });
  return Math.max(0, Math.min(capSeconds, ...seconds)) * 1000;
}

/** Every answer of a context or page route loses these: a browser's own cache would break read-your-writes. */
const VALIDATOR_HEADERS = new Set([
  "cache-control",
  "expires",
  "etag",
  "last-modified",
  "age",
  "pragma",
]);

/** About one connection (RFC 9110, 7.6.1), or about one answer. */
const PASSING_HEADERS = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "content-length",
  "date",
  "server-timing",
]);

/**
 * @param received of an answer that may be stored
 * @returns what is stored of them and sent with each hit: lower-case names
 */
export function buildStoredHeaders(
  received: Iterable<readonly [string, string]>,
): readonly (readonly [string, string])[] {
  const kept = [...received].filter(([name]) => {
    const isInternal = name.startsWith("x-mizan-") || name === "set-cookie";
    return !isInternal && !VALIDATOR_HEADERS.has(name) && !PASSING_HEADERS.has(name);
  });
  return [...kept, ["cache-control", "private, no-store"]];
}

/** For an answer of a context or page route that is passed on, whatever became of it (section 3.8). */
export function sealAnswerHeaders(headers: {
  delete(name: string): void;
  set(name: string, value: string): void;
}): void {
  for (const name of VALIDATOR_HEADERS) headers.delete(name);
  headers.set("cache-control", "private, no-store");
}

function variesByAnything(vary: string | null): boolean {
  return vary?.split(",").some((name) => name.trim() === "*") ?? false;
}

function hasNonce(policy: string | null): boolean {
  return policy?.toLowerCase().includes("'nonce-") ?? false;
}

/** With or without field names: `private="x-user"` says that a part is for one user alone. */
function isPrivate(cacheControl: string | null): boolean {
  return cacheControl !== null && /(?:^|,)\s*private\s*(?:=|,|$)/i.test(cacheControl);
}

function readLength(contentLength: string | null): number {
  return contentLength !== null && /^\d+$/.test(contentLength) ? Number(contentLength) : 0;
}

function isEventStream(contentType: string | null): boolean {
  return contentType?.trim().toLowerCase().startsWith("text/event-stream") ?? false;
}
