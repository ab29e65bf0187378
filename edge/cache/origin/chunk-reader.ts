/** Reads a body in large parts, since each part costs more time than its bytes. */

/** By itself workerd reads 4 KiB at a time. */
const BUFFER_BYTES = 64 * 1024;

export class ChunkReader {
  readonly #reader: ReadableStreamBYOBReader | ReadableStreamDefaultReader<Uint8Array>;
  /** To be filled next; null: it was given away. */
  #buffer: ArrayBuffer | null = null;

  constructor(source: ReadableStream<Uint8Array>) {
    this.#reader = openReader(source);
  }

  /** @returns what there is, as soon as there is something; null: the end, also after `cancel` */
  async read(): Promise<Uint8Array | null> {
    if (!(this.#reader instanceof ReadableStreamBYOBReader)) {
      const { done, value } = await this.#reader.read();
      return done ? null : value;
    }
    const buffer = this.#buffer ?? new ArrayBuffer(BUFFER_BYTES);
    this.#buffer = null;
    const { done, value } = await this.#reader.read(new Uint8Array(buffer));
    if (done) return null;
    if (value.byteLength > BUFFER_BYTES / 2) return value;
    this.#buffer = value.buffer as ArrayBuffer; // the one that was given
    return value.slice(); // what is kept must not hold far more memory than it counts for
  }

  async cancel(): Promise<void> {
    await this.#reader.cancel();
  }
}

function openReader(source: ReadableStream<Uint8Array>) {
  try {
    return source.getReader({ mode: "byob" });
  } catch (error) {
    if (error instanceof TypeError) return source.getReader(); // made by hand: its parts are as they are
    throw error;
  }
}
