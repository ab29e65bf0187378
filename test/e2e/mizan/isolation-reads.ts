/** Reads of the shop as honest people and strangers send them, by a seed: each knows what must come back. */

import { createHmac } from "node:crypto";
import type { EdgeKey } from "../../../edge/cache/contract.ts";
import type { BypassReason } from "../../../edge/cache/read/decide-read.ts";
import type { SeededRandom } from "../../helpers/history/seeded-random.ts";
import type { Person } from "./shop-people.ts";

export type Language = "en" | "de";

export interface Read {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly host: string;
  /** null: a stranger's host, which the app itself refuses. */
  readonly expected: Expected | null;
  /** Why the cache may not answer; null: it may. */
  readonly reason: BypassReason | null;
}

export interface Expected {
  /** With which the app gives the same answer when it is asked directly; null: anonymous. */
  readonly token: string | null;
  /** Id of the user; null: nobody. */
  readonly madeFor: string | null;
  readonly language: Language;
}

export interface Scene {
  /** Of the environment, with their port. */
  readonly hosts: readonly string[];
  /** One may be there twice, with tokens of different permissions: those that he has now come first. */
  readonly people: readonly Person[];
  /** Not valid, each for another reason. */
  readonly forged: readonly string[];
}

const CONTEXTS = "/api/mizan/ctx";
export const DESK = `${CONTEXTS}/desk/`;
/** Every cached route that anybody may read. */
export const PUBLIC_PATHS: readonly string[] = [
  `${CONTEXTS}/global/`,
  `${CONTEXTS}/catalog/`,
  `${CONTEXTS}/catalog/?page=2`,
  `${CONTEXTS}/product/?product_id=1`,
  `${CONTEXTS}/product/?product_id=2`,
  `${CONTEXTS}/delivery/`,
  "/en/sheet/1/",
  "/de/sheet/1/",
  "/en/sheet/2/",
];

export function ownPaths({ id }: Person): readonly string[] {
  return [`${CONTEXTS}/cart/?user_id=${id}`, `${CONTEXTS}/orders/?user_id=${id}`];
}

const RENDERED_PATHS = ["/", "/?page=2", "/products/1", "/products/2"];

/**
 * Reads of pages that the Edge renders, as browsers send them: by every person's session and by
 * nobody, one after the other, so that whose page is rendered changes from read to read.
 */
export function buildPageReads({ hosts, people }: Omit<Scene, "forged">): readonly Read[] {
  const [host = ""] = hosts;
  return RENDERED_PATHS.flatMap((path) =>
    people.flatMap(({ cookie, id }, index): readonly Read[] => {
      const [language, languageHeaders] = SPOKEN_LANGUAGES[index % 3] ?? ["en", {}];
      const read = { path, host, headers: languageHeaders };
      const nobody = { token: null, madeFor: null, language };
      return [
        {
          ...read,
          headers: { ...languageHeaders, cookie },
          expected: { ...nobody, madeFor: id },
          reason: "credentials",
        },
        { ...read, expected: nobody, reason: null },
      ];
    }),
  );
}

/** How a request says who asks, by how often. */
const STYLES = {
  token: 46,
  "token and another's session": 8,
  "token and another's bearer": 6,
  anonymous: 20,
  session: 6,
  bearer: 3,
  forged: 6,
  "odd host": 2,
  "foreign origin": 3,
} as const;

export function buildRead(random: SeededRandom, scene: Scene): Read {
  const style = random.choose(STYLES);
  const person = pick(random, scene.people);
  const other = pick(random, scene.people);
  const { path, isForeign } = choosePath(random, person, other);
  const { language, headers: languageHeaders } = chooseLanguage(random);
  // A session and a JWT go by the permissions of now.
  const current = scene.people.find(({ id }) => id === person.id) ?? person;
  const who = { person, current, other, forged: pick(random, scene.forged) };
  const { token, ...spoken } = speak(style, who);
  const isOdd = style === "odd host";
  const reason =
    path === DESK ? "cache-off" : (spoken.reason ?? findReason(token, path, isForeign));
  const host = isOdd ? "evil.test" : pick(random, scene.hosts);
  const cookie = [spoken.headers["cookie"], languageHeaders["cookie"]].filter(Boolean).join("; ");
  return {
    path,
    host,
    headers: {
      ...makeNoise(random, other),
      ...languageHeaders,
      ...spoken.headers,
      ...(cookie === "" ? {} : { cookie }),
    },
    expected: isOdd ? null : { token, madeFor: spoken.madeFor, language },
    reason,
  };
}

function pick<T>(random: SeededRandom, from: readonly T[]): T {
  // The first ones more often, so that keys come again.
  const chosen = from[Math.floor(random.next() ** 1.6 * from.length)];
  if (chosen === undefined) throw new Error("nothing to pick from");
  return chosen;
}

function choosePath(random: SeededRandom, person: Person, other: Person) {
  const kind = random.choose({ public: 60, own: 28, foreign: 6, desk: 6 });
  if (kind === "public") return { path: pick(random, PUBLIC_PATHS), isForeign: false };
  if (kind === "desk") return { path: DESK, isForeign: false };
  const owner = kind === "own" ? person : other;
  return { path: pick(random, ownPaths(owner)), isForeign: owner.id !== person.id };
}

interface Spoken {
  readonly headers: Readonly<Record<string, string>>;
  readonly token: string | null;
  readonly madeFor: string | null;
  /** null: it follows from the path. */
  readonly reason: BypassReason | null;
}

interface Speaker {
  readonly person: Person;
  readonly current: Person;
  readonly other: Person;
  readonly forged: string;
}

function speak(style: keyof typeof STYLES, { person, current, other, forged }: Speaker): Spoken {
  const { token, id: madeFor } = person;
  const known = { token: current.token, madeFor, reason: "credentials" } as const;
  const own = { "x-mizan-token": token };
  const nobody = { token: null, madeFor: null };
  switch (style) {
    case "token":
      return { headers: own, token, madeFor, reason: null };
    case "token and another's session":
      return { headers: { ...own, cookie: other.cookie }, token, madeFor, reason: null };
    case "token and another's bearer":
      return { headers: { ...own, authorization: other.bearer }, token, madeFor, reason: null };
    case "anonymous":
      return { headers: { cookie: "theme=dark; cart=7" }, ...nobody, reason: null };
    case "session":
      return { headers: { cookie: person.cookie }, ...known };
    case "bearer":
      return { headers: { authorization: person.bearer }, ...known };
    case "forged": {
      const headers = { "x-mizan-token": forged, cookie: person.cookie };
      return { headers, token: forged, madeFor: null, reason: "token-invalid" };
    }
    case "odd host":
      return { headers: own, token, madeFor, reason: "host" };
    case "foreign origin":
      return { headers: { origin: "http://evil.test" }, ...nobody, reason: "origin-header" };
  }
}

/** Of a reader whom the cache knows, as the app's refusals leave it. */
function findReason(token: string | null, path: string, isForeign: boolean): BypassReason | null {
  if (!path.includes("user_id=")) return null;
  if (token === null) return "user-scoped-anonymous";
  return isForeign ? "status" : null;
}

const SPOKEN_LANGUAGES: readonly (readonly [Language, Readonly<Record<string, string>>])[] = [
  ["en", {}],
  ["de", { "accept-language": "de-AT, de;q=0.9, en;q=0.5" }],
  ["en", { "accept-language": "fr, en;q=0.2" }],
  ["de", { "accept-language": "en", cookie: "django_language=de" }],
  ["en", { "accept-language": "de", cookie: "django_language=en" }],
];

function chooseLanguage(random: SeededRandom) {
  const [language, headers] = pick(random, SPOKEN_LANGUAGES);
  return { language, headers };
}

/** What must not matter: nothing of it is known to the key. */
function makeNoise(random: SeededRandom, { id, token }: Person): Record<string, string> {
  const claims: readonly Readonly<Record<string, string>>[] = [
    { x_mizan_token: token, "x-mizan_token": token },
    { "x-mizan-user": id, "x-mizan-intent": "v=1;m=covered;i=1;d=1;k=e1;s=x" },
    { "x-mizan-wrote": "w=0;i=1;k=e1;s=x", "x-mizan-invalidate": "*" },
    { "x-forwarded-host": "evil.test", "x-forwarded-proto": "https", "x-forwarded-port": "1" },
    { "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1", forwarded: "for=127.0.0.1" },
    { "x-original-url": "/admin/", "x-http-method-override": "POST" },
    { range: "bytes=0-1", "if-none-match": "*", "cache-control": "no-cache" },
    { accept: "text/html", "accept-encoding": "gzip", "user-agent": `of ${id}` },
  ];
  const count = random.below(3);
  return Object.assign({}, ...Array.from({ length: count }, () => pick(random, claims)));
}

/** Tokens that look like the person's, none of which is his. @param key that the app signs with */
export function forgeTokens(person: Person, other: Person, key: EdgeKey): readonly string[] {
  const [header = "", payload = "", signature = ""] = person.token.split(".");
  const [, otherPayload = ""] = other.token.split(".");
  const claims: Record<string, unknown> = JSON.parse(Buffer.from(payload, "base64url").toString());
  const expired = encode({ ...claims, exp: Math.floor(Date.now() / 1000) - 60 });
  const unsigned = encode({ alg: "none", typ: "JWT" });
  return [
    `${header}.${expired}.${sign(`${header}.${expired}`, key.secret)}`,
    `${header}.${otherPayload}.${signature}`,
    `${unsigned}.${payload}.`,
    `${header}.${payload}.${sign(`${header}.${payload}`, "guessed")}`,
    `${person.token}, ${other.token}`,
    "garbage",
  ];
}

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

function sign(text: string, secret: string): string {
  return createHmac("sha256", secret).update(text).digest("base64url");
}
