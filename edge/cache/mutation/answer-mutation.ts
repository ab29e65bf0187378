/** Answers a mutation of the manifest: intent, forward, outcome, bump, and then the response (4). */

import type { Scope } from "../../authority/target.ts";
import { DEFAULT_TIMES } from "../../authority/times.ts";
import { buildBypassMark } from "../answer/answer-mark.ts";
import { createPlainAnswer } from "../answer/plain-answer.ts";
import { getOrigin } from "../env.ts";
import { askOrigin } from "../origin/ask-origin.ts";
import { setIntent } from "../origin/edge-wire.ts";
import { buildForwardedHeaders } from "../origin/forwarded-headers.ts";
import { createUnreachableAnswer, readLength } from "../origin/pass-on.ts";
import type { IntentMode } from "../origin/sign-headers.ts";
import { type CachedVisit, findClientId, findPublicAddress } from "../visit.ts";
import {
  findBufferedBytes,
  findCallScope,
  findRouteScope,
  LARGEST_BODY_BYTES,
  type MutationRoute,
} from "./find-mutation.ts";
import { MutationRecord } from "./mutation-record.ts";
import { type BodyProblem, readBody } from "./read-body.ts";
import { takeMutationAnswer } from "./take-mutation-answer.ts";

/** A body that is not there by then holds nothing open: no intent was made. */
const BODY_TIMEOUT_MS = 15_000;

/** How the origin is asked. */
interface Forwarded {
  readonly route: MutationRoute;
  readonly scope: Scope;
  /** null: as it comes in, if there is any. */
  readonly body: Uint8Array | null;
  readonly mode: Exclude<IntentMode, "read">;
  readonly record: MutationRecord;
  /** Unix ms; null: no limit. */
  readonly deadlineMs: number | null;
}

/** Settling goes on if the browser goes away. */
export function answerMutation(visit: CachedVisit, route: MutationRoute): Promise<Response> {
  const answered = answer(visit, route);
  visit.waitUntil(answered.catch(() => undefined)); // whoever awaits the answer gets the error
  return answered;
}

async function answer(visit: CachedVisit, route: MutationRoute): Promise<Response> {
  const { request } = visit;
  const sizeBytes = findBufferedBytes({
    hasBody: request.body !== null,
    lengthBytes: readLength(request.headers),
    contentType: request.headers.get("content-type"),
  });
  if (sizeBytes === null) return forwardUpload(visit, route);
  const { bufferedBodies, bufferedBytes } = visit.cached.cache;
  const clientId = findClientId(visit);
  if (bufferedBodies.take(clientId) !== null) return refuseBusy(visit);
  try {
    if (bufferedBytes.take(clientId, sizeBytes) !== null) return refuseBusy(visit);
    try {
      return await forwardBuffered(visit, route);
    } finally {
      bufferedBytes.give(clientId, sizeBytes);
    }
  } finally {
    bufferedBodies.give(clientId);
  }
}

async function forwardBuffered(visit: CachedVisit, route: MutationRoute): Promise<Response> {
  const { policy } = visit.cached;
  const options = { maxBytes: LARGEST_BODY_BYTES, timeoutMs: BODY_TIMEOUT_MS };
  const body = await readBody(visit.request.body, options);
  if (typeof body === "string") return refuseBody(visit, body);
  const scope =
    route.kind === "route"
      ? findRouteScope(route.mutations)
      : findCallScope(body, policy.manifest, policy.affectedByAny);
  const content = visit.request.body === null ? null : body;
  if (scope.length === 0) return forwardUncovered(visit, { route, scope, body: content });
  return forwardCovered(visit, { route, scope, body: content });
}

type Parts = Pick<Forwarded, "route" | "scope" | "body">;

/** Nothing that the manifest knows is affected, so there is nothing that an intent could cover. */
function forwardUncovered(visit: CachedVisit, parts: Parts): Promise<Response> {
  const record = createRecord(visit, parts.scope, false);
  return forward(visit, { ...parts, mode: "uncovered", record, deadlineMs: null });
}

function forwardCovered(visit: CachedVisit, parts: Parts): Promise<Response> | Response {
  const { authority } = visit.cached.cache;
  const request = { id: crypto.randomUUID(), scope: parts.scope, clientId: findClientId(visit) };
  const opening = authority.openIntent(request, Date.now());
  if (opening.refusal !== null) return refuseBusy(visit);
  const record = new MutationRecord(authority, request, true);
  // Forwarded in the same moment, but for one MAC; the limit counts from the opening (step 1).
  return forward(visit, { ...parts, mode: "covered", record, deadlineMs: opening.deadlineMs });
}

/** Streamed without an intent; the limit counts from the end of its body. */
function forwardUpload(visit: CachedVisit, route: MutationRoute): Promise<Response> {
  const { policy } = visit.cached;
  // The function's name is somewhere in a body that is not read.
  const scope = route.kind === "route" ? findRouteScope(route.mutations) : policy.affectedByAny;
  return forward(visit, {
    route,
    scope,
    body: null,
    mode: "uncovered",
    record: createRecord(visit, scope, false),
    deadlineMs: Date.now() + policy.requestLimitSeconds * 1000,
  });
}

function createRecord(visit: CachedVisit, scope: Scope, isOpen: boolean): MutationRecord {
  const request = { id: crypto.randomUUID(), scope, clientId: findClientId(visit) };
  return new MutationRecord(visit.cached.cache.authority, request, isOpen);
}

async function forward(visit: CachedVisit, forwarded: Forwarded): Promise<Response> {
  const { memory, release } = visit;
  const end = memory.traffic.begin(release.state.live.slot);
  try {
    return await forwardCounted(visit, forwarded, end);
  } catch (error) {
    forwarded.record.lose(Date.now());
    end();
    throw error;
  }
}

async function forwardCounted(
  visit: CachedVisit,
  { route, body, mode, record, deadlineMs }: Forwarded,
  end: () => void,
): Promise<Response> {
  const { request, scheme, env, release, cached, waitUntil } = visit;
  const { method } = request;
  const isCall = route.kind === "call";
  const headers = buildForwardedHeaders(request.headers, findPublicAddress(visit));
  // The Edge has to read what a call's answer invalidates.
  if (isCall) headers.set("accept-encoding", "identity");
  const { url } = request;
  await setIntent(headers, cached.policy, { method, url, mode, id: record.id, deadlineMs });
  const answer = await askOrigin({
    origin: getOrigin(env, release.state.live.slot),
    build: () => new Request(request, { headers, redirect: "manual", ...(body && { body }) }),
    isRepeatable: false,
  });
  const mark = buildBypassMark(findReason(method), visit.startedAtMs);
  if (answer === null) {
    record.lose(Date.now());
    end();
    return createUnreachableAnswer({ method: "POST", body: null }, countMark(visit, mark));
  }
  const { originMs } = answer;
  countMark(visit, mark);
  return takeMutationAnswer(visit, {
    answer,
    record,
    isCall,
    deadlineMs: deadlineMs === null ? null : deadlineMs + DEFAULT_TIMES.clockDifferenceMs,
    options: { scheme, mark, originMs, isSealed: false, end, waitUntil },
  });
}

/** By the page's order: a GET of a mutation's route is no cacheable read. */
function findReason(method: string): "method" | "no-rule" {
  return method === "GET" || method === "HEAD" ? "no-rule" : "method";
}

function countMark<T extends ReturnType<typeof buildBypassMark>>(visit: CachedVisit, mark: T): T {
  visit.memory.counters.count(mark.outcome);
  return mark;
}

function refuseBusy(visit: CachedVisit): Response {
  return refuse(visit, 503, "Too much is under way at the moment.", { "retry-after": "1" });
}

const BODY_ANSWER: Readonly<Record<BodyProblem, readonly [number, string]>> = {
  large: [413, "The body is larger than it said."],
  slow: [408, "The body did not arrive in time."],
  broken: [400, "The body did not arrive whole."],
};

function refuseBody(visit: CachedVisit, problem: BodyProblem): Response {
  return refuse(visit, ...BODY_ANSWER[problem]);
}

function refuse(
  visit: CachedVisit,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const mark = buildBypassMark(findReason(visit.request.method), visit.startedAtMs);
  return createPlainAnswer(status, text, { mark: countMark(visit, mark), headers });
}
