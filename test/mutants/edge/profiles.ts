/** Kinds of histories: each brings together what some rules of the protocol are about. */

import {
  ENTITIES,
  type Entity,
  EXTRAS,
  type Extras,
  HOSTS,
  IDENTITIES,
  type Identity,
  type MutationKind,
  READ_KINDS,
  type ReadKind,
  TIMES,
  WRITE_KINDS,
} from "./shop.ts";

export interface Profile {
  readonly reads: readonly ReadKind[];
  readonly writes: readonly MutationKind[];
  /** Relative to 6 of reads. */
  readonly writeWeight: number;
  readonly pastWeight: number;
  readonly writtenPast: readonly Entity[];
  readonly identities: readonly Identity[];
  readonly extras: readonly Extras[];
  readonly hosts: readonly string[];
  readonly ticksMs: readonly number[];
  readonly ticks: readonly [least: number, most: number];
  readonly cuts: readonly [least: number, most: number];
  /** By how much the origin's clock is late. */
  readonly skewsMs: readonly number[];
  /** Steps of others while the origin works on a read, and before each step of a write. */
  readonly readPauses: readonly number[];
  readonly writePauses: readonly number[];
  readonly events: readonly ("crash" | "deploy" | "replace")[];
  /** Reads that the cache must keep whenever it is left alone. */
  readonly settled: readonly ReadKind[];
}

export type ProfileName =
  | "freshness"
  | "streams"
  | "loss"
  | "uploads"
  | "late-commit"
  | "late-after-crash"
  | "crash"
  | "deploy"
  | "late-switch"
  | "replace"
  | "isolation"
  | "age"
  | "page-age"
  | "slow-origin";

const PUBLIC_READS = READ_KINDS.filter(({ shows }) => {
  return shows.length > 0 && !shows.includes("stock"); // it is for ages alone
});
const KEPT = READ_KINDS.filter(({ isPersonal, showsMe }) => !isPersonal && !showsMe);
const DATA = PUBLIC_READS.flatMap(({ shows }) => shows);

const { requestLimitMs: T, clockDifferenceMs: C } = TIMES;

const BASE: Profile = {
  reads: PUBLIC_READS,
  writes: WRITE_KINDS.filter(({ affects }) => !affects.includes("me")),
  writeWeight: 4,
  pastWeight: 0,
  writtenPast: DATA,
  identities: IDENTITIES.slice(0, 1),
  extras: EXTRAS.slice(0, 1),
  hosts: HOSTS.slice(0, 1),
  ticksMs: [1, 150, 1000],
  ticks: [0, 5],
  cuts: [0, 0],
  skewsMs: [0, 1999],
  readPauses: [0, 0, 0, 8],
  writePauses: [0, 3, 0, 10],
  events: [],
  settled: KEPT,
};

/** Past the last moment of a forward, or not; past the end of what it left dirty, or not. */
const LONG_TICKS_MS = [1, 150, 1000, C, T / 2, T - 1000, T + 500, T + C + 2000, T + C + 2001];

/** One origin that commits at the very last moment, and little else. */
const LATE: Profile = {
  ...BASE,
  reads: PUBLIC_READS.filter(({ shows }) => shows.length === 1 && shows[0] === "item/1"),
  writes: BASE.writes.filter(({ writes }) => writes.length === 1 && writes[0] === "item/1"),
  ticksMs: [T + 500],
  ticks: [1, 1],
  skewsMs: [1999],
  writePauses: [40],
};

/** `/tea` and `/a/tea/` are made of what both releases describe alike: only what they are rendered with tells them apart. */
const DEPLOYED_READS = ["news/", "/home/", "item/?id=1", "/a/tea/", "/show/1", "/tea"];

export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  freshness: { ...BASE, pastWeight: 1 },
  streams: { ...BASE, writes: WRITE_KINDS.filter(({ stages }) => stages.includes("headers")) },
  loss: { ...BASE, ticksMs: LONG_TICKS_MS, cuts: [0, 3] },
  uploads: { ...BASE, writes: BASE.writes.filter(({ isUpload }) => isUpload), cuts: [0, 3] },
  "late-commit": { ...LATE, cuts: [1, 2] },
  "late-after-crash": { ...LATE, events: ["crash"] },
  crash: { ...BASE, ticksMs: LONG_TICKS_MS, cuts: [0, 1], events: ["crash"] },
  deploy: {
    ...BASE,
    reads: READ_KINDS.filter(({ name }) => DEPLOYED_READS.includes(name)),
    writes: WRITE_KINDS.filter(({ name }) => ["quiet", "two contexts"].includes(name)),
    ticksMs: LONG_TICKS_MS,
    cuts: [0, 1],
    events: ["deploy", "crash"],
  },
  "late-switch": {
    ...BASE,
    reads: READ_KINDS.filter(({ name }) => name === "news/"),
    writes: WRITE_KINDS.filter(({ name }) => name === "quiet"),
    ticksMs: [1, 1000],
    cuts: [1, 2],
    writePauses: [10, 40],
    events: ["deploy"],
  },
  // Nothing is cut: what the old Edge loses while it drains, the keeper tells nobody yet.
  replace: { ...BASE, ticksMs: LONG_TICKS_MS, events: ["replace"] },
  isolation: {
    ...BASE,
    reads: READ_KINDS,
    writes: WRITE_KINDS.filter(({ affects }) => affects.includes("me")),
    writeWeight: 1,
    identities: IDENTITIES,
    extras: EXTRAS,
    hosts: HOSTS,
  },
  "slow-origin": {
    ...BASE,
    reads: READ_KINDS.filter(({ ttlMs }) => ttlMs === TIMES.newsTtlMs),
    writeWeight: 0,
    pastWeight: 3,
    writtenPast: ["news"],
    ticksMs: [TIMES.newsTtlMs],
    ticks: [1, 2],
    readPauses: [0, 20],
  },
  // Of a context that is old already when the page is made of it.
  "page-age": {
    ...BASE,
    reads: READ_KINDS.filter(({ name }) => name === "/stock"),
    writeWeight: 0,
    pastWeight: 2,
    writtenPast: ["stock"],
    // Half as long as the page is kept: the third time `stock` is out of date, and was not the second time.
    ticksMs: [TIMES.newsTtlMs / 2 + 500],
    ticks: [3, 6],
    readPauses: [0],
  },
  age: {
    ...BASE,
    writeWeight: 0,
    pastWeight: 2,
    writtenPast: ENTITIES,
    ticksMs: [1, 1000, 4000, TIMES.newsTtlMs - 1, TIMES.newsTtlMs, TIMES.ttlMs - 1, TIMES.ttlMs],
  },
};
