/** What clients saw of counters: the order of sending and answering, and the values. Pure. */

/** Counts up with everything that is sent or answered, so that "before" is never a matter of milliseconds. */
export class HistoryClock {
  #now = 0;

  tick(): number {
    this.#now += 1;
    return this.#now;
  }
}

/** One write to one counter, as its client knows it. Times are ticks. */
export interface Mutation {
  /** `item:3`. */
  readonly key: string;
  /** `add failed`. */
  readonly name: string;
  readonly sentAt: number;
  /** When it was answered; null: it never was. */
  readonly answeredAt: number | null;
  /** By how much it raises the counter if it is carried out. */
  readonly raises: number;
  /** Whether it was carried out; null: the answer does not say. */
  readonly isDone: boolean | null;
  /** The counter's value after it, as the answer says; null: it does not. */
  readonly n: number | null;
}

export interface Read {
  readonly key: string;
  /** Who asked for what under which host: reads of one entry never go back. */
  readonly entry: string;
  readonly sentAt: number;
  readonly answeredAt: number;
  readonly n: number;
  /** `X-Mizan-Edge`. */
  readonly mark: string;
  /** Of the release that made the answer, where the context says it; else 0. */
  readonly revision: number;
}

/** A time from which on a context's answers are another release's. */
export interface Switch {
  readonly key: string;
  readonly revision: number;
  readonly beganAt: number;
  readonly doneAt: number;
}

export interface History {
  readonly mutations: readonly Mutation[];
  readonly reads: readonly Read[];
  readonly switches: readonly Switch[];
}

/** Collects what happens. */
export class HistoryLog implements History {
  readonly mutations: Mutation[] = [];
  readonly reads: Read[] = [];
  readonly switches: Switch[] = [];
}
