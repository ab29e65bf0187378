/** What the Edge adds to the bare origin, request by request: to a MISS, a BYPASS and a mutation. */

import { once } from "node:events";
import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { type Figure, medianOf } from "../figure.ts";
import { buildContextPath, CALL_PATH, HOST } from "./bench-app.ts";
import type { Server } from "./bench-site.ts";

/** Of the issue. */
const RUNS = 5;
const REQUESTS_PER_RUN = 300;

interface Kind {
  readonly name: string;
  readonly method: "GET" | "POST";
  /** The nth request. */
  readonly buildPath: (index: number) => string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Of `X-Mizan-Edge`. */
  readonly mark: string;
}

const CALL = JSON.stringify({ fn: "set_c0", args: {}, affects: "c0" });

const KINDS: readonly Kind[] = [
  {
    name: "MISS",
    method: "GET",
    buildPath: (index) => `${buildContextPath(1)}?item_id=${index}`,
    headers: {},
    body: "",
    mark: "MISS",
  },
  {
    name: "BYPASS (a session cookie)",
    method: "GET",
    buildPath: () => buildContextPath(2),
    headers: { cookie: "sessionid=someone" },
    body: "",
    mark: "BYPASS; reason=credentials",
  },
  {
    name: "a mutation with one invalidation",
    method: "POST",
    buildPath: () => CALL_PATH,
    headers: { "content-type": "application/json", "content-length": String(CALL.length) },
    body: CALL,
    mark: "BYPASS; reason=method",
  },
];

export async function measureLatency(
  edge: Server,
  originSocket: string,
): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const kind of KINDS) figures.push(await measureKind(kind, edge, originSocket));
  return figures;
}

async function measureKind(kind: Kind, edge: Server, originSocket: string): Promise<Figure> {
  const through: number[] = [];
  const bare: number[] = [];
  let index = 0;
  for (let run = 0; run <= RUNS; run += 1) {
    const next = () => kind.buildPath(index++);
    const edgeMs = await timeRequests(
      kind,
      { host: "127.0.0.1", port: edge.port },
      kind.mark,
      next,
    );
    const bareMs = await timeRequests(kind, { socketPath: originSocket }, undefined, next);
    if (run === 0) continue; // nothing is compiled yet
    through.push(edgeMs);
    bare.push(bareMs);
  }
  const addedMs = medianOf(through.map((ms, run) => ms - (bare[run] ?? Number.NaN)));
  const [edgeMs, bareMs] = [medianOf(through), medianOf(bare)];
  const name = `added to ${kind.name} (${edgeMs.toFixed(2)} to ${bareMs.toFixed(2)} ms: ${(edgeMs / bareMs).toFixed(1)} ×)`;
  return { name, shown: `${addedMs.toFixed(2)} ms`, value: addedMs, target: null };
}

type Place = { readonly host: string; readonly port: number } | { readonly socketPath: string };

/**
 * One after the other on one connection.
 * @returns the median in ms, from the request to the last byte
 * @throws if one was answered otherwise than it should be
 */
async function timeRequests(
  { method, headers, body }: Kind,
  place: Place,
  mark: string | undefined,
  next: () => string,
): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times: number[] = [];
  for (let count = 0; count < REQUESTS_PER_RUN; count += 1) {
    const startedAtMs = performance.now();
    const all = { host: HOST, ...headers };
    const asked = request({ ...place, agent, method, path: next(), headers: all });
    asked.end(body);
    const response = await readAnswer(asked);
    times.push(performance.now() - startedAtMs);
    const said = response.headers["x-mizan-edge"];
    if (response.statusCode !== 200 || said !== mark) {
      throw new Error(`${response.statusCode}, ${said} instead of 200, ${mark}`);
    }
  }
  agent.destroy();
  return medianOf(times);
}

async function readAnswer(asked: ClientRequest): Promise<IncomingMessage> {
  const [response]: IncomingMessage[] = await once(asked, "response");
  if (response === undefined) throw new Error("no response");
  response.resume();
  await once(response, "end");
  return response;
}
