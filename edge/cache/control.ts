/**
 * The control interface: tells the Edge what to serve and asks what it does.
 *
 * Routes: `PUT /release` with `EdgeState` → 200 `{"release"}`, 400 `{"error"}`; `GET /state` →
 * `EdgeReport`; anything else 404 or 405. Reached over a Unix socket only, never the public listener.
 */

import type { EdgeReport } from "./contract.ts";
import type { EdgeMemory } from "./edge-memory.ts";
import type { Env } from "./env.ts";
import { parseEdgeState, StateError } from "./parse-edge-state.ts";

export async function answerControl(
  request: Request,
  env: Env,
  memory: EdgeMemory,
): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === "/release") {
    return request.method === "PUT" ? takeRelease(request, memory) : refuse(405, "use PUT");
  }
  if (pathname === "/state") {
    return request.method === "GET" ? Response.json(report(env, memory)) : refuse(405, "use GET");
  }
  return refuse(404, "no such route");
}

async function takeRelease(request: Request, memory: EdgeMemory): Promise<Response> {
  try {
    const state = parseEdgeState(await request.json());
    memory.replace(state);
    return Response.json({ release: state.live.release });
  } catch (error) {
    // SyntaxError: the body is no JSON.
    if (error instanceof StateError || error instanceof SyntaxError) {
      return refuse(400, error.message);
    }
    throw error;
  }
}

function report(env: Env, memory: EdgeMemory): EdgeReport {
  return {
    version: 1,
    release: memory.read(env)?.live.release ?? null,
    inFlight: memory.traffic.report(),
  };
}

function refuse(status: number, error: string): Response {
  return Response.json({ error }, { status });
}
