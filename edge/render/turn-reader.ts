/** Reads a renderer's stream turn by turn of the event loop: between turns no tag is half written. */

import type { ByteReader } from "./byte-reader.ts";
import type { AdapterResult } from "./render-app.ts";

/** What one turn gave. */
export interface HtmlTurn {
  readonly chunks: readonly Uint8Array[];
  /** There is no more. */
  readonly isLast: boolean;
}

type Reading = ReturnType<ByteReader["read"]>;

const TURN_OVER = Symbol("turn over");

export class TurnReader {
  readonly #reader: ByteReader;
  readonly #isRendered: () => boolean;
  readonly #maxBytes: number;
  #bytes = 0;
  /** A read that has not been answered: what the renderer gave so far has been read. */
  #reading: Reading | null = null;

  /** @param maxBytes more than that is an error */
  constructor({ html, isRendered }: AdapterResult, maxBytes: number) {
    this.#reader = html.getReader();
    this.#isRendered = isRendered;
    this.#maxBytes = maxBytes;
  }

  /**
   * Whether the renderer waits, so that something else may be written now. Only meant at the begin of a
   * turn (in a timer): all that earlier turns gave has been read by then.
   */
  get isAtRest(): boolean {
    return this.#reading !== null;
  }

  /** The first turn that gives something. */
  async readTurn(): Promise<HtmlTurn> {
    const first = this.#take(await this.#startReading());
    if (first === null) return { chunks: [], isLast: true };
    const chunks = [first];
    if (this.#isRendered()) {
      await this.readRest((chunk) => void chunks.push(chunk)); // no need to find out where the turn ends
      return { chunks, isLast: true };
    }
    const isLast = await this.#readTurnsRest(chunks);
    return { chunks, isLast };
  }

  /** Hands over each chunk at once, to the end. */
  async readRest(write: (chunk: Uint8Array) => void): Promise<void> {
    for (;;) {
      const chunk = this.#take(await this.#startReading());
      if (chunk === null) return;
      write(chunk);
    }
  }

  async cancel(reason: unknown): Promise<void> {
    await this.#reader.cancel(reason);
  }

  /** @returns whether that was all */
  async #readTurnsRest(chunks: Uint8Array[]): Promise<boolean> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const turnOver = new Promise<typeof TURN_OVER>((resolve) => {
      timer = setTimeout(resolve, 0, TURN_OVER);
    });
    try {
      for (;;) {
        const read = await Promise.race([this.#startReading(), turnOver]);
        if (read === TURN_OVER) return false;
        const chunk = this.#take(read);
        if (chunk === null) return true;
        chunks.push(chunk);
      }
    } finally {
      if (timer !== undefined) clearTimeout(timer);
    }
  }

  #startReading(): Reading {
    this.#reading ??= this.#reader.read();
    return this.#reading;
  }

  /** @returns null: there is no more */
  #take({ done, value }: Awaited<Reading>): Uint8Array | null {
    this.#reading = null;
    if (done || value === undefined) return null;
    this.#bytes += value.byteLength;
    if (this.#bytes > this.#maxBytes)
      throw new Error(`the component wrote more than ${this.#maxBytes} bytes of HTML`);
    return value;
  }
}
