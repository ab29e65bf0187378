/** The origin of the freshness check: three rows of data, and mutations of every kind that matters. */

export type Entity = "item/1" | "item/2" | "news";

/** Version of each row; an answer holds those that it shows. */
export type Versions = Readonly<Partial<Record<Entity, number>>>;

export const PARAMS: Readonly<Record<string, readonly string[]>> = { item: ["id"], news: [] };

export const VIEW = {
  contexts: new Map(Object.entries(PARAMS).map(([name, params]) => [name, { params }])),
  functions: new Map([["get_item", ["item"]]]),
};

export interface ReadKind {
  readonly context: "item" | "news";
  readonly values: Readonly<Record<string, string>>;
  readonly shows: readonly Entity[];
}

/** `01` is 1 to the app, as to Pydantic. */
export const READ_KINDS: readonly ReadKind[] = [
  { context: "item", values: {}, shows: ["item/1", "item/2"] },
  { context: "item", values: { id: "1" }, shows: ["item/1"] },
  { context: "item", values: { id: "01" }, shows: ["item/1"] },
  { context: "item", values: { id: "2" }, shows: ["item/2"] },
  { context: "news", values: {}, shows: ["news"] },
];

/** How a mutation goes: its stages in order, and what its answer looks like. */
export interface MutationKind {
  readonly name: string;
  readonly affects: readonly ("item" | "news")[];
  readonly stages: readonly ("commit" | "headers" | "answer")[];
  readonly writes: readonly Entity[];
  readonly status: number;
  /** `false`, `true`: what X-Mizan-Wrote says; null: the header is not there. */
  readonly wrote: boolean | null;
  readonly header?: string;
  readonly json?: unknown;
  /** Sent as an upload: no intent. */
  readonly isUpload?: true;
}

const PLAIN = {
  affects: ["item"],
  stages: ["commit", "answer"],
  writes: ["item/1"],
  status: 200,
  wrote: true,
} as const;

const ROW = { context: "item", params: { id: 1 } };

export const MUTATION_KINDS: readonly MutationKind[] = [
  { ...PLAIN, name: "row in the header", header: "item;id=1" },
  { ...PLAIN, name: "row of the other item", writes: ["item/2"], header: "item;id=2" },
  { ...PLAIN, name: "row spelled otherwise", header: "item;id=01" },
  { ...PLAIN, name: "encoded row", header: "item;id=%31" },
  { ...PLAIN, name: "whole context", header: "item", wrote: null, status: 303 },
  { ...PLAIN, name: "function", header: "get_item", json: { result: 1 } },
  { ...PLAIN, name: "row in JSON", wrote: null, json: { result: 1, invalidate: [ROW] } },
  { ...PLAIN, name: "merge", wrote: null, json: { result: 1, merge: [{ ...ROW, slot: "get" }] } },
  { ...PLAIN, name: "unreadable header", header: "news;", writes: ["item/1", "news"] },
  { ...PLAIN, name: "nothing named" },
  { ...PLAIN, name: "error after a commit", status: 500 },
  { ...PLAIN, name: "error of an app without runtime", status: 502, wrote: null },
  { ...PLAIN, name: "refusal after a commit", status: 409, header: "news" },
  { ...PLAIN, name: "refusal", stages: ["answer"], status: 403, wrote: false },
  {
    ...PLAIN,
    name: "two contexts",
    affects: ["item", "news"],
    writes: ["item/1", "news"],
    status: 500,
  },
  { ...PLAIN, name: "upload", header: "item;id=1", isUpload: true },
  {
    ...PLAIN,
    name: "streamed with header",
    stages: ["commit", "headers", "commit", "answer"],
    wrote: null,
    header: "item, news",
    writes: ["item/1", "news"],
  },
  { ...PLAIN, name: "streamed in silence", stages: ["headers", "commit", "answer"], wrote: null },
];

/** Writes news and does not know it: the next release's manifest does, so news is held meanwhile. */
export const QUIET_KIND: MutationKind = {
  ...PLAIN,
  name: "quiet",
  writes: ["news"],
  header: "item;id=1",
};
