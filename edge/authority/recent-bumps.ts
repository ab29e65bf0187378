/** Remembers which numbers are so young that an origin which lags may not show them yet. Pure. */

interface Bump {
  /** First number of that moment. */
  readonly number: number;
  readonly atMs: number;
}

export class RecentBumps {
  readonly #lagMs: number;
  /** Oldest first. */
  #bumps: Bump[] = [];

  /** @param lagMs 0: no origin lags, nothing is remembered */
  constructor(lagMs: number) {
    this.#lagMs = lagMs;
  }

  note(number: number, nowMs: number): void {
    if (this.#lagMs === 0 || this.#bumps.at(-1)?.atMs === nowMs) return;
    this.#bumps = this.#bumps.filter(({ atMs }) => atMs + this.#lagMs > nowMs);
    this.#bumps.push({ number, atMs: nowMs });
  }

  /** `true`: an origin that is asked now may answer with what was there before the bump to `number`. */
  has(number: number, nowMs: number): boolean {
    const young = this.#bumps.find(({ atMs }) => atMs + this.#lagMs > nowMs);
    return young !== undefined && number >= young.number;
  }
}
