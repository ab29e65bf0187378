/** The key that an entry is stored under (cache protocol, section 3, step 3). Whatever an answer depends on is in it. */

/** Claims of the verified token as they stand in it; null: anonymous. */
export interface KeyClaims {
  readonly pkey: string | null;
  readonly staff: boolean | null;
  readonly super: boolean | null;
}

export interface StorageSubject {
  readonly kind: "context" | "page";
  readonly scheme: "http" | "https";
  /** With its port, as the client named it. */
  readonly host: string;
  /** Page: the patterns that the path fits, and the path as it came. */
  readonly page: { readonly patterns: readonly string[]; readonly rawPath: string } | null;
  /** One per context concerned; the user is in there. */
  readonly protocolKeys: readonly string[];
  readonly claims: KeyClaims | null;
  /** null: the app does not choose by language. */
  readonly language: string | null;
  /** Pages: what their HTML was built from. */
  readonly buildId: string | null;
}

export interface Generation {
  /** Of the authority. */
  readonly incarnation: string;
  /** One per context concerned, in the order of `protocolKeys`, read before the origin was asked. */
  readonly numbers: readonly number[];
}

/** What says the same whatever was bumped: for what is remembered about a key. */
export function buildLastingKey(subject: StorageSubject): string {
  const { kind, scheme, host, page, protocolKeys, claims, language, buildId } = subject;
  const identity = claims === null ? null : [claims.pkey, claims.staff, claims.super];
  const place = page === null ? null : [page.patterns, page.rawPath];
  // JSON of fixed positions: no value can be taken for two, nor two for one.
  return JSON.stringify([kind, scheme, host, place, protocolKeys, identity, language, buildId]);
}

export function buildStorageKey(subject: StorageSubject, generation: Generation): string {
  const { numbers } = generation;
  if (numbers.length !== subject.protocolKeys.length) {
    throw new Error(`${subject.protocolKeys.length} contexts, but ${numbers.length} numbers`);
  }
  return joinStorageKey(buildLastingKey(subject), generation);
}

/** @param lastingKey of the subject */
export function joinStorageKey(lastingKey: string, { incarnation, numbers }: Generation): string {
  return `${JSON.stringify([incarnation, numbers])}${lastingKey}`;
}
