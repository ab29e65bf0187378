/** What clients ask the counters for, as contexts and as pages, and how to read the answers. */

import type { OutgoingHttpHeaders } from "node:http";
import type { SeededRandom } from "../../../helpers/history/seeded-random.ts";
import type { TimedAnswer, TimedRequest } from "../../../helpers/history/timed-client.ts";
import { contextPath, HOST } from "../mizan-app.ts";

export const ITEMS = 8;
const HOSTS = [HOST, "other.test:8000"] as const;

/** Who asks; anonymous without a token. */
export interface Identity {
  readonly user: string | null;
  readonly token: string | null;
}

export interface CounterRead {
  readonly key: string;
  readonly entry: string;
  readonly host: string;
  readonly request: TimedRequest;
  /** Somebody else's counter: the answer is a refusal and nothing else. */
  readonly isForeign: boolean;
}

/** How often, by what is asked. */
const READS = {
  item: 36,
  spelled: 2,
  sized: 3,
  lingering: 4,
  omitted: 3,
  page: 6,
  board: 10,
  mine: 40,
  foreign: 1,
};
const COOKIES = { none: 90, theme: 8, session: 2 };
const COOKIE = { none: null, theme: "theme=dark", session: "sessionid=unknown" };

type ReadKind = keyof typeof READS;

export function chooseRead(random: SeededRandom, identity: Identity): CounterRead {
  const kind = random.choose<ReadKind>(READS);
  const isAboutUsers = kind === "mine" || kind === "foreign";
  const allowed = isAboutUsers && identity.user === null ? "item" : kind;
  return buildRead(allowed, chooseItem(random), random, identity);
}

/** A read of the counter `key`, as one of those that show it. */
export function chooseReadOf(key: string, random: SeededRandom, identity: Identity): CounterRead {
  if (key === "board") return buildRead("board", 1, random, identity);
  if (key.startsWith("mine:")) return buildRead("mine", 1, random, identity);
  const { item, spelled, sized, lingering, page } = READS;
  const kind = random.choose({ item, spelled, sized, lingering, page });
  return buildRead(kind, Number(key.slice("item:".length)), random, identity);
}

/** The first ones are asked for most. */
export function chooseItem(random: SeededRandom): number {
  return 1 + Math.floor(ITEMS * random.next() ** 3);
}

function buildRead(
  kind: ReadKind,
  item: number,
  random: SeededRandom,
  { user, token }: Identity,
): CounterRead {
  const host = HOSTS[random.next() < 0.9 ? 0 : 1];
  const cookieKind = random.choose(COOKIES);
  const cookie = COOKIE[cookieKind];
  const { path, key } = buildPlace(kind, item, user);
  const headers: OutgoingHttpHeaders = {
    host,
    ...(token !== null && { "x-mizan-token": token }),
    ...(cookie !== null && { cookie }),
  };
  const entry = `${user ?? "nobody"} ${cookieKind} ${host}${path}`;
  return { key, entry, host, request: { path, headers }, isForeign: kind === "foreign" };
}

function buildPlace(kind: ReadKind, item: number, user: string | null) {
  const path = contextPath("item");
  const key = `item:${item}`;
  switch (kind) {
    case "item":
      return { path: `${path}?item_id=${item}`, key };
    case "spelled":
      return { path: `${path}?item_id=0${item}`, key };
    case "sized":
      return { path: `${path}?item_id=${item}&size=2`, key };
    case "lingering":
      return { path: `${path}?item_id=${item}&size=3`, key };
    case "omitted":
      return { path, key: "item:1" };
    case "page":
      return { path: `/page/${item}/`, key };
    case "board":
      return { path: contextPath("board"), key: "board" };
    case "mine":
      return { path: `${contextPath("mine")}?user_id=${user}`, key: `mine:${user}` };
    case "foreign":
      return { path: `${contextPath("mine")}?user_id=${Number(user) + 1}`, key: "foreign" };
  }
}

export interface Count {
  readonly key: string;
  readonly n: number;
  readonly made_for: string | null;
  readonly host: string;
  /** 0 where the context does not say it. */
  readonly revision: number;
}

/** The one counter that a context's or page's answer shows. */
export function readCount({ body }: TimedAnswer): Count {
  const json: Count | Readonly<Record<string, Count>> = JSON.parse(body); // the fixture's own form
  const [first] = Object.values(json);
  return typeof first === "object" ? first : (json as Count); // a page is the count alone
}
