/** What a request tells the origin and what an answer tells the browser: trusted headers are ours alone. Pure. */

/**
 * Removed by the Edge, so that no browser learns how Django resolved a path. The same name as in
 * `runtime/origin/contract.ts`, which a worker may not import; a test compares the two.
 */
export const UNRESOLVED_HEADER = "x-mizan-unresolved";

/** The only `X-Mizan-*` header that a client may send: its token. */
const CLIENT_TOKEN_HEADER = "x-mizan-token";

/** Where apps and their middleware look for the client: whatever a client claims about itself goes. */
const CLAIMED_ADDRESS_HEADERS = new Set([
  "forwarded",
  "forwarded-for",
  "client-ip",
  "true-client-ip",
  "cf-connecting-ip",
  "cf-connecting-ipv6",
  "x-real-ip",
  "x-client-ip",
  "x-cluster-client-ip",
  "x-original-forwarded-for",
]);

/** About one connection, not about the request: `Expect` was answered by workerd already. */
const CONNECTION_HEADERS = new Set(["expect", "proxy", "proxy-connection", "keep-alive", "te"]);

/** What browsers may see of `X-Mizan-*`: upstream's client reads it (protocol, 2.2). */
const ANSWER_HEADERS = new Set(["x-mizan-invalidate"]);

export interface PublicAddress {
  /** As the client named it. */
  readonly host: string;
  readonly scheme: "http" | "https";
  /** null: unknown, so none is claimed. */
  readonly clientAddress: string | null;
}

/** @returns a copy fit for the origin; `Host` itself comes from the request's URL */
export function buildForwardedHeaders(received: Headers, address: PublicAddress): Headers {
  const headers = new Headers(received);
  for (const name of [...headers.keys()]) {
    if (isClaimed(name) || CONNECTION_HEADERS.has(name)) headers.delete(name);
  }
  headers.set("x-forwarded-host", address.host);
  headers.set("x-forwarded-proto", address.scheme);
  if (address.clientAddress !== null) {
    headers.set("x-forwarded-for", address.clientAddress);
    headers.set("x-real-ip", address.clientAddress);
  }
  return headers;
}

function isClaimed(name: string): boolean {
  // WSGI folds `_` and `-` into one: `X_Forwarded_For` would arrive as the trusted header.
  if (name.includes("_")) return true;
  if (name.startsWith("x-mizan-")) return name !== CLIENT_TOKEN_HEADER;
  return name.startsWith("x-forwarded") || CLAIMED_ADDRESS_HEADERS.has(name);
}

/** @returns a copy fit for the browser; several `Set-Cookie` stay several */
export function buildAnswerHeaders(received: Headers, scheme: "http" | "https"): Headers {
  const headers = new Headers(received);
  for (const name of [...headers.keys()]) {
    if (name.startsWith("x-mizan-") && !ANSWER_HEADERS.has(name)) headers.delete(name);
  }
  // RFC 6797 §7.2: never over plain HTTP. It would also lock the developer's 127.0.0.1 into HTTPS.
  if (scheme === "http") headers.delete("strict-transport-security");
  return headers;
}

/**
 * A host and perhaps a port, nothing else. workerd builds the request's URL from the header, so
 * `Host: a/b` would move a path in front of the path, and `Host: a@b` name another host.
 */
export function isPlainHost(host: string): boolean {
  return /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i.test(host);
}
