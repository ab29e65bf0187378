/** Bounds how many renders are under way; a few more wait their turn. */

import { RenderError } from "./render-error.ts";

export interface SlotLimits {
  readonly atOnce: number;
  readonly waiting: number;
}

export class RenderSlots {
  readonly #limits: SlotLimits;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  /**
   * Whoever takes a slot frees it once, whatever happens.
   * @throws {RenderError} overloaded, when too many wait already
   */
  async take(): Promise<void> {
    if (this.#taken < this.#limits.atOnce) {
      this.#taken += 1;
      return;
    }
    if (this.#waiting.length >= this.#limits.waiting)
      throw new RenderError("overloaded", "too many renders are waiting");
    await new Promise<void>((resolve) => this.#waiting.push(resolve)); // `free` hands its slot over
  }

  free(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken -= 1;
    else next();
  }
}
