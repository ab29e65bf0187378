/** Takes the body of a public request, to be sent on to the origin. */

import { findClientId, type Visit } from "../visit.ts";
import { readLength } from "./pass-on.ts";
import type { BodyProblem } from "./read-body.ts";
import type { SentBody } from "./request-bodies.ts";

/** @returns a problem: nothing is to be forwarded */
export function takeBody(visit: Visit): SentBody | Promise<SentBody | BodyProblem> {
  const { request, memory, release } = visit;
  return memory.bodies.take({
    body: request.body,
    method: request.method,
    lengthBytes: readLength(request.headers),
    clientId: findClientId(visit),
    streamsAtOnce: release.state.live.streamsAtOnce,
  });
}

/** To be sent once. */
export function buildQuestion(request: Request, headers: Headers, { content }: SentBody): Request {
  return new Request(request, {
    headers,
    redirect: "manual",
    ...(content !== null && { body: content }),
  });
}
