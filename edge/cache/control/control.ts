/**
 * The control interface: tells the Edge what to serve and asks what it does. Routes, request and
 * answer types: `CONTROL_PATH` in `contract.ts`. Reached over a Unix socket only, never the public
 * listener. 400 `{"error"}` for what is wrong, 404 or 405 for what is no route.
 */

import { parseTargets } from "../../authority/json-targets.ts";
import {
  type BumpAnswer,
  CONTROL_PATH,
  DRAINED_EARLIEST_MS,
  type EdgeReport,
} from "../contract.ts";
import type { Env } from "../env.ts";
import type { EdgeMemory } from "../memory/edge-memory.ts";
import { startTimer } from "../origin/start-timer.ts";
import { parseEdgeState } from "../release/parse-edge-state.ts";
import { parseHold } from "../release/parse-policy.ts";
import { fail, parseFields, parseRecord, parseText, StateError } from "../release/state-fields.ts";
import { explainRequest, parseExplainRequest } from "./explain-request.ts";
import { parseProbe, probeRelease } from "./probe-release.ts";
import { buildReport, buildStats } from "./report-edge.ts";

/** A request that had been taken may not have begun: it does within that. */
const IDLE_LOOKS = 3;
const LOOK_MS = 20;

interface Control {
  readonly env: Env;
  readonly memory: EdgeMemory;
}

interface ControlRoute {
  readonly method: string;
  /** @param body parsed JSON, raw; null for GET */
  readonly run: (body: unknown, control: Control) => unknown;
}

const ROUTES: Readonly<Record<string, ControlRoute>> = {
  [CONTROL_PATH.release]: { method: "PUT", run: takeRelease },
  [CONTROL_PATH.hold]: { method: "POST", run: hold },
  [CONTROL_PATH.bump]: { method: "POST", run: bump },
  [CONTROL_PATH.probe]: {
    method: "POST",
    run: (body, { env, memory }) => probeRelease(parseProbe(body), env, memory),
  },
  [CONTROL_PATH.explain]: {
    method: "POST",
    run: (body, { memory }) => explainRequest(parseExplainRequest(body), memory),
  },
  [CONTROL_PATH.state]: { method: "GET", run: (_, { memory }) => buildReport(memory) },
  [CONTROL_PATH.stats]: { method: "GET", run: (_, { memory }) => buildStats(memory) },
  [CONTROL_PATH.drained]: { method: "GET", run: (_, { memory }) => waitUntilDrained(memory) },
};

export async function answerControl(
  request: Request,
  env: Env,
  memory: EdgeMemory,
): Promise<Response> {
  const { pathname } = new URL(request.url);
  const route = Object.hasOwn(ROUTES, pathname) ? ROUTES[pathname] : undefined;
  if (route === undefined) return refuse(404, "no such route");
  if (request.method !== route.method) return refuse(405, `use ${route.method}`);
  await memory.load(env);
  try {
    const body = route.method === "GET" ? null : await request.json();
    return Response.json(await route.run(body, { env, memory }));
  } catch (error) {
    // SyntaxError: the body is no JSON.
    if (error instanceof StateError || error instanceof SyntaxError) {
      return refuse(400, error.message);
    }
    throw error;
  }
}

async function takeRelease(body: unknown, { env, memory }: Control) {
  const state = parseEdgeState(body);
  await memory.replace(env, state);
  return { release: state.live.release };
}

function hold(body: unknown, { memory }: Control) {
  const { cache } = memory;
  if (cache === null) return fail("hold", "this process caches nothing");
  const { action, ...fields } = parseRecord(body, "hold");
  if (action === "hold") {
    const { id, scope, untilMs } = parseHold(fields, "hold");
    cache.authority.hold(id, scope, untilMs);
  } else if (action === "release") {
    const { id } = parseFields(fields, "hold", ["id"]);
    cache.authority.releaseHold(parseText(id, "hold.id"), Date.now());
  } else {
    fail("hold.action", "not hold or release");
  }
  return {};
}

function bump(body: unknown, { memory }: Control): BumpAnswer {
  const { cache, live } = memory;
  const policy = live?.policy ?? null;
  const targets = parseTargets(parseFields(body, "bump", ["targets"])["targets"]);
  if (targets === null) return fail("bump.targets", "not targets");
  if (cache === null || policy === null) return fail("bump", "nothing is cached here");
  return { unknownNames: cache.bump(targets, policy, Date.now()) };
}

/** Asked by whoever is about to end the process: by then it listens no more. */
async function waitUntilDrained(memory: EdgeMemory): Promise<EdgeReport> {
  await startTimer(DRAINED_EARLIEST_MS).rang;
  let idleLooks = 0;
  while (idleLooks < IDLE_LOOKS) {
    await startTimer(LOOK_MS).rang;
    idleLooks = memory.traffic.isIdle ? idleLooks + 1 : 0;
  }
  return buildReport(memory);
}

function refuse(status: number, error: string): Response {
  return Response.json({ error }, { status });
}
