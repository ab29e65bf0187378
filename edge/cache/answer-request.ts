/** Answers one public request: looks at it, lets the pure modules decide, does what they say. */

import { findClientAddress } from "./client-address.ts";
import { BINDING, type EdgeState } from "./contract.ts";
import { buildEdgeMark, findBypassReason } from "./edge-mark.ts";
import type { EdgeMemory } from "./edge-memory.ts";
import { type Env, getOrigin } from "./env.ts";
import { forwardRequest } from "./forward-request.ts";
import { buildForwardedHeaders, isPlainHost, UNRESOLVED_HEADER } from "./forwarded-headers.ts";
import { createPlainAnswer } from "./plain-answer.ts";
import {
  findFallback,
  isNavigation,
  type RequestFacts,
  type Route,
  routeRequest,
} from "./route-request.ts";
import { serveAsset, serveMedia } from "./serve-file.ts";

export interface Arrival {
  readonly request: Request;
  readonly env: Env;
  readonly memory: EdgeMemory;
  readonly waitUntil: (promise: Promise<unknown>) => void;
}

/** What is known once the request is understood. */
interface Decision {
  readonly url: URL;
  readonly state: EdgeState;
  /** Value of `X-Mizan-Edge`. */
  readonly mark: string;
}

export async function answerRequest(arrival: Arrival): Promise<Response> {
  const { request, env, memory } = arrival;
  const state = memory.read(env);
  if (!isPlainHost(request.headers.get("host") ?? "")) {
    return createPlainAnswer(400, "Bad Host header", { mark: buildEdgeMark("no-rule") });
  }
  const url = new URL(request.url);
  const facts: RequestFacts = {
    method: request.method,
    rawPath: url.pathname,
    isUpgrade: request.headers.get("upgrade")?.toLowerCase() === "websocket",
  };
  if (state === null) {
    const mark = buildEdgeMark("no-rule");
    const headers = { "retry-after": "1" };
    return createPlainAnswer(503, "Nothing is deployed here yet.", { mark, headers });
  }
  const route = routeRequest(facts, state);
  const mark = buildEdgeMark(findBypassReason(facts, route));
  return carryOut(route, arrival, { url, state, mark });
}

async function carryOut(route: Route, arrival: Arrival, decision: Decision): Promise<Response> {
  const { request, env } = arrival;
  const { mark } = decision;
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
    case "origin":
      return forward(arrival, decision);
  }
}

function forward(arrival: Arrival, { url, state, mark }: Decision): Promise<Response> {
  const { request, env, memory, waitUntil } = arrival;
  const scheme = url.protocol === "https:" ? "https" : "http";
  const address = {
    host: request.headers.get("host") ?? url.host,
    scheme,
    clientAddress: findClientAddress(request.cf),
  } as const;
  return forwardRequest({
    request,
    headers: buildForwardedHeaders(request.headers, address),
    scheme,
    mark,
    origin: getOrigin(env, state.live.slot),
    end: memory.traffic.begin(state.live.slot),
    replace: (answer) => replaceUnresolved(answer, arrival, { url, state, mark }),
    waitUntil,
  });
}

/** A page that Django knows nothing about belongs to the frontend's own router. */
function replaceUnresolved(
  answer: Response,
  { request, env }: Arrival,
  { state, mark }: Decision,
): Promise<Response> | null {
  const document = findFallback(state);
  if (document === null || answer.status !== 404) return null;
  if (!answer.headers.has(UNRESOLVED_HEADER)) return null;
  if (!isNavigation(request.method, request.headers)) return null;
  return serveAsset(request, document, env[BINDING.assets], mark);
}
