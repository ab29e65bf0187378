/** Divides something bounded among clients, so that none of them can take it all. Pure. */

/** One client holds at most an eighth. */
const SHARE = 8;

export type ShareRefusal = "full" | "client-share";

export class ClientShare {
  readonly #limit: number;
  readonly #taken = new Map<string, number>();
  #total = 0;

  /** @param limit units of whatever is divided: intents, bytes; at least 8 */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get total(): number {
    return this.#total;
  }

  /** @returns null: taken; else why not */
  take(clientId: string, amount = 1): ShareRefusal | null {
    if (this.#total + amount > this.#limit) return "full";
    const taken = (this.#taken.get(clientId) ?? 0) + amount;
    if (taken > this.#limit / SHARE) return "client-share";
    this.#set(clientId, taken, amount);
    return null;
  }

  /** @param amount at most what the client took */
  give(clientId: string, amount = 1): void {
    this.#set(clientId, (this.#taken.get(clientId) ?? 0) - amount, -amount);
  }

  #set(clientId: string, taken: number, change: number): void {
    this.#total += change;
    if (taken > 0) this.#taken.set(clientId, taken);
    else this.#taken.delete(clientId);
  }
}
