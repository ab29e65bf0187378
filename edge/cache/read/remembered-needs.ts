/** What views were seen to need, for a minute each: bounded, and never about others than it was seen on. */

import { BoundedMap } from "../memory/bounded-map.ts";
import type { Need } from "./decide-repeat.ts";

const LIFE_MS = 60_000;
/** Of the texts that needs are remembered by. */
const DEFAULT_CHARACTERS = 2 * 1024 * 1024;
/** What an entry takes beside its text, in characters. */
const ENTRY_WEIGHT = 150;
/** Names that one key may be said to vary by. */
const MOST_NAMES = 32;

/** Of a read, what needs are remembered by. */
export interface NeedSubject {
  /** See `buildLastingKey`. */
  readonly lastingKey: string;
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
    const { lastingKey } = subject;
    const known = this.findVaryNames(lastingKey, nowMs);
    const names = [...new Set([...need.names, ...known])].slice(0, MOST_NAMES);
    const weight = lastingKey.length + names.join().length + ENTRY_WEIGHT;
    this.#headers.set(lastingKey, { names, untilMs }, weight);
  }

  needsCookies(subject: NeedSubject, nowMs: number): boolean {
    if (subject.cookieNames.size === 0) return false;
    return nowMs < (this.#cookies.get(buildCookieKey(subject)) ?? Number.NEGATIVE_INFINITY);
  }

  /**
   * By key and not by route: one page that varies would else take the cache from all the others.
   * @returns lower-case names of headers; a request that has one of them is not answered from the cache
   */
  findVaryNames(lastingKey: string, nowMs: number): readonly string[] {
    const known = this.#headers.get(lastingKey);
    return known !== undefined && nowMs < known.untilMs ? known.names : [];
  }
}

/** Cookies are of the same kind if they have the same names: one client's odd cookie is his alone. */
function buildCookieKey({ lastingKey, cookieNames }: NeedSubject): string {
  return JSON.stringify([lastingKey, [...cookieNames].sort()]);
}
