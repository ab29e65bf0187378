/** Lets few bodies stream to the origin at once, since each keeps one of its threads until it has arrived. */

import { ClientShare } from "../../authority/client-share.ts";
import { startTimer } from "./start-timer.ts";

/** Bodies that wait for a turn; one client holds at most an eighth. Nothing of them is read meanwhile. */
const MOST_WAITING = 256;

/** As long as a browser's user may wait for the uploads before this one. */
const WAIT_MS = 60_000;

interface Waiter {
  readonly clientId: string;
  begin: (end: () => void) => void;
}

export class BodyTurns {
  readonly #waitMs: number;
  readonly #taken = new Map<string, number>();
  readonly #waiting: Waiter[] = [];
  readonly #waitingShare = new ClientShare(MOST_WAITING);
  #atOnce = 1;
  #total = 0;

  constructor(waitMs = WAIT_MS) {
    this.#waitMs = waitMs;
  }

  /**
   * In the order of coming, but for clients that have their share already.
   * @param atOnce what the origin bears, by the newest release that asks
   * @returns what to call at the end of the body; null: no turn came in time, or too many wait
   */
  async take(clientId: string, atOnce: number): Promise<(() => void) | null> {
    this.#atOnce = Math.max(1, atOnce);
    if (this.#isFree(clientId)) return this.#begin(clientId);
    if (this.#waitingShare.take(clientId) !== null) return null;
    try {
      return await this.#wait(clientId);
    } finally {
      this.#waitingShare.give(clientId);
    }
  }

  async #wait(clientId: string): Promise<(() => void) | null> {
    const waiter: Waiter = { clientId, begin: () => undefined };
    const turn = new Promise<() => void>((resolve) => {
      waiter.begin = resolve;
    });
    this.#waiting.push(waiter);
    const timer = startTimer(this.#waitMs);
    const end = await Promise.race([turn, timer.rang]);
    timer.stop();
    if (end !== undefined) return end;
    const place = this.#waiting.indexOf(waiter);
    if (place < 0) return turn; // it began in the same moment
    this.#waiting.splice(place, 1);
    return null;
  }

  #isFree(clientId: string): boolean {
    const taken = this.#taken.get(clientId) ?? 0;
    // Half of what the others leave: a site behind one address has several, and nobody has them all.
    const share = Math.ceil((this.#atOnce - this.#total + taken) / 2);
    return this.#total < this.#atOnce && taken < share;
  }

  #begin(clientId: string): () => void {
    this.#change(clientId, 1);
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      this.#change(clientId, -1);
      this.#beginNext();
    };
  }

  #beginNext(): void {
    const place = this.#waiting.findIndex(({ clientId }) => this.#isFree(clientId));
    const [next] = place < 0 ? [] : this.#waiting.splice(place, 1);
    if (next !== undefined) next.begin(this.#begin(next.clientId));
  }

  #change(clientId: string, change: 1 | -1): void {
    this.#total += change;
    const taken = (this.#taken.get(clientId) ?? 0) + change;
    if (taken === 0) this.#taken.delete(clientId);
    else this.#taken.set(clientId, taken);
  }
}
