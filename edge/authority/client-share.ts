/** Divides something bounded among clients, so that none of them can take it all. Pure. */

/**
 * A client holds at most an eighth of what is free beside the others: an eighth of all if he is alone,
 * a ninth if there are two such, and so on. A fixed eighth would let eight of them take everything.
 */
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
    const freeThen = this.#limit - this.#total - amount;
    // What is free then is seven eighths of what was free beside the others. One unit anybody may have.
    if (taken > 1 && taken > freeThen / (SHARE - 1)) return "client-share";
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
