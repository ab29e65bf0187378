/** Reads a body at the Edge's pace: kept whole if it is small and ends in time, passed on to one client either way. */

import { joinChunks } from "./join-chunks.ts";

export interface CollectOptions {
  /** More is passed on, but not kept. */
  readonly maxBytes: number;
  /** Settles when an answer that has not ended will not be kept (5 s after its head). Never rejects. */
  readonly deadline: Promise<unknown>;
  /** What `Content-Length` says; null: nothing. An answer that ends elsewhere is not whole. */
  readonly lengthBytes: number | null;
}

/** `size`, `incomplete`: why it is not kept. */
export type CollectEnd =
  | { readonly body: Uint8Array; readonly refusal: null }
  | { readonly body: null; readonly refusal: "size" | "incomplete" };

export interface Collected {
  /** For the client that asked: every byte as it comes, whatever becomes of the rest. */
  readonly readable: ReadableStream<Uint8Array>;
  /** As soon as it is known. Never rejects. */
  readonly end: Promise<CollectEnd>;
  /** The body has been read, cut off or given up: the origin owes nothing more. Never rejects. */
  readonly done: Promise<void>;
}

type Client = ReadableStreamDefaultController<Uint8Array>;

/**
 * Until its fate is known the body is read as fast as it comes, up to `maxBytes`, so that a client
 * that reads slowly or goes away holds nobody up. From then on it flows at the client's pace.
 */
export function collectBody(
  source: ReadableStream<Uint8Array>,
  options: CollectOptions,
): Collected {
  const collector = new BodyCollector(source, options);
  const readable = new ReadableStream<Uint8Array>(
    {
      start: (client) => collector.connect(client),
      pull: () => collector.resume(),
      cancel: () => collector.disconnect(),
    },
    { highWaterMark: 0 },
  );
  return { readable, end: collector.end, done: collector.run() };
}

class BodyCollector {
  readonly end: Promise<CollectEnd>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #options: CollectOptions;
  #settle: (end: CollectEnd) => void = () => {};
  /** null: nothing is kept any more. */
  #chunks: Uint8Array[] | null = [];
  #sizeBytes = 0;
  /** null: the client has gone. */
  #client: Client | null = null;
  #wake: () => void = () => {};

  constructor(source: ReadableStream<Uint8Array>, options: CollectOptions) {
    this.#reader = source.getReader();
    this.#options = options;
    this.end = new Promise((resolve) => {
      this.#settle = resolve;
    });
    void options.deadline.then(() => this.#giveUp("incomplete"));
  }

  connect(client: Client): void {
    this.#client = client;
  }

  /** The client wants more. */
  resume(): void {
    this.#wake();
  }

  disconnect(): void {
    this.#client = null;
    this.#wake();
  }

  async run(): Promise<void> {
    try {
      while (await this.#isWanted()) {
        const { done, value } = await this.#reader.read();
        if (done) return this.#finish();
        this.#take(value);
      }
      this.#giveUp("incomplete");
      await this.#reader.cancel();
    } catch (error) {
      // The origin broke off: the client must see that the body is not whole.
      this.#giveUp("incomplete");
      this.#client?.error(error);
    }
  }

  /** While it may be kept, always; afterwards when the client has read what it was given. */
  async #isWanted(): Promise<boolean> {
    while (this.#chunks === null && this.#client !== null && (this.#client.desiredSize ?? 1) < 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#chunks !== null || this.#client !== null;
  }

  #take(chunk: Uint8Array): void {
    this.#client?.enqueue(chunk);
    this.#sizeBytes += chunk.byteLength;
    if (this.#sizeBytes > this.#options.maxBytes) this.#giveUp("size");
    this.#chunks?.push(chunk);
  }

  #finish(): void {
    this.#client?.close();
    const { lengthBytes } = this.#options;
    if (lengthBytes !== null && lengthBytes !== this.#sizeBytes) this.#giveUp("incomplete");
    if (this.#chunks === null) return;
    this.#settle({ body: joinChunks(this.#chunks, this.#sizeBytes), refusal: null });
  }

  #giveUp(refusal: "size" | "incomplete"): void {
    this.#chunks = null;
    this.#settle({ body: null, refusal }); // a promise heeds its first settling only
    this.#wake();
  }
}
