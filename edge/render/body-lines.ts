/** Reads a request's body, whole or line by line as it arrives, and never more than is allowed. */

import type { ByteReader } from "./byte-reader.ts";
import { RenderError } from "./render-error.ts";

/** A body as text (UTF-8); lines end with `\n`, the last may go without. */
export class BodyLines {
  readonly #request: Request;
  readonly #maxBytes: number;
  readonly #decoder = new TextDecoder();
  /** null: not begun, or it came in one piece. */
  #reader: ByteReader | null = null;
  #bytes = 0;
  /** What was read and not given out: only the last piece can hold a line's end. */
  #pieces: string[] = [];
  #isDone = false;

  constructor(request: Request, maxBytes: number) {
    this.#request = request;
    this.#maxBytes = maxBytes;
  }

  /**
   * @returns the next line without its end; null: no more
   * @throws {RenderError} bad-request: too long
   */
  async readLine(): Promise<string | null> {
    for (;;) {
      const last = this.#pieces.at(-1) ?? "";
      const end = last.indexOf("\n");
      if (end >= 0) {
        const line = [...this.#pieces.slice(0, -1), last.slice(0, end)].join("");
        this.#pieces = [last.slice(end + 1)];
        return line;
      }
      if (!(await this.#readPiece())) return this.#takeRest();
    }
  }

  /** @throws as `readLine` */
  async readText(): Promise<string> {
    while (await this.#readPiece());
    return this.#takeRest() ?? "";
  }

  /** The rest is not wanted. */
  async cancel(): Promise<void> {
    this.#isDone = true;
    await this.#reader?.cancel();
  }

  #takeRest(): string | null {
    const rest = this.#pieces.join("");
    this.#pieces = [];
    return rest === "" ? null : rest;
  }

  /** @returns false: there is no more */
  async #readPiece(): Promise<boolean> {
    if (this.#isDone) return false;
    const length = this.#reader === null ? this.#request.headers.get("content-length") : null;
    if (length === null) return this.#readChunk();
    // It will be there at once. In workerd a reader takes as long for it as a small page for its render.
    this.#isDone = true;
    this.#count(Number(length));
    this.#pieces.push(await this.#request.text());
    return true;
  }

  async #readChunk(): Promise<boolean> {
    this.#reader ??= this.#request.body?.getReader() ?? null;
    const { done, value } = (await this.#reader?.read()) ?? { done: true };
    this.#isDone = done;
    if (value === undefined) return false;
    this.#count(value.byteLength);
    this.#pieces.push(this.#decoder.decode(value, { stream: true }));
    return true;
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#maxBytes)
      throw new RenderError("bad-request", "the request is too long");
  }
}
