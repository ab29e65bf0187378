/** The body of a request, kept so that a second renderer can be asked if the first one dies. */

import type { ByteReader, Chunk } from "./byte-reader.ts";

const NEWLINE = 10;

export class RequestBody {
  /** It is there as a whole, so nothing of it comes late. */
  readonly isWhole: boolean;
  readonly #chunks: Chunk[];
  readonly #reader: ByteReader | null;
  #reading: Promise<boolean> | null = null;

  /** Reads all of a body whose length is known; anything else streams. */
  static async of(request: Request): Promise<RequestBody> {
    const { body } = request;
    if (body === null) return new RequestBody([], null);
    if (!request.headers.has("content-length")) return new RequestBody([], body);
    return new RequestBody([new Uint8Array(await request.arrayBuffer())], null);
  }

  private constructor(chunks: Chunk[], rest: ReadableStream<Chunk> | null) {
    this.#chunks = chunks;
    this.#reader = rest === null ? null : rest.getReader();
    this.isWhole = rest === null;
  }

  /** From its first byte on, each time. */
  open(): Chunk | ReadableStream<Chunk> {
    if (this.isWhole) return this.#chunks[0] ?? new Uint8Array();
    let next = 0;
    return new ReadableStream(
      {
        pull: async (controller) => {
          while (next >= this.#chunks.length) {
            if (!(await this.#readMore())) return controller.close();
          }
          const chunk = this.#chunks[next];
          next += 1;
          if (chunk !== undefined) controller.enqueue(chunk);
        },
      },
      { highWaterMark: 0 },
    );
  }

  /** Up to the first line's end, or to where the body ends or breaks off. */
  async readFirstLine(): Promise<string> {
    const decoder = new TextDecoder();
    let line = "";
    for (let next = 0; await this.#hasChunk(next); next += 1) {
      const chunk = this.#chunks[next] ?? new Uint8Array();
      const end = chunk.indexOf(NEWLINE);
      if (end !== -1) return line + decoder.decode(chunk.subarray(0, end));
      line += decoder.decode(chunk, { stream: true });
    }
    return line;
  }

  async #hasChunk(index: number): Promise<boolean> {
    // Whoever renders it sees why it breaks off.
    return index < this.#chunks.length || (await this.#readMore().catch(() => false));
  }

  /** @returns false at the end; whoever asks meanwhile waits for the same piece */
  #readMore(): Promise<boolean> {
    this.#reading ??= this.#readPiece().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readPiece(): Promise<boolean> {
    const piece = await this.#reader?.read();
    if (piece?.value === undefined) return false;
    this.#chunks.push(piece.value);
    return true;
  }
}
