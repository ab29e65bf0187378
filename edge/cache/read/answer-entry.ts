/** Answers with what is stored. */

import { type AnswerMark, setAnswerMark } from "../answer/answer-mark.ts";
import type { Entry } from "./entry-store.ts";

/** Headers of a hit that came and went within one millisecond. */
interface HitHeaders {
  /** `Cache-Status` has it in whole seconds. */
  readonly remainingSeconds: number;
  readonly headers: Headers;
}

/** Making headers costs more than all else of a hit, and most hits of an entry have the same. */
const hitHeaders = new WeakMap<Entry, HitHeaders>();

export function answerWithEntry(entry: Entry, method: string, mark: AnswerMark): Response {
  if (method === "HEAD") {
    const headers = buildHeaders(entry, mark);
    headers.set("content-length", String(entry.body.byteLength));
    return new Response(null, { headers });
  }
  return new Response(entry.body, { headers: findHeaders(entry, mark) });
}

function findHeaders(entry: Entry, mark: AnswerMark): Headers {
  const { outcome, startedAtMs } = mark;
  if (outcome.kind !== "hit" || Date.now() !== startedAtMs) return buildHeaders(entry, mark);
  const remainingSeconds = Math.floor(outcome.remainingTtlMs / 1000);
  const known = hitHeaders.get(entry);
  if (known?.remainingSeconds === remainingSeconds) return known.headers;
  const headers = buildHeaders(entry, mark);
  hitHeaders.set(entry, { remainingSeconds, headers });
  return headers;
}

function buildHeaders(entry: Entry, mark: AnswerMark): Headers {
  const headers = new Headers(entry.headers as [string, string][]); // only read
  setAnswerMark(headers, mark);
  return headers;
}
