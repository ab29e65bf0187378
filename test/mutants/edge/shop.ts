/** The app of the scheduled world: its manifests, who asks for what, and what an answer must say. */

import { createHmac } from "node:crypto";
import type { EdgePages } from "../../../edge/cache/contract.ts";
import { MUTATION_KINDS, QUIET_KIND } from "../checks/freshness-origin.ts";

export const TIMES = {
  /** T; H is 4 s more (W and the accepted clock difference). */
  requestLimitMs: 10_000,
  /** The clocks of Edge and origin may differ by as much. */
  clockDifferenceMs: 2000,
  /** Of all contexts, but for those that say less. */
  ttlMs: 60_000,
  newsTtlMs: 10_000,
  /** A page of both is kept for less than this one lives. */
  stockTtlMs: 15_000,
} as const;

const BASE = "/api/mizan/";

function buildContext(name: string, fields: Readonly<Record<string, unknown>>) {
  return { endpoints: [`${BASE}ctx/${name}/`], functions: [], params: [], ...fields };
}

/** @param release from 1; from the second on `quiet` says that it changes the news */
export function buildManifest(release: number) {
  const quiet = release === 1 ? ["item"] : ["item", "news"];
  return {
    version: 1,
    contexts: {
      item: buildContext("item", {
        functions: [{ name: "get_item", path: "rpc" }],
        params: ["id"],
        page_routes: ["/items/:id/", "/home/"],
      }),
      news: buildContext("news", { page_routes: ["/home/"], cache: TIMES.newsTtlMs / 1000 }),
      stock: buildContext("stock", { cache: TIMES.stockTtlMs / 1000 }),
      me: buildContext("me", { user_scoped: true }),
      draw: buildContext("draw", { params: ["by"] }),
      flavor: buildContext("flavor", {}),
      article: buildContext("article", { params: ["slug"], page_routes: ["/a/:slug/"] }),
    },
    mutations: {
      edit_item: { affects: ["item"], route: "/edit/item/" },
      edit_all: { affects: ["item", "news"], route: "/edit/all/" },
      edit_me: { affects: ["me"] },
      quiet: { affects: quiet, route: "/edit/quiet/" },
    },
  };
}

/** One row of the database; `me` is one row per user. */
export type Entity = "item/1" | "item/2" | "news" | "stock" | "me/ann" | "me/bob";

export const ENTITIES: readonly Entity[] = [
  "item/1",
  "item/2",
  "news",
  "stock",
  "me/ann",
  "me/bob",
];

export function findContext(entity: Entity): string {
  return entity.split("/")[0] ?? entity;
}

export interface ReadKind {
  readonly name: string;
  /** `declared`: rendered of contexts at the Edge. */
  readonly kind: "context" | "page" | "declared";
  /** Path and query. */
  readonly target: string;
  /** What the app makes of it: the same for all spellings. */
  readonly subject: string;
  readonly shows: readonly Entity[];
  /** The user's own row, too. */
  readonly showsMe?: true;
  /** Declared pages: names of the reads of their contexts. */
  readonly parts?: readonly string[];
  /** Pattern that the app resolves it to; pages only. */
  readonly route?: string;
  /** Made for one request alone, so nobody else may get it. */
  readonly isPersonal?: true;
  readonly ttlMs: number;
}

function context(target: string, shows: readonly Entity[], subject = target): ReadKind {
  const { ttlMs } = TIMES;
  const path = `${BASE}ctx/${target}`;
  return { name: target, kind: "context", target: path, subject, shows, ttlMs };
}

function page(target: string, shows: readonly Entity[], route: string): ReadKind {
  const { ttlMs } = TIMES;
  return { name: target, kind: "page", target, subject: target, shows, route, ttlMs };
}

/** A declared page, made of the contexts of these reads. */
function declared(target: string, parts: readonly string[], shows: readonly Entity[]): ReadKind {
  const { ttlMs } = TIMES;
  return { name: target, kind: "declared", target, subject: target, parts, shows, ttlMs };
}

/** `01` is 1 to the app, as to Pydantic. */
export const READ_KINDS: readonly ReadKind[] = [
  context("item/", ["item/1", "item/2"]),
  context("item/?id=1", ["item/1"]),
  context("item/?id=01", ["item/1"], "item/?id=1"),
  context("item/?id=2", ["item/2"]),
  { ...context("news/", ["news"]), ttlMs: TIMES.newsTtlMs },
  { ...context("me/", []), showsMe: true },
  page("/items/1/", ["item/1"], "/items/:id/"),
  page("/items/2/", ["item/2"], "/items/:id/"),
  { ...page("/home/", ["item/1", "item/2", "news"], "/home/"), ttlMs: TIMES.newsTtlMs },
  { ...context("draw/?by=set-cookie", []), isPersonal: true },
  { ...context("draw/?by=vary", []), isPersonal: true },
  { ...context("draw/?by=nonce", []), isPersonal: true },
  context("flavor/", []),
  page("/a/tea/", [], "/a/:slug/"),
  { ...page("/a/login/", [], "/a/login/"), isPersonal: true },
  declared("/show/1", ["item/?id=1", "news/"], ["item/1", "news"]),
  declared("/late/1", ["news/", "item/?id=1"], ["item/1", "news"]),
  { ...context("stock/", ["stock"]), ttlMs: TIMES.stockTtlMs },
  declared("/stock", ["stock/", "news/"], ["stock", "news"]),
  declared("/tea", ["article/?slug=tea"], []),
  { ...declared("/draw", ["draw/?by=set-cookie"], []), isPersonal: true },
  context("article/?slug=tea", []),
];

const DECLARED_DOCUMENT = { start: "", title: "", middle: "", end: "<p>end of the document</p>" };

function declarePage(pattern: string, contexts: EdgePages["pages"][number]["contexts"]) {
  const component = `${pattern}.tsx`;
  return { pattern, component, renderedBy: "render", errorComponent: null, contexts } as const;
}

const NEWS = { name: "news", params: {}, isLate: false };
const ITEM = { name: "item", params: { id: { from: "path", name: "id" } }, isLate: false } as const;
const TEA = { name: "article", params: { slug: { from: "value", value: "tea" } } } as const;

const DRAW = { name: "draw", params: { by: { from: "value", value: "set-cookie" } } } as const;

export const DECLARED_PAGES: EdgePages = {
  document: DECLARED_DOCUMENT,
  pages: [
    declarePage("/show/:id", [ITEM, NEWS]),
    declarePage("/late/:id", [NEWS, { ...ITEM, isLate: true }]),
    declarePage("/stock", [{ ...NEWS, name: "stock" }, NEWS]),
    declarePage("/tea", [{ ...TEA, isLate: false }]),
    declarePage("/draw", [{ ...DRAW, isLate: false }]),
  ],
};

export interface MutationKind {
  readonly name: string;
  readonly affects: readonly string[];
  readonly stages: readonly ("commit" | "headers" | "answer")[];
  /** `me`: the row of whoever asks. */
  readonly writes: readonly (Entity | "me")[];
  readonly status: number;
  readonly wrote: boolean | null;
  readonly header?: string;
  readonly json?: unknown;
  readonly isUpload?: true;
  /** Path. */
  readonly target: string;
  /** Function that the body of a call names; null: no call. */
  readonly call: string | null;
}

function addTarget(kind: Omit<MutationKind, "target" | "call">): MutationKind {
  const name = kind.affects.includes("news") ? "all" : "item";
  const isCall = "json" in kind || kind.name === "merge";
  if (kind.name === "quiet") return { ...kind, target: "/edit/quiet/", call: null };
  return isCall
    ? { ...kind, target: `${BASE}call/`, call: `edit_${name}` }
    : { ...kind, target: `/edit/${name}/`, call: null };
}

const ME = {
  affects: ["me"],
  stages: ["commit", "answer"],
  writes: ["me"],
  status: 200,
  target: `${BASE}call/`,
  call: "edit_me",
} as const;

export const WRITE_KINDS: readonly MutationKind[] = [
  ...[...MUTATION_KINDS, QUIET_KIND].map(addTarget),
  { ...ME, name: "me named", wrote: true, header: "me", json: { result: 1 } },
  { ...ME, name: "me unnamed", wrote: true, json: { result: 1 } },
  {
    ...ME,
    name: "upload without a word",
    affects: ["item", "news"],
    writes: ["item/1", "news"],
    wrote: true,
    json: { result: 1 },
    isUpload: true,
  },
];

/** What somebody sends about himself. */
export interface Identity {
  readonly name: string;
  /** How the app calls him; null: it must refuse him. */
  readonly who: string | null;
  readonly sub: "ann" | "bob" | null;
  readonly headers: Readonly<Record<string, string>>;
}

export const SECRETS = { edge: "edge-secret", cache: "cache-secret", mwt: "mwt-secret" } as const;

/** Far beyond any history. */
const EXPIRES_AT_SECONDS = 4_000_000_000;

function buildToken(sub: string, staff: boolean, secret: string): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const claims = { sub, staff, super: false, pkey: "p", exp: EXPIRES_AT_SECONDS };
  const text = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

function user(name: string, sub: "ann" | "bob", staff: boolean): Identity {
  const token = buildToken(sub, staff, SECRETS.mwt);
  const who = `${sub} ${staff ? "staff" : "plain"}`;
  return { name, who, sub, headers: { "x-mizan-token": token } };
}

/** Ann and Bob differ in nothing but their name; Ann without her rights in nothing but these. */
export const IDENTITIES: readonly Identity[] = [
  { name: "anonymous", who: "anonymous", sub: null, headers: {} },
  user("ann", "ann", true),
  user("ann-demoted", "ann", false),
  user("bob", "bob", true),
  { name: "session", who: "session sam", sub: null, headers: { cookie: "sessionid=sam" } },
  {
    name: "forged",
    who: null,
    sub: null,
    headers: { "x-mizan-token": buildToken("ann", true, "another secret") },
  },
];

/** What tells visitors apart though the key does not: none of it may reach another. */
export interface Extras {
  readonly theme: string | null;
  readonly flavor: string | null;
}

export const EXTRAS: readonly Extras[] = [
  { theme: null, flavor: null },
  { theme: "dark", flavor: null },
  { theme: null, flavor: "sour" },
];

/** Sent with every request, by nobody who may: none of it may reach the app. */
export const CLAIMS: Readonly<Record<string, string>> = {
  "x-mizan-probe": "1",
  x_mizan_token: "a token that WSGI would take for the real one",
  "x-forwarded-for": "127.0.0.1",
};

export const CLIENT_ADDRESS = "192.0.2.7";

/** @returns what of `CLAIMS` has come through; null: nothing */
export function findClaim(headers: Headers): string | null {
  return Object.keys(CLAIMS).find((name) => headers.get(name) === CLAIMS[name]) ?? null;
}

export const HOSTS = ["a.test", "b.test:8080"] as const;
