/** Answers with what is stored. */

import { type AnswerMark, setAnswerMark } from "../answer/answer-mark.ts";
import type { Visit } from "../visit.ts";
import type { Entry } from "./entry-store.ts";
import { sliceBody } from "./slice-body.ts";

/** Status and headers of a hit that came and went within one millisecond. */
interface HitHead {
  /** `Cache-Status` has it in whole seconds. */
  readonly remainingSeconds: number;
  /** Without a body: answers are made after it. */
  readonly model: Response;
}

/** Making headers costs more than all else of a hit, and most hits of an entry have the same. */
const hitHeads = new WeakMap<Entry, HitHead>();

export function answerWithEntry(
  entry: Entry,
  { request, waitUntil }: Pick<Visit, "request" | "waitUntil">,
  mark: AnswerMark,
): Response {
  const { body } = entry;
  if (request.method === "HEAD") {
    const headers = buildHeaders(entry, mark);
    headers.set("content-length", String(body.byteLength));
    return new Response(null, { headers });
  }
  // workerd copies the head of a Response a third faster than one that is given in parts.
  return new Response(sliceBody(body, waitUntil), findHead(entry, mark));
}

function findHead(entry: Entry, mark: AnswerMark): ResponseInit | Response {
  const { outcome, startedAtMs } = mark;
  if (outcome.kind !== "hit" || Date.now() !== startedAtMs) {
    return { headers: buildHeaders(entry, mark) };
  }
  const remainingSeconds = Math.floor(outcome.remainingTtlMs / 1000);
  const known = hitHeads.get(entry);
  if (known?.remainingSeconds === remainingSeconds) return known.model;
  const model = new Response(null, { headers: buildHeaders(entry, mark) });
  hitHeads.set(entry, { remainingSeconds, model });
  return model;
}

function buildHeaders(entry: Entry, mark: AnswerMark): Headers {
  const headers = new Headers(entry.headers as [string, string][]); // only read
  setAnswerMark(headers, mark);
  return headers;
}
