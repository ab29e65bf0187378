/** What the app answers to a read, and whether somebody may get such an answer. */

import type { Database, Versions } from "./database.ts";
import {
  type Entity,
  type Extras,
  IDENTITIES,
  type Identity,
  READ_KINDS,
  type ReadKind,
} from "./shop.ts";

/** Of a read, as the app saw it. */
export interface ReadBody {
  readonly kind: ReadKind["kind"];
  readonly subject: string;
  readonly host: string;
  readonly who: string;
  readonly release: number;
  /** Of the database. */
  readonly state: number;
  readonly versions: Partial<Versions>;
  readonly theme: string | null;
  readonly flavor: string | null;
  /** null: the answer is the same for all that ask the same. */
  readonly personal: number | null;
}

export interface AnsweredRead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly route: string | null;
}

export interface ViewContext {
  readonly database: Database;
  readonly release: number;
  readonly createPersonal: () => number;
}

/** @throws where nothing of the app is asked for */
export function answerRead(request: Request, context: ViewContext): AnsweredRead {
  const { pathname, search } = new URL(request.url);
  const kind = READ_KINDS.find(({ target }) => target === pathname + search);
  if (kind === undefined || kind.kind === "declared") throw new Error(`${request.url} is no view`);
  const who = findWho(request.headers);
  if (who === null) return { status: 401, headers: {}, text: "who?", route: null };
  const body = buildBody(request, kind, who, context);
  return {
    status: 200,
    headers: buildHeaders(kind),
    text: JSON.stringify(body),
    route: kind.route ?? null,
  };
}

function buildBody(
  { headers }: Request,
  kind: ReadKind,
  who: Identity,
  { database, release, createPersonal }: ViewContext,
): ReadBody {
  const { state } = database;
  const all = database.getVersions(state);
  const shown = listShown(kind, who).map((entity) => [entity, all[entity]] as const);
  return {
    kind: kind.kind,
    subject: kind.subject,
    host: headers.get("x-forwarded-host") ?? "",
    who: who.who ?? "",
    release,
    state,
    versions: Object.fromEntries(shown),
    theme: /theme=(\w+)/.exec(headers.get("cookie") ?? "")?.[1] ?? null,
    flavor: kind.name === "flavor/" ? headers.get("x-flavor") : null,
    personal: kind.isPersonal ? createPersonal() : null,
  };
}

function buildHeaders({ name }: ReadKind): Readonly<Record<string, string>> {
  if (name.endsWith("set-cookie")) return { "set-cookie": "seen=1" };
  if (name.endsWith("vary")) return { vary: "*" };
  if (name.endsWith("nonce")) return { "content-security-policy": "script-src 'nonce-abc'" };
  return name === "flavor/" ? { vary: "X-Flavor" } : {};
}

/** @returns null: a token that is not ours */
function findWho(headers: Headers): Identity | null {
  const token = headers.get("x-mizan-token");
  const isSession = (headers.get("cookie") ?? "").includes("sessionid=");
  const name = isSession ? "session" : "anonymous";
  const found = IDENTITIES.find((identity) => {
    return token === null ? identity.name === name : identity.headers["x-mizan-token"] === token;
  });
  return found?.who === null ? null : (found ?? null);
}

function listShown(kind: ReadKind, { sub }: Identity): readonly Entity[] {
  return kind.showsMe && sub !== null ? [...kind.shows, `me/${sub}`] : kind.shows;
}

/** Who asked for what, and what was promised when he did. */
export interface SentRead {
  readonly kind: ReadKind;
  readonly identity: Identity;
  readonly extras: Extras;
  readonly host: string;
  readonly sentAtMs: number;
  readonly floor: Versions;
  /** No older release may answer for what it describes otherwise. */
  readonly release: number;
}

/** Contexts that the second release describes otherwise; of pages the whole is another. */
function isOfOneRelease(kind: ReadKind): boolean {
  return kind.kind === "page" || kind.shows.some((entity) => !entity.startsWith("me/"));
}

/** @returns what is wrong with the answer; null: nothing */
export function judgeBody(body: ReadBody, sent: SentRead, database: Database): string | null {
  return judgeIsolation(body, sent) ?? judgeFreshness(body, sent, database);
}

function judgeIsolation(body: ReadBody, { kind, identity, extras, host }: SentRead): string | null {
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ["who", body.who, identity.who],
    ["host", body.host, host],
    ["kind", body.kind, kind.kind],
    ["subject", body.subject, kind.subject],
    ["flavor", body.flavor, kind.name === "flavor/" ? extras.flavor : null],
    ["theme", body.theme, body.theme === null ? null : extras.theme],
  ];
  const wrong = pairs.find(([, seen, right]) => seen !== right);
  if (wrong === undefined) return null;
  const [name, seen, right] = wrong;
  return `${name} is ${seen}, asked by ${right}`;
}

function judgeFreshness(body: ReadBody, sent: SentRead, database: Database): string | null {
  const { kind, identity, sentAtMs, floor, release } = sent;
  const versions = database.getVersions(body.state);
  if (isOfOneRelease(kind) && body.release < release) {
    return `of release ${body.release}, but ${release} was live`;
  }
  for (const entity of listShown(kind, identity)) {
    const version = body.versions[entity];
    if (version !== versions[entity]) return `${entity} is ${version}: of another moment`;
    if (version < floor[entity]) return `${entity} is ${version}, promised ${floor[entity]}`;
    const endMs = database.findEndMs(entity, version);
    if (endMs !== null && endMs <= sentAtMs - kind.ttlMs) {
      return `${entity} is ${version}, out of date for ${sentAtMs - endMs} ms`;
    }
  }
  return null;
}
