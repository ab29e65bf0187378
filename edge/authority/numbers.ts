/** The generation numbers of one shard (edge-consistency 2): raised by bumps, never falling. Pure. */

import { type AuthorityRecord, buildRecordKey, type Persist } from "./authority-record.ts";
import { isPlainValue } from "./plain-value.ts";
import type { Tag } from "./target.ts";

/** A request for one context, as far as its number depends on it. */
export interface Question {
  readonly context: string;
  /** All parameters that the manifest gives the context, whether the request has them or not. */
  readonly params: readonly string[];
  /** Decoded values of the parameters that the request has. */
  readonly values: Readonly<Record<string, string>>;
}

interface Row {
  readonly param: string;
  readonly value: string;
  number: number;
}

interface ContextNumbers {
  number: number;
  /** Number of plain values whose row was dropped, or never was. */
  floor: number;
  /** Parameter to the number of requests that omit it or give it another value than a plain one. */
  readonly any: Map<string, number>;
  /** Smallest number first: a raised row moves to the end. */
  readonly rows: Map<string, Row>;
}

export interface NumbersOptions {
  /** Rows kept per context. */
  readonly maxRows: number;
  readonly persist: Persist | null;
}

export class Numbers {
  readonly #options: NumbersOptions;
  readonly #contexts = new Map<string, ContextNumbers>();
  #everything = 0;
  #counter = 0;

  constructor(options: NumbersOptions) {
    this.#options = options;
  }

  /** The newest number that a bump has set; 0 before the first. */
  get counter(): number {
    return this.#counter;
  }

  getNumber({ context, params, values }: Question): number {
    const known = this.#contexts.get(context);
    if (known === undefined) return this.#everything;
    let number = Math.max(this.#everything, known.number);
    for (const param of params) {
      const value = Object.hasOwn(values, param) ? values[param] : undefined;
      const candidate =
        value !== undefined && isPlainValue(value)
          ? (known.rows.get(buildRowKey(param, value))?.number ?? known.floor)
          : (known.any.get(param) ?? 0);
      number = Math.max(number, candidate);
    }
    return number;
  }

  /** Raises all tags to the counter's next value. */
  bump(tags: readonly Tag[]): void {
    if (tags.length === 0) return;
    this.#counter += 1;
    for (const tag of tags) {
      if (tag.kind === "everything") this.#bumpEverything();
      else if (tag.kind === "context") this.#bumpContext(tag.context);
      else this.#bumpRow(tag.context, tag.param, tag.value);
    }
  }

  /** What is below the new number can never be the largest again. */
  #bumpEverything(): void {
    this.#everything = this.#counter;
    for (const context of this.#contexts.keys()) this.#forgetContext(context);
    this.#contexts.clear();
    this.#options.persist?.(buildRecordKey("everything"), {
      kind: "everything",
      number: this.#everything,
    });
  }

  #bumpContext(context: string): void {
    this.#forgetContext(context);
    this.#contexts.set(context, createContext(this.#counter));
    this.#persistContext(context);
  }

  #bumpRow(context: string, param: string, value: string): void {
    const known = this.#ensureContext(context);
    const key = buildRowKey(param, value);
    known.any.set(param, this.#counter);
    known.rows.delete(key);
    known.rows.set(key, { param, value, number: this.#counter });
    this.#persistRow(context, { param, value, number: this.#counter });
    this.#dropRows(context, known);
    this.#persistContext(context);
  }

  /** A request for a dropped row gets a number that is not smaller than its own was. */
  #dropRows(context: string, known: ContextNumbers): void {
    for (const [key, row] of known.rows) {
      if (known.rows.size <= this.#options.maxRows) return;
      known.rows.delete(key);
      known.floor = Math.max(known.floor, row.number);
      this.#options.persist?.(buildRecordKey("row", context, row.param, row.value), null);
    }
  }

  /** Takes up what another instance has persisted, in any order; `finishRestore` ends it. */
  restore(record: AuthorityRecord): void {
    if (record.kind === "everything") this.#everything = record.number;
    if (record.kind === "context") {
      const known = this.#ensureContext(record.context);
      known.number = record.number;
      known.floor = record.floor;
      for (const [param, number] of Object.entries(record.any)) known.any.set(param, number);
    }
    if (record.kind === "row") {
      const { context, param, value, number } = record;
      this.#ensureContext(context).rows.set(buildRowKey(param, value), { param, value, number });
    }
    if ("number" in record) this.#counter = Math.max(this.#counter, record.number);
  }

  finishRestore(): void {
    for (const known of this.#contexts.values()) {
      const rows = [...known.rows].sort(([, one], [, other]) => one.number - other.number);
      known.rows.clear();
      for (const [key, row] of rows) known.rows.set(key, row);
      this.#counter = Math.max(this.#counter, known.floor, ...known.any.values());
    }
  }

  #ensureContext(context: string): ContextNumbers {
    const known = this.#contexts.get(context) ?? createContext(0);
    this.#contexts.set(context, known);
    return known;
  }

  #persistRow(context: string, { param, value, number }: Row): void {
    const key = buildRecordKey("row", context, param, value);
    this.#options.persist?.(key, { kind: "row", context, param, value, number });
  }

  #persistContext(context: string): void {
    const known = this.#contexts.get(context);
    if (known === undefined || this.#options.persist === null) return;
    const { number, floor } = known;
    const any = Object.fromEntries(known.any);
    const key = buildRecordKey("context", context);
    this.#options.persist(key, { kind: "context", context, number, floor, any });
  }

  #forgetContext(context: string): void {
    const { persist } = this.#options;
    const known = this.#contexts.get(context);
    if (known === undefined || persist === null) return;
    for (const { param, value } of known.rows.values()) {
      persist(buildRecordKey("row", context, param, value), null);
    }
    persist(buildRecordKey("context", context), null);
  }
}

function createContext(number: number): ContextNumbers {
  return { number, floor: 0, any: new Map(), rows: new Map() };
}

/** A plain value holds no `=`, so the last one ends the parameter's name. */
function buildRowKey(param: string, value: string): string {
  return `${param}=${value}`;
}
