/** Answers that the Edge gives itself: short, plain, and naming nothing internal. */

import { type AnswerMark, setAnswerMark } from "./answer-mark.ts";

export interface PlainAnswerOptions {
  readonly mark: AnswerMark;
  readonly headers?: Readonly<Record<string, string>>;
}

export function createPlainAnswer(
  status: number,
  text: string,
  { mark, headers = {} }: PlainAnswerOptions,
): Response {
  const all = new Headers({
    "content-type": "text/plain; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...headers,
  });
  setAnswerMark(all, mark);
  return new Response(`${text}\n`, { status, headers: all });
}
