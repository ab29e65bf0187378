/** Bounds the contexts that pages under way hold, so that no client's pages take all memory. */

import { ClientShare } from "../../authority/client-share.ts";

/** Of contexts that are not in the cache; one client alone may hold an eighth. */
const MOST_BYTES = 64 * 1024 * 1024;

/** What one page takes. */
export interface PageRoom {
  /** @returns false: there is no room for so many bytes more, or the page has ended */
  readonly admit: (bytes: number) => boolean;
  /** At the page's end. */
  readonly release: () => void;
}

export class ContextRoom {
  readonly #share = new ClientShare(MOST_BYTES);

  /** @param clientId whose share it is */
  open(clientId: string): PageRoom {
    let takenBytes = 0;
    let isOpen = true;
    return {
      admit: (bytes) => {
        if (!isOpen || this.#share.take(clientId, bytes) !== null) return false;
        takenBytes += bytes;
        return true;
      },
      release: () => {
        if (isOpen) this.#share.give(clientId, takenBytes);
        isOpen = false;
      },
    };
  }
}
