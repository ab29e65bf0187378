/** The agent's HTTP interface on its Unix socket. */

import { chmodSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { z } from "zod";
import type { EdgeReport, EdgeState, HoldRequest } from "../../../../edge/cache/contract.ts";
import { holdRequestSchema } from "../edge/edge-schemas.ts";
import { AgentError } from "./agent-error.ts";
import type {
  AgentRoute,
  AgentStatus,
  Handover,
  ProcessSpec,
  StartResult,
  StopRequest,
} from "./contract.ts";
import { processSpecSchema } from "./process-spec.ts";

/** What the routes do. */
export interface AgentActions {
  status(): AgentStatus;
  startProcess(spec: ProcessSpec): Promise<StartResult>;
  stopProcess(request: StopRequest): Promise<void>;
  putEdge(state: EdgeState): Promise<void>;
  readEdge(): Promise<EdgeReport>;
  startEdge(): Promise<void>;
  holdEdge(request: HoldRequest): Promise<void>;
  /** Called after the answer was sent. */
  handOver(handover: Handover): Promise<void>;
  /** Ends every process. */
  shutDown(): Promise<void>;
  /** Called after the answer of a shutdown was sent. */
  exit(): void;
  log(line: string): void;
}

const stopSchema = z.strictObject({
  name: z.string(),
  release: z.string().nullable(),
  wait: z.boolean(),
}) satisfies z.ZodType<StopRequest>;

const handoverSchema = z.strictObject({
  next: z.tuple([z.string().startsWith("/")], z.string()).nullable(),
});

/** The Edge itself checks the rest, strictly, before it takes it. */
const edgeStateSchema = z.looseObject({
  version: z.literal(1),
  live: z.looseObject({ release: z.string() }),
});

/** Only the holder of the environment's lock may call this: a socket that is there is a left-over. */
export function listenForCommands(socketPath: string, actions: AgentActions): Promise<Server> {
  const server = createServer((request, response) => {
    answer(request, response, actions).catch((error: unknown) => {
      actions.log(`${request.method} ${request.url}: ${String(error)}`);
    });
  });
  rmSync(socketPath, { force: true });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, () => {
      chmodSync(socketPath, 0o600);
      resolve(server);
    });
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  actions: AgentActions,
): Promise<void> {
  try {
    const route = `${request.method} ${request.url}` as AgentRoute; // checked by the switch
    const body = request.method === "GET" ? null : await readJson(request);
    await send(response, 200, await runRoute(route, body, actions));
    if (route === "POST /handover") await actions.handOver(handoverSchema.parse(body));
    if (route === "POST /shutdown") actions.exit();
  } catch (error) {
    if (response.headersSent) throw error;
    const known = toAgentError(error);
    if (known === null) actions.log(error instanceof Error ? `${error.stack}` : String(error));
    const code = known?.code ?? "INTERNAL";
    const message = error instanceof Error ? error.message : String(error);
    await send(response, known?.status ?? 500, { error: { code, message } });
  }
}

async function runRoute(route: AgentRoute, body: unknown, actions: AgentActions): Promise<unknown> {
  switch (route) {
    case "GET /status":
      return actions.status();
    case "PUT /processes":
      return actions.startProcess(processSpecSchema.parse(body));
    case "POST /processes/stop":
      await actions.stopProcess(stopSchema.parse(body));
      return {};
    case "PUT /edge":
      edgeStateSchema.parse(body);
      await actions.putEdge(body as EdgeState); // the Edge checks the rest
      return {};
    case "GET /edge":
      return actions.readEdge();
    case "POST /edge/start":
      await actions.startEdge();
      return {};
    case "POST /edge/hold":
      await actions.holdEdge(holdRequestSchema.parse(body));
      return {};
    case "POST /handover":
      handoverSchema.parse(body);
      return {};
    case "POST /shutdown":
      await actions.shutDown();
      return {};
    default:
      throw new AgentError("NOT_FOUND", `no route ${String(route)}`);
  }
}

function toAgentError(error: unknown): AgentError | null {
  if (error instanceof AgentError) return error;
  if (error instanceof Error && "code" in error && error.code === "ENOSPC") {
    return new AgentError("DISK_FULL", error.message, { cause: error });
  }
  if (!(error instanceof z.ZodError)) return null;
  return new AgentError("BAD_REQUEST", z.prettifyError(error), { cause: error });
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  try {
    return await json(request);
  } catch (error) {
    throw new AgentError("BAD_REQUEST", "the body is no JSON", { cause: error });
  }
}

/** Resolves once the answer is out, or the client gone: an agent that ends must not cut its last answer. */
async function send(response: ServerResponse, status: number, body: unknown): Promise<void> {
  if (response.destroyed) return;
  const closed = new Promise<void>((resolve) => response.once("close", resolve));
  response.writeHead(status, { "content-type": "application/json", connection: "close" });
  response.end(JSON.stringify(body));
  await closed;
}
