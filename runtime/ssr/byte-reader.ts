/** What we use of a reader: Bun's types and Node's, which it includes, disagree on the rest. */

export type Chunk = Uint8Array<ArrayBuffer>;

export interface ByteReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Chunk | undefined }>;
  cancel(reason?: unknown): Promise<void>;
}
