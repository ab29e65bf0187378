/** An open-loop load generator: a fixed number of requests per second, whatever the answers do, without retries. */

import { Agent, type IncomingMessage, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** An answer that takes longer counts as lost (design D5). */
const LOST_AFTER_MS = 5000;

/** A request is given up after this; it is lost by then. */
const GIVE_UP_AFTER_MS = 15_000;

export interface LoadRequest {
  readonly method?: string;
  /** Path and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Default `[200]`. */
  readonly expectedStatuses?: readonly number[];
}

export interface LoadAnswer {
  readonly request: LoadRequest;
  /** Unix time in ms at which the request was due. */
  readonly dueAtMs: number;
  /** From the time it was due to the last byte of the answer: a late start counts too. */
  readonly latencyMs: number;
  /** null: no answer. */
  readonly status: number | null;
  readonly body: string;
  /** `ECONNRESET: socket hang up`, say; null when there was an answer. */
  readonly error: string | null;
}

export interface Load {
  /** Sends nothing more, waits for what is under way, returns every answer in order of due time. */
  stop(): Promise<readonly LoadAnswer[]>;
}

export interface LoadOptions {
  /** `http://127.0.0.1:8000`. */
  readonly origin: string;
  readonly ratePerSecond: number;
  /** The nth request, counted from 0. */
  readonly next: (index: number) => LoadRequest;
}

/** Starts the load at once. Connections are kept alive, as browsers and proxies keep them. */
export function startLoad({ origin, ratePerSecond, next }: LoadOptions): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const answers: Promise<LoadAnswer>[] = [];
  const startedAtMs = Date.now();
  let stopped = false;
  const sending = (async () => {
    while (!stopped) {
      const due = Math.floor(((Date.now() - startedAtMs) / 1000) * ratePerSecond);
      while (answers.length <= due) {
        const dueAtMs = startedAtMs + (answers.length / ratePerSecond) * 1000;
        answers.push(sendRequest({ origin, agent, dueAtMs, request: next(answers.length) }));
      }
      await sleep(2);
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await sending;
      const all = await Promise.all(answers);
      agent.destroy();
      return all;
    },
  };
}

interface Sending {
  readonly origin: string;
  readonly agent: Agent;
  readonly dueAtMs: number;
  readonly request: LoadRequest;
}

function sendRequest({ origin, agent, dueAtMs, request: wanted }: Sending): Promise<LoadAnswer> {
  return new Promise((resolve) => {
    const finish = (status: number | null, body: string, error: string | null) =>
      resolve({ request: wanted, dueAtMs, latencyMs: Date.now() - dueAtMs, status, body, error });
    const outgoing = request(new URL(wanted.path, origin), {
      agent,
      method: wanted.method ?? "GET",
      headers: { ...wanted.headers, ...lengthOf(wanted.body) },
      signal: AbortSignal.timeout(GIVE_UP_AFTER_MS),
    });
    outgoing.once("error", (error) => finish(null, "", describeError(error)));
    outgoing.once("response", (answer) => {
      readBody(answer).then(
        (body) => finish(answer.statusCode ?? null, body, null),
        (error: NodeJS.ErrnoException) => finish(null, "", describeError(error)),
      );
    });
    outgoing.end(wanted.body);
  });
}

function lengthOf(body: string | undefined): Record<string, string> {
  return body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
}

async function readBody(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer); // no encoding is set
  return Buffer.concat(chunks).toString("utf8");
}

function describeError(error: NodeJS.ErrnoException): string {
  return `${error.code ?? error.name}: ${error.message}`;
}

/** Answers that count as lost: unexpected status, no answer, or over 5 s. */
export function findLost(answers: readonly LoadAnswer[]): LoadAnswer[] {
  return answers.filter(({ request: { expectedStatuses = [200] }, status, latencyMs }) => {
    if (status === null || !expectedStatuses.includes(status)) return true;
    return latencyMs > LOST_AFTER_MS;
  });
}

/** @throws naming how many of how many were lost, and the first ten with time and reason. */
export function assertNoneLost(answers: readonly LoadAnswer[]): void {
  if (answers.length === 0) throw new Error("no request was sent");
  const lost = findLost(answers);
  if (lost.length === 0) return;
  const firstAtMs = answers[0]?.dueAtMs ?? 0;
  const lines = lost.slice(0, 10).map((answer) => {
    const { method = "GET", path } = answer.request;
    const reason = answer.error ?? `${answer.status} ${answer.body.slice(0, 200)}`;
    const at = ((answer.dueAtMs - firstAtMs) / 1000).toFixed(2);
    return `  at ${at} s: ${method} ${path}: ${reason} (${Math.round(answer.latencyMs)} ms)`;
  });
  throw new Error(`${lost.length} of ${answers.length} requests were lost:\n${lines.join("\n")}`);
}
