/** The key that a declared page's HTML is stored under (design D8): whatever the HTML depends on is in it. Pure. */

export interface PageKeySubject {
  readonly scheme: "http" | "https";
  /** With its port, as the client named it. */
  readonly host: string;
  readonly pattern: string;
  /** Percent-encoded: the component is given it. */
  readonly path: string;
  /** Declared ones of path and query, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly component: string;
  /** One per context, in the order of the page's. */
  readonly protocolKeys: readonly string[];
  /** null: the app does not choose by language. */
  readonly language: string | null;
  /** Of components and document. */
  readonly buildId: string;
}

/** Says the same whatever was bumped; keeps apart from every read's (`buildLastingKey`) by its first word. */
export function buildPageKey(subject: PageKeySubject): string {
  const { scheme, host, pattern, path, component, protocolKeys, language, buildId } = subject;
  const params = Object.entries(subject.params).sort(([a], [b]) => (a < b ? -1 : 1));
  const place = [pattern, path, params, component];
  // JSON of fixed positions: no value can be taken for two, nor two for one.
  return JSON.stringify(["declared", scheme, host, place, protocolKeys, language, buildId]);
}
