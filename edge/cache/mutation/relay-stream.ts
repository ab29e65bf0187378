/** Relays an answer that may go on writing: read at the Edge's pace, so that its end is seen soon (4). */

/** Read ahead of the client; beyond it nobody waits for the end any longer. */
const AHEAD_BYTES = 8 * 1024 * 1024;

export interface RelayOptions {
  /** Settles when nothing can be committed any more. Never rejects. */
  readonly deadline: Promise<unknown>;
  /** The end will not be waited for: the client is too slow, or the deadline has passed. At most once. */
  readonly onGiveUp: () => void;
  /** @param isWhole false: the origin broke off */
  readonly onEnd: (isWhole: boolean) => void;
}

export interface Relayed {
  readonly readable: ReadableStream<Uint8Array>;
  /** Never rejects. */
  readonly done: Promise<void>;
}

export function relayStream(source: ReadableStream<Uint8Array>, options: RelayOptions): Relayed {
  const relay = new Relay(source, options);
  const readable = new ReadableStream<Uint8Array>(
    {
      start: (client) => relay.connect(client),
      pull: () => relay.resume(),
      cancel: () => relay.disconnect(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: AHEAD_BYTES }),
  );
  return { readable, done: relay.run() };
}

class Relay {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #options: RelayOptions;
  /** null: it has gone; the rest is read all the same, since it may write. */
  #client: ReadableStreamDefaultController<Uint8Array> | null = null;
  #hasGivenUp = false;
  #isOver = false;
  #wake: () => void = () => {};

  constructor(source: ReadableStream<Uint8Array>, options: RelayOptions) {
    this.#reader = source.getReader();
    this.#options = options;
    void options.deadline.then(() => this.#reachDeadline());
  }

  connect(client: ReadableStreamDefaultController<Uint8Array>): void {
    this.#client = client;
  }

  resume(): void {
    this.#wake();
  }

  disconnect(): void {
    this.#client = null;
    this.#wake();
  }

  async run(): Promise<void> {
    try {
      for (;;) {
        await this.#waitForClient();
        const { done, value } = await this.#reader.read();
        if (done) break;
        this.#client?.enqueue(value);
      }
      this.#client?.close();
      this.#finish(true);
    } catch (error) {
      this.#client?.error(error);
      this.#finish(false);
    }
  }

  /** Too far behind: it gets the rest at its own pace. */
  async #waitForClient(): Promise<void> {
    while (this.#client !== null && (this.#client.desiredSize ?? 1) <= 0) {
      this.#giveUp();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #reachDeadline(): void {
    if (this.#isOver) return;
    this.#giveUp();
    if (this.#client === null) this.#reader.cancel().catch(() => undefined); // nobody wants the rest
  }

  #giveUp(): void {
    if (this.#hasGivenUp) return;
    this.#hasGivenUp = true;
    this.#options.onGiveUp();
  }

  #finish(isWhole: boolean): void {
    this.#isOver = true;
    this.#options.onEnd(isWhole);
  }
}
