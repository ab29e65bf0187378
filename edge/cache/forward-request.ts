/** Sends a request to the origin and its answer back, streamed both ways, counted to its last byte. */

import { buildAnswerHeaders } from "./forwarded-headers.ts";
import { createPlainAnswer } from "./plain-answer.ts";
import { relayWebSocket } from "./relay-websocket.ts";
import { type Attempts, decideRetryMs, hasReachedApp, isRepeatable } from "./retry-policy.ts";

export interface Forward {
  /** As received; its body has not been read. */
  readonly request: Request;
  /** What the origin may believe, see `buildForwardedHeaders`. */
  readonly headers: Headers;
  readonly scheme: "http" | "https";
  /** Value of `X-Mizan-Edge`. */
  readonly mark: string;
  readonly origin: Pick<Fetcher, "fetch">;
  /** To be called when the answer has been read to its end, was cut off or cannot be had. */
  readonly end: () => void;
  /** Answers instead of the origin, given what it said; null: its answer stands. */
  readonly replace: (answer: Response) => Promise<Response> | null;
  /** Keeps the isolate at work on a body after the answer's headers have left. */
  readonly waitUntil: (promise: Promise<unknown>) => void;
}

/** Fetch standard: a Response with one of these and a body cannot be constructed. */
const BODILESS_STATUS = new Set([204, 205, 304]);

export async function forwardRequest(forward: Forward): Promise<Response> {
  const startedMs = Date.now();
  try {
    const answer = await askOrigin(forward);
    if (answer === null) return endWith(forward, createUnreachableAnswer(forward));
    const replaced = forward.replace(answer);
    if (replaced !== null) {
      await answer.body?.cancel();
      return endWith(forward, await replaced);
    }
    return passOn(answer, forward, Date.now() - startedMs);
  } catch (error) {
    forward.end();
    throw error;
  }
}

function endWith({ end }: Forward, answer: Response): Response {
  end();
  return answer;
}

/** @returns null if the origin gave no answer, after as many attempts as are safe */
async function askOrigin({ request, headers, origin }: Forward): Promise<Response | null> {
  const repeatable = isRepeatable(request.method, request.body !== null);
  const startedMs = Date.now();
  let attempts: Attempts = { count: 0, reachedApp: 0, elapsedMs: 0 };
  for (;;) {
    const attemptStartedMs = Date.now();
    try {
      const question = new Request(request, { headers, redirect: "manual" });
      // Compressed bodies pass as they are: neither length nor ETag would fit others.
      return await origin.fetch(question, { encodeResponseBody: "manual" });
    } catch (error) {
      const nowMs = Date.now();
      attempts = {
        count: attempts.count + 1,
        reachedApp: attempts.reachedApp + (hasReachedApp(nowMs - attemptStartedMs) ? 1 : 0),
        elapsedMs: nowMs - startedMs,
      };
      const delayMs = repeatable ? decideRetryMs(attempts) : null;
      if (delayMs === null) {
        console.error(`no answer from the origin: ${String(error)}`);
        return null;
      }
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }
}

function createUnreachableAnswer({ request, mark }: Forward): Response {
  const text = isRepeatable(request.method, request.body !== null)
    ? "The app does not answer at the moment."
    : "The app did not answer. Whether it did what was asked is unknown: look before you repeat it.";
  return createPlainAnswer(502, text, { mark, headers: { "retry-after": "1" } });
}

function passOn(answer: Response, forward: Forward, originMs: number): Response {
  const { scheme, mark, end, waitUntil } = forward;
  const headers = buildAnswerHeaders(answer.headers, { scheme, mark, originMs });
  const { status, statusText, body } = answer;
  if (answer.webSocket) {
    const { client, ended } = relayWebSocket(answer.webSocket);
    waitUntil(ended.then(end));
    return new Response(null, { status: 101, headers, webSocket: client });
  }
  const init = { status, statusText, headers, encodeBody: "manual" } as const;
  if (body === null || BODILESS_STATUS.has(status)) {
    return endWith(forward, new Response(null, init));
  }
  const { readable, writable } = createPipe(headers.get("content-length"));
  // Either side may break off; pipeTo has then cut the other one, which is all that can be done.
  // (workerd notices a reader that has gone when it next writes: an idle stream counts until then.)
  waitUntil(body.pipeTo(writable).then(end, end));
  return new Response(readable, init);
}

/** A known length must stay one: the browser could not tell a cut answer from a whole one. */
function createPipe(contentLength: string | null): TransformStream<Uint8Array, Uint8Array> {
  return contentLength === null
    ? new IdentityTransformStream()
    : new FixedLengthStream(Number(contentLength));
}
