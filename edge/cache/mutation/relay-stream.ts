/** Relays an answer that may go on writing: read at the Edge's pace, so that its end is seen soon (4). */

import type { AnswersAhead } from "../origin/answers-ahead.ts";
import { ChunkReader } from "../origin/chunk-reader.ts";

export interface RelayOptions {
  readonly ahead: AnswersAhead;
  readonly clientId: string;
  /** What its headers say; null: nothing. */
  readonly lengthBytes: number | null;
  /** Settles when nothing can be committed any more. Never rejects. */
  readonly deadline: Promise<unknown>;
  /** The end will not be waited for: there is no room for so slow a client, or the deadline has passed. At most once. */
  readonly onGiveUp: () => void;
  /** @param isWhole false: the origin broke off */
  readonly onEnd: (isWhole: boolean) => void;
}

export interface Relayed {
  readonly readable: ReadableStream<Uint8Array>;
  /** The origin's end has come, and the client has it or has gone. Never rejects. */
  readonly done: Promise<void>;
}

export function relayStream(source: ReadableStream<Uint8Array>, options: RelayOptions): Relayed {
  const { ahead, lengthBytes, clientId } = options;
  const relay = new Relay(source, options);
  const passed = ahead.pass(relay.readable, lengthBytes, clientId, () => relay.giveUp());
  return {
    readable: passed.readable,
    done: Promise.all([relay.over, passed.ended]).then(() => {}),
  };
}

class Relay {
  /** Gives what is read, until nobody wants it. */
  readonly readable: ReadableStream<Uint8Array>;
  readonly over: Promise<void>;
  readonly #reader: ChunkReader;
  readonly #options: RelayOptions;
  #settleOver: () => void = () => {};
  #isLeft = false;
  #hasGivenUp = false;
  #isOver = false;

  constructor(source: ReadableStream<Uint8Array>, options: RelayOptions) {
    this.#reader = new ChunkReader(source);
    this.#options = options;
    this.over = new Promise((resolve) => {
      this.#settleOver = resolve;
    });
    this.readable = new ReadableStream<Uint8Array>(
      { pull: (control) => this.#pull(control), cancel: () => void this.#leave() },
      { highWaterMark: 0 },
    );
    void options.deadline.then(() => this.#reachDeadline());
  }

  giveUp(): void {
    if (this.#hasGivenUp || this.#isOver) return;
    this.#hasGivenUp = true;
    this.#options.onGiveUp();
  }

  async #pull(control: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    try {
      const chunk = await this.#read();
      if (this.#isLeft) return;
      if (chunk === null) control.close();
      else control.enqueue(chunk);
    } catch (error) {
      control.error(error);
    }
  }

  /** The client has gone: the rest is read all the same, since it may write. */
  async #leave(): Promise<void> {
    this.#isLeft = true;
    try {
      while ((await this.#read()) !== null);
    } catch {
      // It was told as the end.
    }
  }

  async #read(): Promise<Uint8Array | null> {
    try {
      const chunk = await this.#reader.read();
      if (chunk === null) this.#finish(true);
      return chunk;
    } catch (error) {
      this.#finish(false);
      throw error;
    }
  }

  #reachDeadline(): void {
    this.giveUp();
    if (this.#isLeft) this.#reader.cancel().catch(() => undefined); // nobody wants the rest
  }

  #finish(isWhole: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.onEnd(isWhole);
    this.#settleOver();
  }
}
