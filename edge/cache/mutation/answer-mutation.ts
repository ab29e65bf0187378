/** Answers a mutation of the manifest: intent, forward, outcome, bump, and then the response (4). */

import type { Scope } from "../../authority/target.ts";
import { DEFAULT_TIMES } from "../../authority/times.ts";
import { type AnswerMark, buildBypassMark } from "../answer/answer-mark.ts";
import { getOrigin } from "../env.ts";
import { askOrigin } from "../origin/ask-origin.ts";
import { setIntent } from "../origin/edge-wire.ts";
import { buildForwardedHeaders } from "../origin/forwarded-headers.ts";
import { createUnreachableAnswer } from "../origin/pass-on.ts";
import type { BodyProblem } from "../origin/read-body.ts";
import { createBodyRefusal } from "../origin/refuse-body.ts";
import { isBodiless, type SentBody } from "../origin/request-bodies.ts";
import type { IntentMode } from "../origin/sign-headers.ts";
import { buildQuestion, takeBody } from "../origin/take-body.ts";
import { type CachedVisit, findClientId, findPublicAddress, isOvertaken } from "../visit.ts";
import { findCallScope, findRouteScope, isMultipart, type MutationRoute } from "./find-mutation.ts";
import { MutationRecord } from "./mutation-record.ts";
import { takeMutationAnswer } from "./take-mutation-answer.ts";

/** How the origin is asked. */
interface Forwarded {
  readonly isCall: boolean;
  readonly body: SentBody;
  readonly mode: Exclude<IntentMode, "read">;
  readonly record: MutationRecord;
  /** Unix ms; null: no limit. */
  readonly deadlineMs: number | null;
  /** The limit counts from the end of its body. */
  readonly isUpload: boolean;
}

/** Settling goes on if the browser goes away. */
export function answerMutation(visit: CachedVisit, route: MutationRoute): Promise<Response> {
  const answered = answer(visit, route);
  visit.waitUntil(answered.catch(() => undefined)); // whoever awaits the answer gets the error
  return answered;
}

/** Under way from here on: the origin that it will be forwarded to may not end meanwhile. */
async function answer(visit: CachedVisit, route: MutationRoute): Promise<Response> {
  const { request, memory, release } = visit;
  // Passed on as it comes in, it could break off under an intent; and it means nothing (RFC 9110 §9.3.1).
  if (isBodiless(request.method) && request.body !== null) return refuseBody(visit, "senseless");
  const end = memory.traffic.begin(release.state.live.slot);
  try {
    const body = await takeBody(visit);
    const answered = typeof body === "string" ? null : await answerWith(visit, route, body, end);
    if (answered !== null) return answered;
    end();
    return refuseBody(visit, typeof body === "string" ? body : "busy");
  } catch (error) {
    end();
    throw error;
  }
}

/** @returns null: too much is under way */
async function answerWith(
  visit: CachedVisit,
  route: MutationRoute,
  body: SentBody,
  end: () => void,
): Promise<Response | null> {
  try {
    const forwarded = prepareForward(visit, route, body);
    return forwarded === null ? null : await forward(visit, forwarded, end);
  } finally {
    body.release();
  }
}

/** @returns null: too many mutations are open */
function prepareForward(
  visit: CachedVisit,
  route: MutationRoute,
  body: SentBody,
): Forwarded | null {
  const { policy } = visit.cached;
  const isCall = route.kind === "call";
  const { content } = body;
  if (content instanceof ReadableStream || isMultipart(visit.request.headers.get("content-type"))) {
    // The function's name is somewhere in a body that is not read.
    const scope = route.kind === "route" ? findRouteScope(route.mutations) : policy.affectedByAny;
    const record = createRecord(visit, scope, body);
    const deadlineMs = Date.now() + policy.requestLimitSeconds * 1000;
    return { isCall, body, mode: "uncovered", record, deadlineMs, isUpload: true };
  }
  const scope =
    route.kind === "route"
      ? findRouteScope(route.mutations)
      : findCallScope(content ?? new Uint8Array(0), policy.manifest, policy.affectedByAny);
  if (scope.length > 0) return openIntent(visit, scope, { isCall, body });
  // Nothing that the manifest knows is affected, so there is nothing that an intent could cover.
  const record = createRecord(visit, scope, body);
  return { isCall, body, mode: "uncovered", record, deadlineMs: null, isUpload: false };
}

function openIntent(
  visit: CachedVisit,
  scope: Scope,
  parts: Pick<Forwarded, "isCall" | "body">,
): Forwarded | null {
  const { authority } = visit.cached.cache;
  const request = { id: crypto.randomUUID(), scope, clientId: findClientId(visit) };
  const opening = authority.openIntent(request, Date.now());
  if (opening.refusal !== null) return null;
  const record = new MutationRecord(authority, request, {
    isOpen: true,
    isSent: parts.body.isWhole,
    isOvertaken: () => isOvertaken(visit),
  });
  // Forwarded in the same moment, but for one MAC; the limit counts from the opening (step 1).
  const { deadlineMs } = opening;
  return { ...parts, mode: "covered", record, deadlineMs, isUpload: false };
}

function createRecord(visit: CachedVisit, scope: Scope, body: SentBody): MutationRecord {
  const request = { id: crypto.randomUUID(), scope, clientId: findClientId(visit) };
  const options = {
    isOpen: false,
    isSent: body.isWhole,
    isOvertaken: () => isOvertaken(visit),
  };
  return new MutationRecord(visit.cached.cache.authority, request, options);
}

async function forward(
  visit: CachedVisit,
  forwarded: Forwarded,
  end: () => void,
): Promise<Response> {
  try {
    return await forwardRecorded(visit, forwarded, end);
  } catch (error) {
    forwarded.record.lose(Date.now());
    throw error;
  }
}

async function forwardRecorded(
  visit: CachedVisit,
  forwarded: Forwarded,
  end: () => void,
): Promise<Response> {
  const { request, memory, scheme, env, release, cached, waitUntil } = visit;
  const { isCall, body, mode, record, deadlineMs } = forwarded;
  const { method, url } = request;
  const headers = buildForwardedHeaders(request.headers, findPublicAddress(visit));
  // The Edge has to read what a call's answer invalidates.
  if (isCall) headers.set("accept-encoding", "identity");
  await setIntent(headers, cached.policy, { method, url, mode, id: record.id, deadlineMs });
  const answer = await askOrigin({
    origin: getOrigin(env, release.state.live.slot),
    build: () => buildQuestion(request, headers, body),
    isRepeatable: false,
  });
  if (answer === null) {
    record.lose(Date.now());
    end();
    const problem = body.findProblem();
    if (problem !== null) return refuseBody(visit, problem);
    return createUnreachableAnswer({ method: "POST", body: null }, createMark(visit));
  }
  return takeMutationAnswer(visit, {
    answer,
    record,
    isCall,
    deadlineMs: findLastCommitMs(visit, forwarded),
    options: {
      scheme,
      mark: createMark(visit),
      originMs: answer.originMs,
      isSealed: false,
      ahead: memory.answers,
      clientId: findClientId(visit),
      end,
      waitUntil,
    },
  });
}

/**
 * Asked when an answer has come: what streams on may commit until then.
 * @returns unix ms; null: nobody knows
 */
function findLastCommitMs(
  { cached }: CachedVisit,
  { isUpload, body, deadlineMs }: Forwarded,
): number | null {
  const { clockDifferenceMs } = DEFAULT_TIMES;
  if (!isUpload) return deadlineMs === null ? null : deadlineMs + clockDifferenceMs;
  // If its body has ended, then not after now.
  const limitMs = cached.policy.requestLimitSeconds * 1000;
  return body.isWhole() ? Date.now() + limitMs + clockDifferenceMs : null;
}

/** By the page's order: a GET of a mutation's route is no cacheable read. */
function findReason(method: string): "method" | "no-rule" {
  return method === "GET" || method === "HEAD" ? "no-rule" : "method";
}

/** Counts the request: once. */
function createMark(visit: CachedVisit): AnswerMark {
  const mark = buildBypassMark(findReason(visit.request.method), visit.startedAtMs);
  visit.memory.counters.count(mark.outcome);
  return mark;
}

function refuseBody(visit: CachedVisit, problem: BodyProblem): Response {
  return createBodyRefusal(problem, createMark(visit));
}
