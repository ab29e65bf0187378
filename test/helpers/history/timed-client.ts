/** A client with connections of its own that notes when each request was sent and answered. */

import {
  Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  request,
} from "node:http";
import { buffer } from "node:stream/consumers";
import type { HistoryClock } from "./history.ts";

/** Nothing in a history takes that long; whoever waits longer has found a fault. */
const GIVE_UP_AFTER_MS = 20_000;

/** Well below the 5 s after which workerd ends an idle connection, perhaps just as a request is sent on it. */
const IDLE_MS = 2000;

export interface TimedAnswer {
  readonly sentAt: number;
  /** Of the answer's head; null: there was none. */
  readonly headAt: number | null;
  /** Of the last byte. */
  readonly endedAt: number;
  /** null: no answer, or not a whole one. */
  readonly status: number | null;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Why there is none; null: there is one. */
  readonly error: string | null;
}

export interface Asked {
  /** When the head is there, or will never be. Never rejects. */
  readonly head: Promise<void>;
  /** Never rejects. */
  readonly answer: Promise<TimedAnswer>;
  /** The client goes away. */
  leave(): void;
}

export interface TimedRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

export class TimedClient {
  readonly #agent = new Agent({ keepAlive: true, timeout: IDLE_MS });
  readonly #clock: HistoryClock;
  readonly #place: { readonly port: number } | { readonly socketPath: string };

  /** @param place a port on loopback, or a Unix socket */
  constructor(
    clock: HistoryClock,
    place: { readonly port: number } | { readonly socketPath: string },
  ) {
    this.#clock = clock;
    this.#place = place;
  }

  ask({ method = "GET", path, headers = {}, body }: TimedRequest): Asked {
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const asked = request({
      ...this.#place,
      host: "127.0.0.1",
      method,
      path,
      headers: { ...headers, ...length },
      agent: this.#agent,
      signal: AbortSignal.timeout(GIVE_UP_AFTER_MS),
    });
    const sentAt = this.#clock.tick();
    asked.end(body);
    return follow(asked, sentAt, this.#clock);
  }

  end(): void {
    this.#agent.destroy();
  }
}

function follow(asked: ClientRequest, sentAt: number, clock: HistoryClock): Asked {
  const head = Promise.race([waitFor(asked, "response"), waitFor(asked, "close")]);
  const answer = new Promise<TimedAnswer>((resolve) => {
    const base = { sentAt, status: null, headers: {}, body: "", error: null };
    let headAt: number | null = null;
    const fail = (error: NodeJS.ErrnoException) => {
      const text = `${error.code ?? error.name}: ${error.message}`;
      resolve({ ...base, headAt, endedAt: clock.tick(), error: text });
    };
    asked.once("error", fail);
    asked.once("response", (response) => {
      headAt = clock.tick();
      const { statusCode = 0, headers } = response;
      buffer(response).then((bytes) => {
        const ended = { headAt, endedAt: clock.tick(), body: bytes.toString() };
        resolve({ ...base, ...ended, status: statusCode, headers });
      }, fail);
    });
  });
  return { head, answer, leave: () => asked.destroy() };
}

function waitFor(asked: ClientRequest, event: "response" | "close"): Promise<void> {
  return new Promise((resolve) => asked.once(event, () => resolve()));
}
