/** Passes one body on: read as fast as it comes while there is room, from then on at its client's pace. */

import { ChunkReader } from "./chunk-reader.ts";
import { startTimer } from "./start-timer.ts";

/** A client that takes less than this counts as standing still. */
const LEAST_BYTES = 32 * 1024;

/** Without room an answer holds the origin: that long, if its client stands still. */
const LONGEST_STILL_MS = 30_000;

/** How often it is asked whether there is room now. */
const RETRY_MS = 500;

export interface Room {
  readonly clientId: string;
  /** @returns false: there is none for so many bytes more */
  readonly take: (bytes: number) => boolean;
  readonly give: (bytes: number) => void;
  /** It holds the origin, still; it may be given up upon that. */
  readonly hold: () => void;
  readonly release: () => void;
}

interface Kept {
  readonly chunk: Uint8Array;
  /** Room was taken for it. */
  hasRoom: boolean;
}

export class BodyAhead {
  /** Unix ms of the client's last progress. */
  movedAtMs = Date.now();
  readonly #reader: ChunkReader;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #room: Room;
  readonly #kept: Kept[] = [];
  #keptBytes = 0;
  #movedBytes = 0;
  /** Nothing more will be kept. */
  #isRead = false;
  /** Why it is not whole; null: it may be. */
  #failure: { readonly error: unknown } | null = null;
  #wakeFill: () => void = () => {};
  #wakeDrain: () => void = () => {};

  constructor(
    source: ReadableStream<Uint8Array>,
    writable: WritableStream<Uint8Array>,
    room: Room,
  ) {
    this.#reader = new ChunkReader(source);
    this.#writer = writable.getWriter();
    this.#room = room;
  }

  get clientId(): string {
    return this.#room.clientId;
  }

  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** Settles when the origin owes nothing more. Never rejects. */
  async fill(): Promise<void> {
    try {
      for (;;) {
        const chunk = await this.#reader.read();
        if (chunk === null || this.#failure !== null) break;
        const kept = this.#keep(chunk);
        if (kept.hasRoom) continue;
        await this.#waitForRoom(kept);
        this.#room.release();
        if (this.#failure !== null) break;
      }
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#isRead = true;
    if (this.#failure !== null) this.#end(this.#failure.error);
    this.#wakeDrain();
  }

  /** Settles when the client has it, or has gone. Never rejects. */
  async drain(): Promise<void> {
    try {
      for (;;) {
        const [next] = this.#kept;
        if (next !== undefined) {
          await this.#writer.write(next.chunk);
          this.#noteSent(next);
        } else if (this.#isRead) break;
        else await new Promise<void>((resolve) => (this.#wakeDrain = resolve));
      }
      if (this.#failure !== null) throw this.#failure.error;
      await this.#writer.close();
    } catch (error) {
      this.#end(error);
    }
  }

  /** From another request's turn: workerd lets each end its own streams only, so this one is woken. */
  cutOff(error: unknown): void {
    this.#forget(error);
    this.#wakeFill();
    this.#wakeDrain();
  }

  /** Whichever side broke off, the other one sees that the body is not whole. */
  #end(error: unknown): void {
    this.#forget(error);
    this.#reader.cancel().catch(() => undefined);
    this.#writer.abort(error).catch(() => undefined);
    this.#wakeFill();
    this.#wakeDrain();
  }

  #forget(error: unknown): void {
    this.#failure ??= { error };
    this.#isRead = true;
    for (const { chunk, hasRoom } of this.#kept) if (hasRoom) this.#room.give(chunk.byteLength);
    this.#kept.length = 0;
    this.#keptBytes = 0;
  }

  #keep(chunk: Uint8Array): Kept {
    const kept = { chunk, hasRoom: this.#room.take(chunk.byteLength) };
    if (this.#keptBytes === 0) this.#noteMoved(); // until now the client waited for us
    this.#kept.push(kept);
    this.#keptBytes += chunk.byteLength;
    this.#wakeDrain();
    return kept;
  }

  #noteSent(sent: Kept): void {
    if (this.#kept[0] !== sent) return; // cut off meanwhile
    this.#kept.shift();
    const { byteLength } = sent.chunk;
    this.#keptBytes -= byteLength;
    if (sent.hasRoom) this.#room.give(byteLength);
    this.#movedBytes += byteLength;
    if (this.#movedBytes >= LEAST_BYTES || this.#keptBytes === 0) this.#noteMoved();
    if (this.#keptBytes === 0) this.#wakeFill();
  }

  #noteMoved(): void {
    this.#movedBytes = 0;
    this.movedAtMs = Date.now();
  }

  /** Until all is sent, or others have made room. */
  async #waitForRoom(kept: Kept): Promise<void> {
    while (this.#keptBytes > 0) {
      this.#room.hold();
      if (this.#failure !== null) return;
      const timer = startTimer(RETRY_MS);
      const sent = new Promise<void>((resolve) => (this.#wakeFill = resolve));
      await Promise.race([sent, timer.rang]);
      timer.stop();
      if (this.#keptBytes === 0) return;
      if (Date.now() - this.movedAtMs >= LONGEST_STILL_MS) {
        this.#end(new Error("the client stands still and holds the origin"));
      } else if (this.#room.take(kept.chunk.byteLength)) {
        kept.hasRoom = true;
        return;
      }
    }
  }
}
