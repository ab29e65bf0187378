/**
 * Answers that the Edge has read ahead of their clients, so that slow readers do not hold the origin.
 * Bounded in bytes; who stands still gives way to others, first of all to his own.
 */

import { ClientShare } from "../../authority/client-share.ts";
import { BodyAhead } from "./body-ahead.ts";
import type { CreatePipe } from "./pipe.ts";

/** Read, but not sent yet; one client alone may hold an eighth: nearly any page, and most files. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Who has not taken 32 KiB for so long gives way: to his own answers, to others'. */
const STILL_FOR_OWN_MS = 2000;
const STILL_FOR_OTHERS_MS = 5000;

/**
 * Without room an answer holds a thread of the origin until its client has taken it. Half of the
 * threads of the smallest origin stay free, as with bodies (`request-bodies.ts`).
 */
const MOST_HOLDING = 4;

/** Where others need the thread a client gives way that takes less than 32 KiB in so long. */
const HOLDING_STILL_MS = 1000;

export interface Passed {
  readonly readable: ReadableStream<Uint8Array>;
  /** The body was read to its end, or cut off: the origin owes nothing more. Never rejects. */
  readonly read: Promise<void>;
  /** The client has it, or has gone. Never rejects. */
  readonly ended: Promise<void>;
}

/** Of one isolate. */
export class AnswersAhead {
  readonly #share: ClientShare;
  readonly #open = new Set<BodyAhead>();
  readonly #holding = new Set<BodyAhead>();

  readonly #createPipe: CreatePipe;

  constructor(createPipe: CreatePipe, mostBytes = MOST_BYTES) {
    this.#createPipe = createPipe;
    this.#share = new ClientShare(mostBytes);
  }

  /** Bytes that are kept at the moment. */
  get bytes(): number {
    return this.#share.total;
  }

  /**
   * @param lengthBytes what its headers say; null: nothing
   * @param onFull from now on, for a while, it is read at its client's pace
   */
  pass(
    source: ReadableStream<Uint8Array>,
    lengthBytes: number | null,
    clientId: string,
    onFull: () => void = () => {},
  ): Passed {
    const { readable, writable } = this.#createPipe(lengthBytes);
    const body: BodyAhead = new BodyAhead(source, writable, {
      clientId,
      take: (bytes) => {
        const isTaken = this.#take(body, bytes);
        if (!isTaken) onFull();
        return isTaken;
      },
      give: (bytes) => this.#share.give(clientId, bytes),
      hold: () => this.#hold(body),
      release: () => this.#holding.delete(body),
    });
    this.#open.add(body);
    const ended = body.drain().then(() => {
      this.#open.delete(body);
      this.#holding.delete(body);
    });
    return { readable, read: body.fill(), ended };
  }

  /** Said again while it holds. Of too many the one goes that stands still the longest; who moves stays. */
  #hold(body: BodyAhead): void {
    this.#holding.add(body);
    if (this.#holding.size <= MOST_HOLDING) return;
    const [longest = body] = [...this.#holding].sort(
      (one, other) => one.movedAtMs - other.movedAtMs,
    );
    if (Date.now() - longest.movedAtMs < HOLDING_STILL_MS) return;
    this.#holding.delete(longest);
    longest.cutOff(new Error("the client stands still while others need the origin"));
  }

  #take(body: BodyAhead, bytes: number): boolean {
    if (this.#share.take(body.clientId, bytes) === null) return true;
    const still = this.#findStill(body);
    if (still === null) return false;
    still.cutOff(new Error("the client stands still while others need the room"));
    return this.#share.take(body.clientId, bytes) === null;
  }

  /** One of the same client; else of those that hold no less than he does. */
  #findStill(body: BodyAhead): BodyAhead | null {
    const held = new Map<string, number>();
    for (const { clientId, keptBytes } of this.#open) {
      held.set(clientId, (held.get(clientId) ?? 0) + keptBytes);
    }
    const ownBytes = held.get(body.clientId) ?? 0;
    const nowMs = Date.now();
    const still = [...this.#open].filter((other) => {
      if (other === body || other.keptBytes === 0) return false;
      const stillMs = nowMs - other.movedAtMs;
      if (other.clientId === body.clientId) return stillMs >= STILL_FOR_OWN_MS;
      return stillMs >= STILL_FOR_OTHERS_MS && (held.get(other.clientId) ?? 0) >= ownBytes;
    });
    const own = still.filter(({ clientId }) => clientId === body.clientId);
    const [longest] = (own.length > 0 ? own : still).sort((a, b) => a.movedAtMs - b.movedAtMs);
    return longest ?? null;
  }
}
