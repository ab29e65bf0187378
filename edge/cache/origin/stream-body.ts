/** Hands a request's body on to the origin as it comes, and knows whether the origin may have all of it. */

import { ChunkReader } from "./chunk-reader.ts";
import type { Pipe } from "./pipe.ts";

/** In each such time so much has to come while we wait for it: a client that has gone keeps no turn. */
const PACE_WINDOW_MS = 15_000;
const LEAST_BYTES = 32 * 1024;

export interface StreamedBody {
  readonly readable: ReadableStream<Uint8Array>;
  /** Known before the last byte is handed on: as long as it is `false` the origin lacks a part. */
  readonly isWhole: () => boolean;
  /** Why the client's side ended early; null: it did not. */
  readonly findProblem: () => "slow" | "broken" | null;
  /** Nothing more will be handed on. Never rejects. */
  readonly done: Promise<void>;
}

/** @param lengthBytes of `Content-Length`; null: none, the body ends where its stream does */
export function streamBody(
  source: ReadableStream<Uint8Array>,
  lengthBytes: number | null,
  { readable, writable }: Pipe,
): StreamedBody {
  const streamer = new BodyStreamer(source, writable, lengthBytes);
  return {
    readable,
    isWhole: () => streamer.isWhole,
    findProblem: () => streamer.problem,
    done: streamer.run(),
  };
}

class BodyStreamer {
  isWhole = false;
  problem: "slow" | "broken" | null = null;
  readonly #reader: ChunkReader;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lengthBytes: number | null;
  #receivedBytes = 0;
  /** Of the pace's current window: bytes, and the time spent waiting for the client. */
  #windowBytes = 0;
  #windowWaitMs = 0;
  /** null: it is the origin that is waited for. */
  #waitingSinceMs: number | null = null;

  constructor(
    source: ReadableStream<Uint8Array>,
    writable: WritableStream<Uint8Array>,
    lengthBytes: number | null,
  ) {
    this.#reader = new ChunkReader(source);
    this.#writer = writable.getWriter();
    this.#lengthBytes = lengthBytes;
  }

  async run(): Promise<void> {
    const pace = setInterval(() => this.#checkPace(), PACE_WINDOW_MS);
    try {
      for (;;) {
        const chunk = await this.#read();
        if (chunk === null) break;
        await this.#writer.write(chunk);
      }
      await this.#writer.close();
    } catch (error) {
      // Whichever side broke off, the other one sees that the body is not whole.
      this.#reader.cancel().catch(() => undefined);
      this.#writer.abort(error).catch(() => undefined);
    } finally {
      clearInterval(pace);
    }
  }

  /** @returns null: the end */
  async #read(): Promise<Uint8Array | null> {
    this.#waitingSinceMs = Date.now();
    let chunk: Uint8Array | null;
    try {
      chunk = await this.#reader.read();
    } catch (error) {
      this.problem ??= "broken";
      throw error;
    }
    this.#countWait();
    this.#waitingSinceMs = null;
    // A reader that was cancelled says that it has come to the end.
    if (this.problem !== null) throw new Error(this.problem);
    const bytes = chunk?.byteLength ?? 0;
    this.#receivedBytes += bytes;
    this.#windowBytes += bytes;
    this.isWhole ||=
      this.#lengthBytes === null ? chunk === null : this.#isComplete(this.#lengthBytes);
    return chunk;
  }

  #isComplete(lengthBytes: number): boolean {
    return this.#receivedBytes >= lengthBytes;
  }

  #countWait(): void {
    if (this.#waitingSinceMs === null) return;
    const nowMs = Date.now();
    this.#windowWaitMs += nowMs - this.#waitingSinceMs;
    this.#waitingSinceMs = nowMs;
  }

  /** An origin that reads slowly is no fault of the client's. */
  #checkPace(): void {
    this.#countWait();
    const isSlow = this.#windowBytes < LEAST_BYTES && this.#windowWaitMs > PACE_WINDOW_MS / 2;
    if (isSlow && this.#waitingSinceMs !== null) {
      this.problem = "slow";
      this.#reader.cancel().catch(() => undefined); // what is waited for ends with it
    }
    this.#windowBytes = 0;
    this.#windowWaitMs = 0;
  }
}
