/** Asks the new release before anyone else does: alive, itself, and able to answer a page (D10). */

import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { MizanError } from "../../../infra/contract/errors.ts";
import { HEALTH_PATH, type HealthAnswer } from "../../../runtime/origin/contract.ts";
import { requestOverSocket, type SocketAnswer } from "../../tools/request-over-socket.ts";

/**
 * Django's page for a host that it refuses, with DEBUG on and off. It is the one plain 400 that a
 * bare GET of a page gets: django/views/defaults.py, bad_request.
 */
const REFUSED_HOST = /DisallowedHost|<h1>Bad Request \(400\)<\/h1>/;

const healthSchema: z.ZodType<HealthAnswer> = z.object({
  release: z.string(),
  instance: z.string(),
  ok: z.boolean(),
  checks: z
    .array(z.object({ name: z.string(), ok: z.boolean(), message: z.string() }))
    .exactOptional(),
});

export interface VerifyOptions {
  readonly release: string;
  readonly socketPath: string;
  /** Public host with port: what browsers will send. */
  readonly host: string;
  /** Ask Django for `/`; false where the frontend serves it. */
  readonly asksRoot: boolean;
  /** Watch it at least this long: a process that dies right after its start must not get traffic. */
  readonly settleMs: number;
  readonly signal: AbortSignal;
  /** Last lines of the origin's log, for the error. */
  readonly readLogTail: () => Promise<string>;
  /** How the process ended, null if it has not: the cause, where it does not answer. */
  readonly readLastExit: () => Promise<string | null>;
}

/**
 * @throws {MizanError} RELEASE_UNHEALTHY with the request, the answer, the likely cause and the last
 * log lines.
 */
export async function verifyRelease(options: VerifyOptions): Promise<void> {
  const startedAtMs = Date.now();
  await verifyHealth(options, HEALTH_PATH.live);
  await verifyHealth(options, HEALTH_PATH.ready);
  if (options.asksRoot) await verifyPage(options, "/");
  const restMs = Math.max(0, options.settleMs - (Date.now() - startedAtMs));
  await sleep(restMs, undefined, { signal: options.signal }).catch(() => undefined); // ask() throws
  await verifyHealth(options, HEALTH_PATH.ready);
}

async function verifyHealth(options: VerifyOptions, path: string): Promise<void> {
  const answer = await ask(options, path);
  const health = parseHealth(answer.body);
  if (answer.status === 200 && health?.ok && health.release === options.release) return;
  throw await unhealthy(options, path, answer, explainHealth(health, options.release));
}

function explainHealth(health: HealthAnswer | null, release: string): string {
  if (health === null) return "that is no health answer";
  if (health.release !== release) return `the process that answers is of release ${health.release}`;
  const failing = health.checks?.filter((check) => !check.ok) ?? [];
  return failing.map(({ name, message }) => `${name}: ${message}`).join("; ") || "it is not ready";
}

/** Anything but a server error is a page that works: login redirects and 404s are the app's choice. */
async function verifyPage(options: VerifyOptions, path: string): Promise<void> {
  const answer = await ask(options, path);
  const isRefused = answer.status === 400 && REFUSED_HOST.test(answer.body);
  if (answer.status < 500 && !isRefused) return;
  const cause = isRefused ? "ALLOWED_HOSTS refuses the public host" : "the page fails";
  throw await unhealthy(options, path, answer, cause);
}

async function ask(options: VerifyOptions, path: string): Promise<SocketAnswer> {
  options.signal.throwIfAborted();
  try {
    return await requestOverSocket({
      socketPath: options.socketPath,
      path,
      headers: { Host: options.host, Accept: "text/html,application/json" },
      timeoutMs: 30_000,
    });
  } catch (error) {
    const answer = { status: 0, headers: {}, body: "" };
    const end = await options.readLastExit();
    const cause = end === null ? "the process does not answer" : `the process ended (${end})`;
    throw await unhealthy(options, path, answer, cause, error);
  }
}

async function unhealthy(
  options: VerifyOptions,
  path: string,
  answer: SocketAnswer,
  cause: string,
  error?: unknown,
): Promise<MizanError> {
  const got = answer.status === 0 ? "got no answer" : `got ${answer.status}`;
  return new MizanError(
    "RELEASE_UNHEALTHY",
    `Release ${options.release} is not healthy: GET ${path} (Host: ${options.host}) ${got}: ${cause}. It took no traffic.`,
    {
      hint: "Fix the cause, then: mizan deploy",
      details: {
        path,
        status: answer.status,
        likelyCause: cause,
        output: await options.readLogTail(),
      },
      cause: error,
    },
  );
}

/** null: the answer is not one of ours, and the caller shows it. */
function parseHealth(body: string): HealthAnswer | null {
  try {
    return healthSchema.safeParse(JSON.parse(body)).data ?? null;
  } catch {
    return null; // not even JSON
  }
}
