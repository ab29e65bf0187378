/** Counts what became of requests, for `mizan edge stats`. */

import type { Outcome } from "../answer/cache-status.ts";
import type { EdgeStats, PageStats } from "../contract.ts";

interface ContextCounts {
  hits: number;
  misses: number;
}

/** What became of a request for a declared page. */
export type PageEnd = Exclude<keyof PageStats, "pattern">;

type PageCounts = Record<PageEnd, number>;

export class EdgeCounters {
  #hits = 0;
  #misses = 0;
  readonly #bypasses = new Map<string, number>();
  readonly #notStored = new Map<string, number>();
  /** Names come from manifests, so they are few. */
  readonly #contexts = new Map<string, ContextCounts>();
  /** By pattern; they come from configs, so they are few. */
  readonly #pages = new Map<string, PageCounts>();
  #unknownNames = 0;

  /** @param contexts concerned by a hit or miss */
  count(outcome: Outcome, contexts: readonly string[] = []): void {
    if (outcome.kind === "bypass") {
      increment(this.#bypasses, outcome.reason);
      return;
    }
    const field = outcome.kind === "hit" ? "hits" : "misses";
    if (outcome.kind === "hit") this.#hits += 1;
    else this.#misses += 1;
    if (outcome.kind === "miss" && outcome.notStored !== null) {
      increment(this.#notStored, outcome.notStored);
    }
    for (const name of contexts) this.#ensureContext(name)[field] += 1;
  }

  countPage(pattern: string, end: PageEnd): void {
    const known = this.#pages.get(pattern);
    const counts = known ?? { hits: 0, render: 0, ssr: 0, shell: 0, broken: 0 };
    counts[end] += 1;
    if (known === undefined) this.#pages.set(pattern, counts);
  }

  countUnknownNames(count: number): void {
    this.#unknownNames += count;
  }

  report(): Pick<
    EdgeStats,
    "hits" | "misses" | "bypasses" | "notStored" | "contexts" | "unknownNames" | "pages"
  > {
    const pages = [...this.#pages].map(([pattern, counts]) => ({ pattern, ...counts }));
    const contexts = [...this.#contexts].map(([name, counts]) => ({ name, ...counts }));
    return {
      hits: this.#hits,
      misses: this.#misses,
      bypasses: Object.fromEntries(this.#bypasses),
      notStored: Object.fromEntries(this.#notStored),
      contexts: contexts.sort((a, b) => (a.name < b.name ? -1 : 1)),
      unknownNames: this.#unknownNames,
      pages: pages.sort((a, b) => (a.pattern < b.pattern ? -1 : 1)),
    };
  }

  #ensureContext(name: string): ContextCounts {
    const known = this.#contexts.get(name);
    if (known !== undefined) return known;
    const created = { hits: 0, misses: 0 };
    this.#contexts.set(name, created);
    return created;
  }
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
