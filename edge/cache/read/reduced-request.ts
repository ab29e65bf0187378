/** What the origin is asked with on a cacheable request: nothing that the key does not cover (section 3.7). */

import { computeHmac, type HmacKey } from "../identity/key-ring.ts";

export interface ReducedFacts {
  readonly kind: "context" | "page";
  readonly scheme: "http" | "https";
  readonly host: string;
  /** Value of `X-Mizan-Token`, verified; null: anonymous. */
  readonly token: string | null;
  /** See `derivePseudonym`; null: the client's address is not known, so none is claimed. */
  readonly pseudonym: string | null;
  /** See `chooseLanguage`; null: none is sent. */
  readonly languageHeader: string | null;
}

/** Fixed, so that content negotiation gives one answer. */
const ACCEPT = {
  context: "application/json",
  page: "text/html,application/xhtml+xml,*/*;q=0.8",
} as const;

/** All header fields of the question but `Host` and what the wire itself adds. Lower-case names. */
export function buildReducedHeaders(facts: ReducedFacts): Readonly<Record<string, string>> {
  const { pseudonym, token, languageHeader } = facts;
  return {
    accept: ACCEPT[facts.kind],
    // Stored uncompressed: one entry fits every client.
    "accept-encoding": "identity",
    "x-forwarded-host": facts.host,
    "x-forwarded-proto": facts.scheme,
    ...(pseudonym === null ? {} : { "x-forwarded-for": pseudonym, "x-real-ip": pseudonym }),
    ...(token === null ? {} : { "x-mizan-token": token }),
    ...(languageHeader === null ? {} : { "accept-language": languageHeader }),
  };
}

/** Keeps this use of the key apart from every other. */
const PSEUDONYM_LABEL = "mizan-client-address";

/**
 * The client as the app may know him: another address each, so that throttles count him alone, and
 * none that anyone routes (RFC 3849), so that nobody looks internal.
 * @returns an address of 2001:db8::/32
 */
export async function derivePseudonym(key: HmacKey, clientAddress: string): Promise<string> {
  const mac = await computeHmac(key, `${PSEUDONYM_LABEL}\n${clientAddress.toLowerCase()}`);
  const groups = Array.from({ length: 6 }, (_, index) => {
    return (((mac[2 * index] ?? 0) << 8) | (mac[2 * index + 1] ?? 0)).toString(16);
  });
  return `2001:db8:${groups.join(":")}`;
}
