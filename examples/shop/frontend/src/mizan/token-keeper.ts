/** Holds the user's MWT and gets the next one in time; the token is never stored. */

import { request } from "./request.ts";
import type { CallAnswer } from "./wire.ts";

interface Obtained {
  readonly token: string;
  /** Seconds. */
  readonly expires_in: number;
}

/** So long before its end a token is used no more: it must still be valid when it arrives. */
const MARGIN_MS = 30_000;

export class TokenKeeper {
  #token: Promise<string> | null = null;
  #usableUntilMs = 0;

  /** @throws {RequestError} 401 when the session has ended */
  get(): Promise<string> {
    if (this.#token === null || Date.now() >= this.#usableUntilMs) {
      this.#usableUntilMs = Number.POSITIVE_INFINITY; // those who ask meanwhile get the same one
      this.#token = this.#obtain();
    }
    return this.#token;
  }

  forget(): void {
    this.#token = null;
  }

  async #obtain(): Promise<string> {
    const askedAtMs = Date.now();
    try {
      const answer = await request<CallAnswer>("/api/mizan/call/", {
        method: "POST",
        body: { fn: "mwt_obtain", args: {} },
      });
      const { token, expires_in } = answer.result as Obtained; // the function's own shape
      this.#usableUntilMs = askedAtMs + expires_in * 1000 - MARGIN_MS;
      return token;
    } catch (error) {
      this.#usableUntilMs = 0; // the next one to ask tries again
      throw error;
    }
  }
}
