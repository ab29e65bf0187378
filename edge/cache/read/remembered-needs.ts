/** What views were seen to need, for a minute each: bounded, and never about others than it was seen on. */

import { BoundedMap } from "../memory/bounded-map.ts";
import type { Need } from "./decide-repeat.ts";

const LIFE_MS = 60_000;
/** Of the texts that needs are remembered by. */
const DEFAULT_CHARACTERS = 2 * 1024 * 1024;
/** What an entry takes beside its text, in characters. */
const ENTRY_WEIGHT = 150;
/** Names that one route may be said to vary by. */
const MOST_NAMES = 32;

/** Of a read, what needs are remembered by. */
export interface NeedSubject {
  /** See `buildLastingKey`. */
  readonly lastingKey: string;
  /** See `buildRouteName`. */
  readonly route: string;
  readonly cookieNames: ReadonlySet<string>;
}

export class RememberedNeeds {
  readonly #cookies: BoundedMap<number>;
  readonly #headers: BoundedMap<{ readonly names: readonly string[]; readonly untilMs: number }>;

  constructor(maxCharacters: number = DEFAULT_CHARACTERS) {
    this.#cookies = new BoundedMap(maxCharacters);
    this.#headers = new BoundedMap(maxCharacters);
  }

  remember(need: Need, subject: NeedSubject, nowMs: number): void {
    const untilMs = nowMs + LIFE_MS;
    if (need.kind === "cookies") {
      const key = buildCookieKey(subject);
      this.#cookies.set(key, untilMs, key.length + ENTRY_WEIGHT);
      return;
    }
    const known = this.findVaryNames(subject.route, nowMs);
    const names = [...new Set([...need.names, ...known])].slice(0, MOST_NAMES);
    const weight = subject.route.length + names.join().length + ENTRY_WEIGHT;
    this.#headers.set(subject.route, { names, untilMs }, weight);
  }

  needsCookies(subject: NeedSubject, nowMs: number): boolean {
    if (subject.cookieNames.size === 0) return false;
    return nowMs < (this.#cookies.get(buildCookieKey(subject)) ?? Number.NEGATIVE_INFINITY);
  }

  /** Lower-case names of headers; a request that has one of them is not answered from the cache. */
  findVaryNames(route: string, nowMs: number): readonly string[] {
    const known = this.#headers.get(route);
    return known !== undefined && nowMs < known.untilMs ? known.names : [];
  }
}

/** Cookies are of the same kind if they have the same names: one client's odd cookie is his alone. */
function buildCookieKey({ lastingKey, cookieNames }: NeedSubject): string {
  return JSON.stringify([lastingKey, [...cookieNames].sort()]);
}
