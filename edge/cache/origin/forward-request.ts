/** Sends a request to the origin as it came, past the cache, and passes its answer on. */

import { type AnswerMark, buildBypassMark } from "../answer/answer-mark.ts";
import { BINDING } from "../contract.ts";
import { getOrigin } from "../env.ts";
import { serveAsset } from "../files/serve-file.ts";
import type { BypassReason } from "../read/decide-read.ts";
import { findFallback, isNavigation } from "../route-request.ts";
import { findClientId, findPublicAddress, type Visit } from "../visit.ts";
import { askOrigin } from "./ask-origin.ts";
import { bumpInvalidated, setIntent } from "./edge-wire.ts";
import { buildForwardedHeaders, UNRESOLVED_HEADER } from "./forwarded-headers.ts";
import {
  buildPublicHeaders,
  createUnreachableAnswer,
  type PassOnOptions,
  passOn,
} from "./pass-on.ts";
import { createBodyRefusal } from "./refuse-body.ts";
import { relayWebSocket } from "./relay-websocket.ts";
import type { SentBody } from "./request-bodies.ts";
import { isRepeatable } from "./retry-policy.ts";
import { buildQuestion, takeBody } from "./take-body.ts";

/** Whatever the origin says has been heeded once this settles, even if the client has gone. */
export function forwardRequest(visit: Visit, reason: BypassReason): Promise<Response> {
  const answered = forward(visit, reason);
  visit.waitUntil(answered.catch(() => undefined)); // whoever awaits the answer gets the error
  return answered;
}

/** Under way from here on: the origin that it will be forwarded to may not end meanwhile. */
async function forward(visit: Visit, reason: BypassReason): Promise<Response> {
  const { memory, release } = visit;
  const mark = buildBypassMark(reason, visit.startedAtMs);
  memory.counters.count(mark.outcome);
  const end = memory.traffic.begin(release.state.live.slot);
  try {
    const body = await takeBody(visit);
    if (typeof body === "string") return endWith(end, createBodyRefusal(body, mark));
    try {
      return await forwardBody(visit, body, mark, end);
    } finally {
      body.release();
    }
  } catch (error) {
    end();
    throw error;
  }
}

async function forwardBody(
  visit: Visit,
  body: SentBody,
  mark: AnswerMark,
  end: () => void,
): Promise<Response> {
  const { request, memory, release, env, scheme, waitUntil } = visit;
  const headers = await buildWholeHeaders(visit);
  const answer = await askOrigin({
    origin: getOrigin(env, release.state.live.slot),
    build: () => buildQuestion(request, headers, body),
    isRepeatable: isRepeatable(request.method, request.body !== null),
  });
  if (answer === null) {
    const problem = body.findProblem();
    const refusal = problem === null ? null : createBodyRefusal(problem, mark);
    return endWith(end, refusal ?? createUnreachableAnswer(request, mark));
  }
  const { response, originMs } = answer;
  bumpInvalidated(response, visit);
  const replaced = replaceUnresolved(response, visit, mark);
  if (replaced !== null) {
    await response.body?.cancel();
    return endWith(end, await replaced);
  }
  const isSealed = isCacheable(visit);
  const out = { ahead: memory.answers, clientId: findClientId(visit) };
  const options = { scheme, mark, originMs, isSealed, end, waitUntil, ...out };
  if (response.webSocket) return passOnSocket(response, response.webSocket, visit, options);
  return passOn(response, options);
}

/** It stays with the release that it was opened at, and ends with that one's time as the live one. */
function passOnSocket(
  upgraded: Response,
  origin: WebSocket,
  { memory, release, waitUntil }: Visit,
  options: PassOnOptions,
): Response {
  const stay = memory.sockets.stayAt(release.state.live);
  const { client, originEnded, ended } = relayWebSocket(origin, stay.over);
  waitUntil(originEnded.then(options.end));
  waitUntil(ended.then(stay.end));
  const headers = buildPublicHeaders(upgraded, options);
  return new Response(null, { status: 101, headers, webSocket: client });
}

function endWith(end: () => void, answer: Response): Response {
  end();
  return answer;
}

async function buildWholeHeaders(visit: Visit): Promise<Headers> {
  const { request, cached } = visit;
  const { method } = request;
  const headers = buildForwardedHeaders(request.headers, findPublicAddress(visit));
  if (cached !== null) {
    const mode = method === "GET" || method === "HEAD" ? "read" : "uncovered";
    const question = {
      method,
      url: request.url,
      mode,
      id: crypto.randomUUID(),
      deadlineMs: null,
    } as const;
    await setIntent(headers, cached.policy, question);
  }
  return headers;
}

/** Every answer of a context or page route leaves without what a browser could keep it by. */
function isCacheable({ cached }: Visit): boolean {
  return cached?.match?.kind === "context" || cached?.match?.kind === "page";
}

/**
 * A page that Django knows nothing about belongs to the frontend's own router.
 * @returns null: the origin's answer stands
 */
export function replaceUnresolved(
  answer: Response,
  { request, env, release }: Visit,
  mark: AnswerMark,
): Promise<Response> | null {
  const document = findFallback(release.state);
  if (document === null || answer.status !== 404) return null;
  if (!answer.headers.has(UNRESOLVED_HEADER)) return null;
  if (!isNavigation(request.method, request.headers)) return null;
  return serveAsset(request, document, env[BINDING.assets], mark);
}
