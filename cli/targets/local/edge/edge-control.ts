/** Talks to a running Edge over its control socket: pushes what it serves, asks what it does. */

import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { json } from "node:stream/consumers";
import { z } from "zod";
import type { EdgeReport, EdgeState } from "../../../../edge/cache/contract.ts";
import { MizanError } from "../../../../infra/contract/errors.ts";

/** It answers from memory; only a machine without time for it is this slow. */
const TIMEOUT_MS = 5000;

const report = z.strictObject({
  version: z.literal(1),
  release: z.string().nullable(),
  inFlight: z.record(z.string(), z.number().int().positive()),
}) satisfies z.ZodType<EdgeReport>;

const taken = z.strictObject({ release: z.string() });

/**
 * Every request that comes after this has returned is served by the new state.
 * @throws {MizanError} SERVICE_FAILED when the Edge does not answer or refuses the state
 */
export async function pushEdgeState(socketPath: string, state: EdgeState): Promise<void> {
  taken.parse(await ask(socketPath, "PUT", "/release", state));
}

/** @throws {MizanError} SERVICE_FAILED when the Edge does not answer */
export async function readEdgeReport(socketPath: string): Promise<EdgeReport> {
  return report.parse(await ask(socketPath, "GET", "/state"));
}

async function ask(
  socketPath: string,
  method: "GET" | "PUT",
  path: string,
  body?: EdgeState,
): Promise<unknown> {
  const { status, answer } = await exchange(socketPath, method, path, body).catch(
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

async function exchange(socketPath: string, method: string, path: string, body?: EdgeState) {
  const text = body === undefined ? "" : JSON.stringify(body);
  const headers = { host: "edge", "content-length": Buffer.byteLength(text) };
  // No kept connection: a new Edge listens at the same path.
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const asked = request({ socketPath, method, path, headers, agent: false, signal });
  asked.end(text);
  const [response]: IncomingMessage[] = await once(asked, "response");
  if (response === undefined) throw new Error("no response");
  return { status: response.statusCode, answer: await json(response) };
}

function reasonOf(answer: unknown): string {
  const parsed = z.object({ error: z.string() }).safeParse(answer);
  return parsed.success ? parsed.data.error : "no reason given";
}
