/** Watches the board of `examples/monorepo` as a browser does: comes back by itself, asks for what it missed. */

import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

const messageSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("hello"), app: z.string() }),
  z.object({
    type: z.literal("change"),
    app: z.string(),
    change: z.object({ version: z.number() }),
  }),
]);

const missedSchema = z.object({
  complete: z.literal(true),
  changes: z.array(z.object({ version: z.number() })),
});

/** Of a browser, where it spreads its visitors' return. */
const RETURN_MS = 400;

/** One WebSocket, from its opening to its end. */
export interface Stay {
  /** Version of the app whose process holds it; null: it has not greeted yet. */
  app: string | null;
  /** Version of the app whose process sent each change. */
  readonly senders: string[];
  /** null: it is open. */
  end: { readonly code: number; readonly wasClean: boolean } | null;
}

export class BoardWatcher {
  readonly stays: Stay[] = [];
  /** Up to here it knows every change. */
  version = 0;
  readonly #origin: string;
  #socket: WebSocket | null = null;
  #isOver = false;
  #asking: Promise<void> = Promise.resolve();

  constructor(origin: string) {
    this.#origin = origin;
    this.#connect();
  }

  get current(): Stay | undefined {
    return this.stays.at(-1);
  }

  /** @throws what went wrong in asking for what was missed */
  async end(): Promise<void> {
    this.#isOver = true;
    this.#socket?.close();
    await this.#asking;
  }

  #connect(): void {
    const stay: Stay = { app: null, senders: [], end: null };
    this.stays.push(stay);
    const url = new URL("/ws/board/", this.#origin.replace("http", "ws"));
    // A browser names the page's origin, and the app listens to its own pages alone.
    const socket = new WebSocket(url, { headers: { origin: this.#origin } });
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#take(stay, JSON.parse(String(data))));
    socket.addEventListener("close", ({ code, wasClean }) => {
      stay.end = { code, wasClean };
      void this.#comeBack();
    });
  }

  async #comeBack(): Promise<void> {
    await sleep(Math.random() * RETURN_MS);
    if (!this.#isOver) this.#connect();
  }

  #take(stay: Stay, raw: unknown): void {
    const message = messageSchema.parse(raw);
    if (message.type === "hello") {
      stay.app = message.app;
      this.#ask();
      return;
    }
    stay.senders.push(message.app);
    if (message.change.version === this.version + 1) this.version += 1;
    else if (message.change.version > this.version) this.#ask();
  }

  #ask(): void {
    this.#asking = this.#asking.then(async () => {
      const answer = await fetch(new URL(`/api/changes/?after=${this.version}`, this.#origin));
      const { changes } = missedSchema.parse(await answer.json());
      for (const { version } of changes) if (version === this.version + 1) this.version += 1;
    });
    this.#asking.catch(() => undefined); // told at the end
  }
}
