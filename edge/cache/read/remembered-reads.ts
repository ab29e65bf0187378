/**
 * What was worked out about reads, by the text that they came with: nothing of it depends on time or
 * on what was written, so that a hit parses, matches and derives nothing. Of one release's policy.
 */

import { BoundedMap } from "../memory/bounded-map.ts";
import type { ArrivedPage } from "../pages/arrived-page.ts";
import type { ArrivedRead } from "./decide-read.ts";
import type { CacheRead } from "./understand-read.ts";

/** A GET or HEAD that arrived where the cache may answer. */
export type KnownArrival = {
  /** As the client named it: two pairs of host and target may give one URL text. */
  readonly host: string;
  readonly url: URL;
} & ({ readonly arrived: ArrivedRead } | { readonly page: ArrivedPage });

/** Of texts, and of what is remembered by them, about. */
const ARRIVAL_BYTES = 8 * 1024 * 1024;
const READ_BYTES = 16 * 1024 * 1024;
/** UTF-16. */
const BYTES_PER_CHARACTER = 2;
/** Objects, map slots and URLs of one entry, about. */
const BYTES_PER_ENTRY = 1500;

export class RememberedReads {
  readonly #arrivals = new BoundedMap<KnownArrival>(ARRIVAL_BYTES);
  readonly #reads = new BoundedMap<CacheRead>(READ_BYTES);

  /** @param url as the request has it */
  findArrival(url: string, host: string): KnownArrival | null {
    const known = this.#arrivals.get(url);
    return known !== undefined && known.host === host ? known : null;
  }

  rememberArrival(url: string, arrival: KnownArrival): void {
    const contexts = "page" in arrival ? arrival.page.contexts.length : 0;
    this.#arrivals.set(url, arrival, (1 + 2 * contexts) * measure(url));
  }

  findRead(key: string): CacheRead | null {
    return this.#reads.get(key) ?? null;
  }

  /** @param key says who asks, in which language, and for what */
  rememberRead(key: string, read: CacheRead): void {
    this.#reads.set(key, read, measure(key) + BYTES_PER_CHARACTER * read.lastingKey.length);
  }
}

function measure(text: string): number {
  return BYTES_PER_CHARACTER * text.length + BYTES_PER_ENTRY;
}
