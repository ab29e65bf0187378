/** Asks the origin with nothing that the key does not cover, and keeps the answer if it may (3.5 to 3.8). */

import type { AnswerMark } from "../answer/answer-mark.ts";
import type { Outcome } from "../answer/cache-status.ts";
import { getOrigin } from "../env.ts";
import { isResolvedAsMatched } from "../manifest/route-table.ts";
import { askOrigin, type OriginAnswer } from "../origin/ask-origin.ts";
import { bumpInvalidated, readWrote, setIntent } from "../origin/edge-wire.ts";
import { forwardRequest, replaceUnresolved } from "../origin/forward-request.ts";
import { buildForwardedHeaders } from "../origin/forwarded-headers.ts";
import {
  buildPublicHeaders,
  createAnswer,
  createUnreachableAnswer,
  passOn,
} from "../origin/pass-on.ts";
import type { Wrote } from "../origin/sign-headers.ts";
import { type CachedVisit, findClientId, findPublicAddress } from "../visit.ts";
import { buildEntry } from "./build-entry.ts";
import type { Flight } from "./coalesce.ts";
import { type BypassReason, listCookieNames } from "./decide-read.ts";
import { decideRepeat, type Repeat } from "./decide-repeat.ts";
import { type AnswerHead, findStoreRefusal, type StoreRefusal } from "./decide-store.ts";
import type { Entry } from "./entry-store.ts";
import { keepAnswer } from "./keep-answer.ts";
import { buildReducedHeaders } from "./reduced-request.ts";
import { sliceBody } from "./slice-body.ts";
import type { CacheRead } from "./understand-read.ts";

interface KeptPurpose {
  readonly bypass: null;
  readonly key: string;
  readonly isLagging: boolean;
  /** null: nobody follows. */
  readonly flight: Flight<Entry> | null;
}

/** With a reason: nothing of the answer is remembered. */
export type Purpose = KeptPurpose | { readonly bypass: BypassReason };

interface Answered {
  readonly answer: OriginAnswer;
  readonly wrote: Wrote | null;
  /** To be called when the answer has been read to its end, or was cut off. */
  readonly end: () => void;
}

export async function fetchReduced(
  visit: CachedVisit,
  read: CacheRead,
  purpose: Purpose,
): Promise<Response> {
  const { slot } = visit.release.state.live;
  const end = visit.memory.traffic.begin(slot);
  try {
    return await fetchCounted(visit, read, purpose, end);
  } catch (error) {
    end();
    throw error;
  }
}

async function fetchCounted(
  visit: CachedVisit,
  read: CacheRead,
  purpose: Purpose,
  end: () => void,
): Promise<Response> {
  const { request, cached } = visit;
  const { policy } = cached;
  const { url, headers, id } = await buildQuestion(visit, read);
  const answer = await askOrigin({
    origin: getOrigin(visit.env, visit.release.state.live.slot),
    build: () => new Request(url, { method: request.method, headers, redirect: "manual" }),
    isRepeatable: true,
  });
  if (answer === null) {
    leave(purpose);
    end();
    return createUnreachableAnswer(
      request,
      countMark(visit, read, buildMiss(purpose, "status", 502)),
    );
  }
  const wrote = await readWrote(answer.response, policy, id);
  bumpInvalidated(answer.response, visit);
  const repeat = findRepeat(visit, answer.response, wrote);
  if (repeat === null) return takeAnswer(visit, read, purpose, { answer, wrote, end });
  leave(purpose);
  remember(visit, read, repeat);
  await answer.response.body?.cancel();
  end();
  return forwardRequest(visit, repeat.reason);
}

/** Followers ask for themselves. */
function leave(purpose: Purpose): void {
  if (purpose.bypass === null) purpose.flight?.land(null);
}

async function buildQuestion(visit: CachedVisit, read: CacheRead) {
  const { request, cached, scheme, host } = visit;
  const { policy, cache } = cached;
  const { clientAddress } = findPublicAddress(visit);
  const headers = new Headers(
    buildReducedHeaders({
      kind: read.subject.kind,
      scheme,
      host,
      token: read.token,
      pseudonym: clientAddress === null ? null : await cache.findPseudonym(policy, clientAddress),
      languageHeader: read.language?.header ?? null,
    }),
  );
  const url = new URL(visit.url);
  url.search = read.arrived.query;
  const id = crypto.randomUUID();
  await setIntent(headers, policy, {
    method: request.method,
    url: url.href,
    mode: "read",
    id,
    deadlineMs: null,
  });
  return { url: url.href, headers, id };
}

function findRepeat(
  visit: CachedVisit,
  { status, headers }: Response,
  wrote: Wrote | null,
): Repeat | null {
  const { policy } = visit.cached;
  const whole = buildForwardedHeaders(visit.request.headers, findPublicAddress(visit));
  return decideRepeat({
    status,
    hasSetCookie: headers.has("set-cookie"),
    vary: headers.get("vary"),
    sessionReadByView: wrote?.sessionReadByView ?? true,
    cookieNames: listCookieNames(visit.request.headers.get("cookie")),
    sessionCookie: policy.sessionCookie,
    requestHeaders: new Set(whole.keys()),
    usesLocale: policy.languages !== null,
  });
}

function remember(visit: CachedVisit, read: CacheRead, { need }: Repeat): void {
  if (need === null) return;
  const { lastingKey } = read;
  const cookieNames = listCookieNames(visit.request.headers.get("cookie"));
  visit.cached.cache.needs.remember(need, { lastingKey, cookieNames }, Date.now());
}

async function takeAnswer(
  visit: CachedVisit,
  read: CacheRead,
  purpose: Purpose,
  answered: Answered,
): Promise<Response> {
  const { response } = answered.answer;
  const refusal = purpose.bypass === null ? findRefusal(visit, read, purpose, answered) : null;
  if (purpose.bypass === null && refusal === null) return keep(visit, read, purpose, answered);
  leave(purpose);
  const mark = countMark(visit, read, buildMiss(purpose, refusal, response.status));
  const replaced = replaceUnresolved(response, visit, mark);
  if (replaced === null) return passOn(response, buildOptions(visit, answered, mark));
  await response.body?.cancel();
  answered.end();
  return replaced;
}

async function keep(
  visit: CachedVisit,
  read: CacheRead,
  { key, flight }: KeptPurpose,
  answered: Answered,
): Promise<Response> {
  const { response } = answered.answer;
  const { cached, scheme, waitUntil } = visit;
  const { entries } = cached.cache;
  const { concerns } = read.arrived;
  const entry = buildEntry(
    { ...answered.answer, wrote: answered.wrote, scheme, concerns },
    cached.policy,
  );
  const { end } = answered;
  const out = { ahead: visit.memory.answers, clientId: findClientId(visit) };
  const kept = await keepAnswer(response, {
    entries,
    key,
    subject: read.lastingKey,
    entry,
    flight,
    end,
    waitUntil,
    ...out,
  });
  const outcome = {
    kind: "miss",
    notStored: kept.refusal,
    originStatus: response.status,
    isCollapsed: false,
  } as const;
  const options = buildOptions(visit, answered, countMark(visit, read, outcome));
  const body = kept.body instanceof Uint8Array ? sliceBody(kept.body, waitUntil) : kept.body;
  return createAnswer(response, buildPublicHeaders(response, options), body);
}

function findRefusal(
  { request }: CachedVisit,
  { arrived, subject }: CacheRead,
  { isLagging }: KeptPurpose,
  { answer, wrote }: Answered,
): StoreRefusal | null {
  const { status, headers } = answer.response;
  const { match } = arrived;
  const head: AnswerHead = {
    kind: subject.kind,
    method: request.method,
    status,
    headers,
    isResolvedAsMatched:
      match.kind === "context" || isResolvedAsMatched(match.pages, wrote?.route ?? null),
    isWithinLag: isLagging,
  };
  return findStoreRefusal(head);
}

function buildMiss(purpose: Purpose, refusal: StoreRefusal | null, originStatus: number): Outcome {
  if (purpose.bypass !== null) return { kind: "bypass", reason: purpose.bypass };
  return { kind: "miss", notStored: refusal, originStatus, isCollapsed: false };
}

function countMark(visit: CachedVisit, { contexts }: CacheRead, outcome: Outcome): AnswerMark {
  visit.memory.counters.count(outcome, contexts);
  return { outcome, startedAtMs: visit.startedAtMs };
}

function buildOptions(visit: CachedVisit, { answer, end }: Answered, mark: AnswerMark) {
  const { scheme, memory, waitUntil } = visit;
  const out = { ahead: memory.answers, clientId: findClientId(visit) };
  return { scheme, mark, originMs: answer.originMs, isSealed: true, end, waitUntil, ...out };
}
