/** Talks to a running Edge over its control socket: pushes what it serves, asks what it does. */

import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { json } from "node:stream/consumers";
import {
  type BumpAnswer,
  type BumpRequest,
  CONTROL_PATH,
  type EdgeReport,
  type EdgeState,
  type EdgeStats,
  type ExplainAnswer,
  type ExplainRequest,
  type HoldRequest,
  type ProbeAnswer,
  type ProbeRequest,
} from "../../../../edge/cache/contract.ts";
import { MizanError } from "../../../../infra/contract/errors.ts";
import {
  bumpAnswerSchema,
  edgeReportSchema,
  edgeStatsSchema,
  explainAnswerSchema,
  heldSchema,
  probeAnswerSchema,
  takenSchema,
} from "./edge-schemas.ts";

/** It answers from memory; only a machine without time for it is this slow. */
const TIMEOUT_MS = 5000;

/** A probe waits for the origin. */
const PROBE_TIMEOUT_MS = 30_000;

/**
 * Every request that comes after this has returned is served by the new state.
 * @throws {MizanError} SERVICE_FAILED when the Edge does not answer or refuses the state
 */
export async function pushEdgeState(socketPath: string, state: EdgeState): Promise<void> {
  takenSchema.parse(await ask(socketPath, "PUT", CONTROL_PATH.release, state));
}

/** @throws {MizanError} SERVICE_FAILED when the Edge does not answer; so do all below */
export async function readEdgeReport(socketPath: string): Promise<EdgeReport> {
  return edgeReportSchema.parse(await ask(socketPath, "GET", CONTROL_PATH.state));
}

/** Counts of hits, misses and bypasses since the Edge's start. */
export async function readEdgeStats(socketPath: string): Promise<EdgeStats> {
  return edgeStatsSchema.parse(await ask(socketPath, "GET", CONTROL_PATH.stats));
}

/**
 * Holds contexts, or releases them with one bump. Of the running process alone: whoever deploys
 * asks the agent (`AgentClient.holdEdge`), which gives holds to the next process as well.
 */
export async function holdEdge(socketPath: string, hold: HoldRequest): Promise<void> {
  heldSchema.parse(await ask(socketPath, "POST", CONTROL_PATH.hold, hold));
}

/** Invalidates: after this has returned no later read is answered with what was stored before. */
export async function bumpEdge(socketPath: string, bump: BumpRequest): Promise<BumpAnswer> {
  return bumpAnswerSchema.parse(await ask(socketPath, "POST", CONTROL_PATH.bump, bump));
}

/** Asks a release that is not live yet, through the Edge, as if it were. */
export async function probeEdge(socketPath: string, probe: ProbeRequest): Promise<ProbeAnswer> {
  const path = CONTROL_PATH.probe;
  return probeAnswerSchema.parse(await ask(socketPath, "POST", path, probe, PROBE_TIMEOUT_MS));
}

/**
 * Asked of an Edge that is ended within `DRAINED_EARLIEST_MS`: what it knows once nothing is under way.
 * @param timeoutMs so long it may take
 */
export async function readDrainedReport(
  socketPath: string,
  timeoutMs: number,
): Promise<EdgeReport> {
  const path = CONTROL_PATH.drained;
  return edgeReportSchema.parse(await ask(socketPath, "GET", path, undefined, timeoutMs));
}

/** What the Edge would do with a GET, and why. Asks the origin nothing. */
export async function explainEdge(
  socketPath: string,
  question: ExplainRequest,
): Promise<ExplainAnswer> {
  return explainAnswerSchema.parse(await ask(socketPath, "POST", CONTROL_PATH.explain, question));
}

async function ask(
  socketPath: string,
  method: "GET" | "PUT" | "POST",
  path: string,
  body?: unknown,
  timeoutMs = TIMEOUT_MS,
): Promise<unknown> {
  const { status, answer } = await exchange(socketPath, { method, path, body, timeoutMs }).catch(
    (cause: unknown) => {
      throw new MizanError("SERVICE_FAILED", "The Edge does not answer on its control socket", {
        hint: "See what it says: mizan logs --process edge",
        cause,
      });
    },
  );
  if (status === 200) return answer;
  throw new MizanError(
    "SERVICE_FAILED",
    `The Edge refused ${method} ${path}: ${reasonOf(answer)}`,
    {
      hint: "Deploy again: mizan deploy",
      details: { status },
    },
  );
}

interface Question {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly timeoutMs: number;
}

async function exchange(socketPath: string, { method, path, body, timeoutMs }: Question) {
  const text = body === undefined ? "" : JSON.stringify(body);
  const headers = { host: "edge", "content-length": Buffer.byteLength(text) };
  // No kept connection: a new Edge listens at the same path.
  const signal = AbortSignal.timeout(timeoutMs);
  const asked = request({ socketPath, method, path, headers, agent: false, signal });
  asked.end(text);
  const [response]: IncomingMessage[] = await once(asked, "response");
  if (response === undefined) throw new Error("no response");
  return { status: response.statusCode, answer: await json(response) };
}

function reasonOf(answer: unknown): string {
  const isRefusal = typeof answer === "object" && answer !== null && "error" in answer;
  return isRefusal && typeof answer.error === "string" ? answer.error : "no reason given";
}
