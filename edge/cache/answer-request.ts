/** Answers one public request: looks at it, lets the pure modules decide, does what they say. */

import { type AnswerMark, buildBypassMark } from "./answer/answer-mark.ts";
import { createPlainAnswer } from "./answer/plain-answer.ts";
import { BINDING, INVALIDATE_PATH } from "./contract.ts";
import { readRawPath } from "./files/request-path.ts";
import { serveAsset, serveMedia } from "./files/serve-file.ts";
import { answerMutation } from "./mutation/answer-mutation.ts";
import { findMutation } from "./mutation/find-mutation.ts";
import {
  createMessageReader,
  SIGNATURE_HEADER,
  takeInvalidation,
} from "./mutation/invalidate-endpoint.ts";
import { forwardRequest } from "./origin/forward-request.ts";
import { isPlainHost } from "./origin/forwarded-headers.ts";
import { answerNewPage, answerPage } from "./pages/answer-page.ts";
import { answerRead } from "./read/answer-read.ts";
import type { BypassReason } from "./read/decide-read.ts";
import type { PreparedRelease } from "./release/prepared-release.ts";
import { findBypassReason, type RequestFacts, type Route, routeRequest } from "./route-request.ts";
import type { Arrival, Cached, CachedVisit, Visit } from "./visit.ts";

export function answerRequest(arrival: Arrival): Response | Promise<Response> {
  const { live } = arrival.memory;
  if (live !== undefined) return answerWith(live, arrival);
  return arrival.memory.load(arrival.env).then((release) => answerWith(release, arrival));
}

function answerWith(
  release: PreparedRelease | null,
  arrival: Arrival,
): Response | Promise<Response> {
  const { request, memory } = arrival;
  const startedAtMs = Date.now();
  const host = request.headers.get("host") ?? "";
  const isUpgrade = request.headers.get("upgrade")?.toLowerCase() === "websocket";
  const known = isUpgrade ? null : findKnown(release, arrival, host);
  if (known !== null) {
    const { url, cached, page } = known;
    const visit = buildVisit(arrival, { startedAtMs, host, url, release: known.release, cached });
    return page === null ? answerRead(visit) : answerPage({ ...visit, page });
  }
  const mark = buildBypassMark("no-rule", startedAtMs);
  if (!isPlainHost(host)) {
    memory.counters.count(mark.outcome);
    return createPlainAnswer(400, "Bad Host header", { mark });
  }
  if (release === null) {
    memory.counters.count(mark.outcome);
    const headers = { "retry-after": "1" };
    return createPlainAnswer(503, "Nothing is deployed here yet.", { mark, headers });
  }
  const url = new URL(request.url);
  const facts: RequestFacts = { method: request.method, rawPath: url.pathname, isUpgrade };
  const cached = findCached(release, arrival, url.pathname);
  const visit = buildVisit(respell(arrival, url), { startedAtMs, host, url, release, cached });
  return carryOut(routeRequest(facts, release.state, release.pages), facts, visit);
}

/**
 * A path that a parser puts right (`..`, `%2e`, a backslash) is forwarded as it was decided about:
 * workerd would put some of it right on its way out, after the question was signed, and not the rest.
 */
function respell(arrival: Arrival, url: URL): Arrival {
  const { request } = arrival;
  if (readRawPath(request.url) === url.pathname) return arrival;
  return { ...arrival, request: new Request(url.href, request) };
}

type VisitParts = Pick<Visit, "startedAtMs" | "host" | "url" | "release" | "cached">;

/** Named one by one: spread together they would cost a hit a tenth of its time. */
function buildVisit<C extends Cached | null>(
  { request, env, memory, waitUntil }: Arrival,
  { startedAtMs, host, url, release, cached }: VisitParts & { readonly cached: C },
): Visit & { readonly cached: C } {
  const scheme = url.protocol === "https:" ? "https" : "http";
  return { request, env, memory, waitUntil, startedAtMs, host, url, scheme, release, cached };
}

/** A read like one before: no file of the release, and not closed to the outside. */
function findKnown(release: PreparedRelease | null, { request, memory }: Arrival, host: string) {
  const { cache } = memory;
  const policy = release?.policy ?? null;
  if (release === null || policy === null || cache === null) return null;
  if (request.method !== "GET" && request.method !== "HEAD") return null;
  const known = policy.remembered.findArrival(request.url, host);
  if (known === null) return null;
  const { url } = known;
  if ("page" in known) {
    const cached: Cached = { policy, cache, match: null, arrived: null };
    return { url, release, cached, page: known.page };
  }
  const { arrived } = known;
  const cached: Cached = { policy, cache, match: arrived.match, arrived };
  return { url, release, cached, page: null };
}

function findCached(
  { policy }: PreparedRelease,
  { memory }: Arrival,
  rawPath: string,
): Cached | null {
  const { cache } = memory;
  if (policy === null || cache === null) return null;
  return { policy, cache, match: policy.routes.match(rawPath), arrived: null };
}

function carryOut(route: Route, facts: RequestFacts, visit: Visit): Response | Promise<Response> {
  const { request, env, cached, url } = visit;
  if (route.to === "origin") {
    if (cached === null || facts.isUpgrade) {
      return forwardRequest(visit, findBypassReason(facts, route));
    }
    return answerByManifest({ ...visit, cached });
  }
  if (route.to === "page") return answerNewPage(visit, route.match);
  if (url.pathname === INVALIDATE_PATH && cached !== null) return invalidate({ ...visit, cached });
  const mark = countMark(visit, findBypassReason(facts, route));
  switch (route.to) {
    case "asset":
      return serveAsset(request, route.asset, env[BINDING.assets], mark);
    case "media":
      return serveMedia(request, route.path, env[BINDING.media], mark);
    case "not-found":
      return createPlainAnswer(404, "Not found", { mark });
    case "method-not-allowed":
      return createPlainAnswer(405, "Method not allowed", {
        mark,
        headers: { allow: "GET, HEAD" },
      });
  }
}

function answerByManifest(visit: CachedVisit): Response | Promise<Response> {
  const { request, cached } = visit;
  const mutation = findMutation(cached.match, request.method);
  if (mutation !== null) return answerMutation(visit, mutation);
  const isRead = request.method === "GET" || request.method === "HEAD";
  return isRead ? answerRead(visit) : forwardRequest(visit, "method");
}

/** The one path below `/_mizan/` that is open to the outside. */
async function invalidate(visit: CachedVisit): Promise<Response> {
  const { request } = visit;
  const mark = countMark(visit, request.method === "POST" ? "method" : "no-rule");
  if (request.method !== "POST") {
    return createPlainAnswer(405, "Method not allowed", { mark, headers: { allow: "POST" } });
  }
  const signature = request.headers.get(SIGNATURE_HEADER);
  const read = createMessageReader(visit);
  const { status, text } = await takeInvalidation(read, signature, visit.cached);
  return createPlainAnswer(status, text, { mark });
}

function countMark(visit: Visit, reason: BypassReason): AnswerMark {
  const mark = buildBypassMark(reason, visit.startedAtMs);
  visit.memory.counters.count(mark.outcome);
  return mark;
}
