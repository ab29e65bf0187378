/** The CLI's side of the agent's protocol. */

import { request } from "node:http";
import { text as readText } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { EdgeReport, EdgeState, HoldRequest } from "../../../../edge/cache/contract.ts";
import { MizanError } from "../../../../infra/contract/errors.ts";
import {
  AGENT_PROTOCOL_VERSION,
  type AgentRoute,
  type AgentStatus,
  type EnvironmentPaths,
  type Handover,
  type ProcessSpec,
  type StartResult,
  type StopRequest,
} from "./contract.ts";
import { isProcessAlive, readProcessStart } from "./process-identity.ts";

/** A living agent answers its status at once; one that does not hangs. */
const STATUS_TIMEOUT_MS = 5000;

/** Between an agent's last answer and its end. */
const END_TIMEOUT_MS = 10_000;
const POLL_MS = 20;

/** Every method throws SERVICE_FAILED when the agent dies meanwhile or refuses. */
export interface AgentClient {
  status(): Promise<AgentStatus>;
  /** Starts a process and waits until it is ready, or why not; the same spec that is ready answers at once. */
  startProcess(spec: ProcessSpec): Promise<StartResult>;
  /** Ends a process; missing is success. */
  stopProcess(request: StopRequest): Promise<void>;
  /** Makes the Edge serve this state; starts the Edge if needed. */
  putEdge(state: EdgeState): Promise<void>;
  readEdge(): Promise<EdgeReport>;
  /** Starts the Edge unless it runs, so that it can be asked something before it serves anything. */
  startEdge(): Promise<void>;
  /** Holds contexts of the cache, or releases them with one bump; the Edge must run. */
  holdEdge(request: HoldRequest): Promise<void>;
  /** Ends the agent, not its processes. */
  handOver(handover: Handover): Promise<void>;
  /** Ends every process, the Edge first, then the agent. */
  shutdown(): Promise<void>;
}

const statusSchema = z.looseObject({
  protocol: z.number(),
  mizanVersion: z.string(),
  pid: z.number(),
});

const errorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/**
 * The agent of an environment; null if none is running.
 * @throws {MizanError} STATE_NEWER when a newer mizan runs it, SERVICE_FAILED when it does not answer
 */
export async function connectAgent(paths: EnvironmentPaths): Promise<AgentClient | null> {
  const client = createClient(paths.agentSocket);
  try {
    const status = statusSchema.parse(await client.status());
    if (status.protocol > AGENT_PROTOCOL_VERSION) throw newerAgent(status.mizanVersion);
    return client;
  } catch (error) {
    if (isNobodyThere(error)) return null;
    throw error;
  }
}

function createClient(socketPath: string): AgentClient {
  const call = (route: AgentRoute, body?: unknown, timeoutMs?: number) =>
    callAgent(socketPath, route, body, timeoutMs);
  return {
    // The agent speaks our protocol version (connectAgent), so its answers have the contract's types.
    status: async () => (await call("GET /status", undefined, STATUS_TIMEOUT_MS)) as AgentStatus,
    startProcess: async (spec) => (await call("PUT /processes", spec)) as StartResult,
    stopProcess: async (request) => {
      await call("POST /processes/stop", request);
    },
    putEdge: async (state) => {
      await call("PUT /edge", state);
    },
    startEdge: async () => {
      await call("POST /edge/start", {});
    },
    holdEdge: async (request) => {
      await call("POST /edge/hold", request);
    },
    readEdge: async () => (await call("GET /edge")) as EdgeReport,
    handOver: (handover) => waitForEnd(socketPath, () => call("POST /handover", handover)),
    shutdown: () => waitForEnd(socketPath, () => call("POST /shutdown", {})),
  };
}

/** The answer comes while the agent still runs; whoever asked it to end wants it gone. */
async function waitForEnd(socketPath: string, end: () => Promise<unknown>): Promise<void> {
  const { pid } = statusSchema.parse(await callAgent(socketPath, "GET /status"));
  const start = readProcessStart(pid);
  await end();
  const deadlineMs = performance.now() + END_TIMEOUT_MS;
  while (start !== null && isProcessAlive({ pid, start })) {
    if (performance.now() > deadlineMs) {
      throw new MizanError("SERVICE_FAILED", `The agent (process ${pid}) does not end`, {
        hint: `End it: kill -9 ${pid}`,
      });
    }
    await sleep(POLL_MS);
  }
}

async function callAgent(
  socketPath: string,
  route: AgentRoute,
  body?: unknown,
  timeoutMs?: number,
): Promise<unknown> {
  try {
    const { status, text } = await exchange(socketPath, route, body, timeoutMs);
    const answer: unknown = JSON.parse(text);
    if (status === 200) return answer;
    const { code, message } = errorSchema.parse(answer).error;
    const isFull = code === "DISK_FULL";
    throw new MizanError(isFull ? "DISK_FULL" : "SERVICE_FAILED", message, {
      hint: isFull ? "Free some space, then try again" : "See: mizan logs --process agent",
      details: { route, agentCode: code },
    });
  } catch (error) {
    if (error instanceof MizanError) throw error;
    throw new MizanError("SERVICE_FAILED", `The agent did not answer "${route}"`, {
      hint: "Run: mizan up",
      cause: error,
    });
  }
}

function exchange(
  socketPath: string,
  route: AgentRoute,
  body: unknown,
  timeoutMs: number | undefined,
): Promise<{ status: number; text: string }> {
  const [method, path] = route.split(" ");
  return new Promise((resolve, reject) => {
    const asked = request({
      socketPath,
      method,
      path,
      agent: false,
      headers: { host: "agent", "content-type": "application/json" },
      ...(timeoutMs === undefined ? {} : { signal: AbortSignal.timeout(timeoutMs) }),
    });
    asked.on("error", reject);
    asked.on("response", (response) => {
      const status = response.statusCode ?? 0;
      readText(response).then((text) => resolve({ status, text }), reject);
    });
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function newerAgent(mizanVersion: string): MizanError {
  return new MizanError("STATE_NEWER", `mizan ${mizanVersion} runs this environment`, {
    hint: `Use that version: npm install @mizan/deploy@${mizanVersion}`,
    details: { mizanVersion },
  });
}

/** No socket file, one that a killed agent left behind, or an agent that was just ending. */
function isNobodyThere(error: unknown): boolean {
  const cause = error instanceof MizanError ? error.cause : error;
  if (!(cause instanceof Error && "code" in cause)) return false;
  return ["ENOENT", "ECONNREFUSED", "ECONNRESET", "EPIPE"].includes(String(cause.code));
}
