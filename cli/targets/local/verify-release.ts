/** Asks the new release before anyone else does: alive, itself, and able to answer a page (D10). */

import { setTimeout as sleep } from "node:timers/promises";
import { MizanError } from "../../../infra/contract/errors.ts";
import { HEALTH_PATH, type HealthAnswer } from "../../../runtime/origin/contract.ts";
import { requestOverSocket, type SocketAnswer } from "../../tools/request-over-socket.ts";

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
  await sleep(Math.max(0, options.settleMs - (Date.now() - startedAtMs)));
  await verifyHealth(options, HEALTH_PATH.ready);
}

async function verifyHealth(options: VerifyOptions, path: string): Promise<void> {
  const answer = await ask(options, path);
  const health = parseHealth(answer.body);
  if (answer.status === 200 && health?.ok && health.release === options.release) return;
  const failing = health?.checks?.filter((check) => !check.ok) ?? [];
  const cause =
    health !== null && health.release !== options.release
      ? `the process that answers is of release ${health.release}`
      : failing.map((check) => `${check.name}: ${check.message}`).join("; ") || "no health answer";
  throw await unhealthy(options, path, answer, cause);
}

/** Anything but a server error is a page that works: login redirects and 404s are the app's choice. */
async function verifyPage(options: VerifyOptions, path: string): Promise<void> {
  const answer = await ask(options, path);
  if (answer.status < 500 && !(answer.status === 400 && /DisallowedHost/.test(answer.body))) return;
  const cause = answer.status === 400 ? "ALLOWED_HOSTS refuses the public host" : "the page fails";
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
    throw await unhealthy(options, path, answer, "the process does not answer", error);
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

function parseHealth(body: string): HealthAnswer | null {
  try {
    const value = JSON.parse(body) as HealthAnswer; // checked field by field by the caller
    return typeof value.release === "string" ? value : null;
  } catch {
    return null; // not JSON: the caller reports the raw answer
  }
}
