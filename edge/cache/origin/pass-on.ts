/** Passes the origin's answer on to the client, streamed, counted to its last byte. */

import { type AnswerMark, setAnswerMark } from "../answer/answer-mark.ts";
import { createPlainAnswer } from "../answer/plain-answer.ts";
import { sealAnswerHeaders } from "../read/decide-store.ts";
import type { AnswersAhead } from "./answers-ahead.ts";
import { buildAnswerHeaders } from "./forwarded-headers.ts";
import { isRepeatable } from "./retry-policy.ts";

export interface PassOnOptions {
  readonly scheme: "http" | "https";
  readonly mark: AnswerMark;
  readonly originMs: number;
  /** Of a context or page route: nothing that a browser's cache could keep. */
  readonly isSealed: boolean;
  readonly ahead: AnswersAhead;
  /** Whose share of what is read ahead it takes. */
  readonly clientId: string;
  /** To be called when the answer has been read to its end, or was cut off. */
  readonly end: () => void;
  readonly waitUntil: (promise: Promise<unknown>) => void;
}

/** Fetch standard: a Response with one of these and a body cannot be constructed. */
const BODILESS_STATUS = new Set([101, 204, 205, 304]);

export function passOn(answer: Response, options: PassOnOptions): Response {
  const { end, waitUntil } = options;
  const headers = buildPublicHeaders(answer, options);
  if (answer.body === null || BODILESS_STATUS.has(answer.status)) {
    end();
    return createAnswer(answer, headers, null);
  }
  const lengthBytes = readLength(answer.headers);
  const { readable, read, ended } = options.ahead.pass(answer.body, lengthBytes, options.clientId);
  // (workerd notices a reader that has gone when it next writes: an idle stream counts until then.)
  waitUntil(read.then(end));
  waitUntil(ended);
  return createAnswer(answer, headers, readable);
}

export function buildPublicHeaders(
  answer: Response,
  { scheme, mark, originMs, isSealed }: PassOnOptions,
): Headers {
  const headers = buildAnswerHeaders(answer.headers, scheme);
  if (isSealed) sealAnswerHeaders(headers);
  setAnswerMark(headers, mark, originMs);
  return headers;
}

/** @param answer whose status it has */
export function createAnswer(
  { status, statusText }: Response,
  headers: Headers,
  body: ReadableStream<Uint8Array> | Uint8Array | null,
): Response {
  const content = BODILESS_STATUS.has(status) ? null : body;
  return new Response(content, { status, statusText, headers, encodeBody: "manual" });
}

/** @returns null: the headers say nothing */
export function readLength(headers: Headers): number | null {
  const length = headers.get("content-length");
  return length !== null && /^\d+$/.test(length) ? Number(length) : null;
}

const unreachable = new WeakSet<Response>();

/** The answer is the Edge's own word that the origin gave none. */
export function isUnreachable(answer: Response): boolean {
  return unreachable.has(answer);
}

export function createUnreachableAnswer(
  { method, body }: Pick<Request, "method" | "body">,
  mark: AnswerMark,
): Response {
  const text = isRepeatable(method, body !== null)
    ? "The app does not answer at the moment."
    : "The app did not answer. Whether it did what was asked is unknown: look before you repeat it.";
  const answer = createPlainAnswer(502, text, { mark, headers: { "retry-after": "1" } });
  unreachable.add(answer);
  return answer;
}
