/** A WebSocket that comes back by itself: at once when the server restarts, slower and slower when it is away. */

import type { Change } from "../api/board.ts";

export type LiveMessage =
  | { readonly type: "hello"; readonly app: string }
  | { readonly type: "change"; readonly app: string; readonly change: Change };

export type LiveStatus = "connecting" | "live" | "waiting";

export interface LiveConnectionOptions {
  readonly url: string;
  readonly onMessage: (message: LiveMessage) => void;
  readonly onStatus: (status: LiveStatus) => void;
}

/** RFC 6455's registry: the server restarts, or hands over to its next version. Come back. */
const SERVICE_RESTART = 1012;
/** Everybody comes back at the same moment: spread them. */
const RESTART_SPREAD_MS = 400;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

export class LiveConnection {
  readonly #options: LiveConnectionOptions;
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Attempts since it was last live. */
  #failures = 0;
  #isOver = false;

  constructor(options: LiveConnectionOptions) {
    this.#options = options;
    this.#connect();
    window.addEventListener("online", this.#connectNow);
    document.addEventListener("visibilitychange", this.#connectNow);
  }

  close(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    window.removeEventListener("online", this.#connectNow);
    document.removeEventListener("visibilitychange", this.#connectNow);
    this.#socket?.close();
  }

  #connect(): void {
    this.#options.onStatus("connecting");
    const socket = new WebSocket(this.#options.url);
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(String(data)) as LiveMessage; // our own server's
      if (message.type === "hello") {
        this.#failures = 0;
        this.#options.onStatus("live");
      }
      this.#options.onMessage(message);
    });
    // An error is always followed by a close.
    socket.addEventListener("close", ({ code }) => this.#wait(code));
  }

  #wait(code: number): void {
    this.#socket = null;
    if (this.#isOver) return;
    this.#options.onStatus("waiting");
    const isRestart = code === SERVICE_RESTART && this.#failures === 0;
    const waitMs = isRestart ? Math.random() * RESTART_SPREAD_MS : chooseWaitMs(this.#failures);
    this.#failures += 1;
    this.#timer = setTimeout(() => this.#connect(), waitMs);
  }

  /** Somebody looks again, or the network is back: no reason to wait any longer. */
  readonly #connectNow = (): void => {
    if (this.#socket !== null || document.visibilityState === "hidden") return;
    clearTimeout(this.#timer);
    this.#connect();
  };
}

/** Half of it at random, so that browsers that were cut off together do not come back together. */
function chooseWaitMs(failures: number): number {
  const fullMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
  return fullMs / 2 + (Math.random() * fullMs) / 2;
}
