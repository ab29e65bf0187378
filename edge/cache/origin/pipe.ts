/** What a body is written into on its way on. Its maker is given, since only workerd has one that keeps a length. */

export interface Pipe {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

/** @param lengthBytes a known length must stay one: nobody could tell a cut body from a whole one */
export type CreatePipe = (lengthBytes: number | null) => Pipe;
