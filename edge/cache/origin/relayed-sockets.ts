/** Knows which WebSockets end with the time of their release as the live one, and tells them when. */

import type { EdgeRelease } from "../contract.ts";

/** A WebSocket's stay at its release. */
export interface Stay {
  /** Settled once another release is live, or at once if one is already. Never rejects. */
  readonly over: Promise<void>;
  /** The socket has ended by itself: nobody has to tell it anything. */
  end(): void;
}

export class RelayedSockets {
  #live: string | null = null;
  readonly #tell = new Set<() => void>();

  /** The same release in the same slot again changes nothing. */
  moveTo(live: EdgeRelease): void {
    const name = nameRelease(live);
    if (name === this.#live) return;
    this.#live = name;
    // One opened from here on by the release before finds another name, and is told at once.
    for (const tell of this.#tell) tell();
    this.#tell.clear();
  }

  /**
   * @param release that the upgrade was sent to, whichever is live now. To be called by the request
   *   that the socket belongs to: workerd lets nobody else close it, so the promise has to be its own
   */
  stayAt(release: EdgeRelease): Stay {
    if (nameRelease(release) !== this.#live)
      return { over: Promise.resolve(), end: () => undefined };
    let tell: (() => void) | undefined;
    const over = new Promise<void>((resolve) => {
      tell = resolve;
      this.#tell.add(resolve);
    });
    return {
      over,
      end: () => {
        if (tell !== undefined) this.#tell.delete(tell);
      },
    };
  }
}

function nameRelease({ slot, release }: EdgeRelease): string {
  return `${slot} ${release}`;
}
