/** Counts the requests that are under way at each slot, so that an origin is ended after its last one. */

export class SlotTraffic {
  readonly #inFlight = new Map<number, number>();

  /** @returns what to call at the end; calling it again changes nothing */
  begin(slot: number): () => void {
    this.#add(slot, 1);
    let isOpen = true;
    return () => {
      if (isOpen) this.#add(slot, -1);
      isOpen = false;
    };
  }

  get isIdle(): boolean {
    return this.#inFlight.size === 0;
  }

  /** Slots with requests, as `EdgeReport.inFlight`. */
  report(): Record<string, number> {
    return Object.fromEntries(this.#inFlight);
  }

  #add(slot: number, change: 1 | -1): void {
    const count = (this.#inFlight.get(slot) ?? 0) + change;
    if (count === 0) this.#inFlight.delete(slot);
    else this.#inFlight.set(slot, count);
  }
}
