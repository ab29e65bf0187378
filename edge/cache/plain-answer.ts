/** Answers that the Edge gives itself: short, plain, and naming nothing internal. */

import { EDGE_HEADER } from "./edge-mark.ts";

export interface PlainAnswerOptions {
  /** Value of `X-Mizan-Edge`. */
  readonly mark: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function createPlainAnswer(
  status: number,
  text: string,
  { mark, headers = {} }: PlainAnswerOptions,
): Response {
  return new Response(`${text}\n`, {
    status,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      [EDGE_HEADER]: mark,
      ...headers,
    },
  });
}
