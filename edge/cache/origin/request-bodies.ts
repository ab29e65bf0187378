/**
 * The bodies of requests on their way to the origin. One of a known, small size is read first, so that
 * a slow client holds nothing open there; a larger one streams, once it is its turn.
 */

import { ClientShare } from "../../authority/client-share.ts";
import { BodyTurns } from "./body-turns.ts";
import type { CreatePipe } from "./pipe.ts";
import { type BodyProblem, readBody } from "./read-body.ts";
import { streamBody } from "./stream-body.ts";

/** Larger ones, and those of unknown size, stream. */
export const LARGEST_BODY_BYTES = 256 * 1024;

/** Of bodies that are read first; one client may hold an eighth of both. */
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_BODIES = 2048;

/** A body that is not there by then is given up. */
const BODY_TIMEOUT_MS = 15_000;

/**
 * Without a word from the release: the default origin has two worker processes of four threads on the
 * smallest machine, so that half of them stay free.
 */
const DEFAULT_STREAMS = 4;

/** What is sent to the origin as a request's body. */
export interface SentBody {
  /** null: there is none, or the request's own is sent. */
  readonly content: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null;
  /** `false`: the origin lacks a part of it so far. */
  readonly isWhole: () => boolean;
  /** Why the client's side of a stream ended early; null: it did not. */
  readonly findProblem: () => BodyProblem | null;
  /** To be called once, when the origin has answered, or will not. */
  readonly release: () => void;
}

export interface BodyRequest {
  readonly method: string;
  readonly body: ReadableStream<Uint8Array> | null;
  /** Of `Content-Length`; null: none. */
  readonly lengthBytes: number | null;
  readonly clientId: string;
  /** See `EdgeRelease`. */
  readonly streamsAtOnce: number | undefined;
}

const NO_BODY: SentBody = {
  content: null,
  isWhole: () => true,
  findProblem: () => null,
  release: () => undefined,
};

export class RequestBodies {
  readonly #count = new ClientShare(MOST_BODIES);
  readonly #bytes = new ClientShare(MOST_BYTES);
  readonly #turns = new BodyTurns();
  readonly #createPipe: CreatePipe;

  constructor(createPipe: CreatePipe) {
    this.#createPipe = createPipe;
  }

  /** @returns a problem: nothing is to be forwarded */
  take(request: BodyRequest): SentBody | Promise<SentBody | BodyProblem> {
    const { body, method, lengthBytes, clientId } = request;
    if (body === null) return NO_BODY;
    if (isBodiless(method)) return this.#passOn(request);
    if (lengthBytes === null || lengthBytes > LARGEST_BODY_BYTES) {
      return this.#stream(body, request);
    }
    return this.read(body, clientId, LARGEST_BODY_BYTES);
  }

  /** Whole, within 15 s. */
  async read(
    body: ReadableStream<Uint8Array>,
    clientId: string,
    maxBytes: number,
  ): Promise<(SentBody & { readonly content: Uint8Array<ArrayBuffer> }) | BodyProblem> {
    if (this.#count.take(clientId) !== null) return "busy";
    let takenBytes = 0;
    const admit = (bytes: number) => {
      if (this.#bytes.take(clientId, bytes) !== null) return false;
      takenBytes += bytes;
      return true;
    };
    const release = () => {
      this.#bytes.give(clientId, takenBytes);
      this.#count.give(clientId);
    };
    const content = await readBody(body, { maxBytes, timeoutMs: BODY_TIMEOUT_MS, admit });
    if (typeof content !== "string") return { ...NO_BODY, content, release };
    release();
    return content;
  }

  async #stream(
    body: ReadableStream<Uint8Array>,
    request: BodyRequest,
  ): Promise<SentBody | BodyProblem> {
    const endTurn = await this.#takeTurn(request);
    if (endTurn === null) return "busy";
    const { lengthBytes } = request;
    const { readable, done, isWhole, findProblem } = streamBody(
      body,
      lengthBytes,
      this.#createPipe(lengthBytes),
    );
    void done.then(endTurn);
    return { ...NO_BODY, content: readable, isWhole, findProblem };
  }

  async #passOn(request: BodyRequest): Promise<SentBody | BodyProblem> {
    const endTurn = await this.#takeTurn(request);
    return endTurn === null ? "busy" : { ...NO_BODY, release: endTurn };
  }

  #takeTurn({
    clientId,
    streamsAtOnce = DEFAULT_STREAMS,
  }: BodyRequest): Promise<(() => void) | null> {
    return this.#turns.take(clientId, streamsAtOnce);
  }
}

/** Fetch standard: a Request of such a method cannot be made with a body, only passed on with its own. */
export function isBodiless(method: string): boolean {
  return method === "GET" || method === "HEAD";
}
