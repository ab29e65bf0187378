/** A real workerd with the real worker, and real HTTP origins on Unix sockets, for one test file. */

import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestListener,
  request,
  type Server,
} from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { build } from "esbuild";
import { findWorkerd } from "../../../cli/targets/local/agent/workerd-path.ts";
import { buildWorkerdConfig } from "../../../cli/targets/local/edge/build-workerd-config.ts";
import { type EdgeStart, type EdgeState, SLOT_COUNT } from "../../../edge/cache/contract.ts";

export interface RunningEdge {
  readonly port: number;
  readonly process: ChildProcess;
  /** What workerd wrote so far. */
  readonly output: () => string;
}

/** Everything it starts ends with `end`. */
export class EdgeFixture {
  /** An awkward name, since users have such folders. */
  readonly folder = mkdtempSync(join(tmpdir(), 'mz "é-'));
  readonly assetsFolder = join(this.folder, "assets");
  readonly mediaFolder = join(this.folder, "media");
  readonly controlSocket = join(this.folder, "control.sock");
  readonly #children: ChildProcess[] = [];
  readonly #servers: Server[] = [];

  constructor() {
    mkdirSync(this.assetsFolder);
    mkdirSync(this.mediaFolder);
  }

  slotSocket(slot: number): string {
    return join(this.folder, `slot-${slot}.sock`);
  }

  renderSocket(slot: number): string {
    return join(this.folder, `render-${slot}.sock`);
  }

  ssrSocket(slot: number): string {
    return join(this.folder, `ssr-${slot}.sock`);
  }

  /** @param start what the process is born with; by default it caches; null: it does not */
  async startEdge(
    initialState: EdgeState | null,
    host = "127.0.0.1",
    start: Partial<EdgeStart> | null = {},
  ): Promise<RunningEdge> {
    const workerScriptPath = join(this.folder, "cache.mjs");
    await build({
      entryPoints: [join(import.meta.dirname, "../../../edge/cache/worker.ts")],
      outfile: workerScriptPath,
      bundle: true,
      format: "esm",
      platform: "neutral",
      target: "es2023",
    });
    const configPath = join(this.folder, "edge.capnp");
    const statePath = join(this.folder, "edge-state.json");
    if (initialState !== null) writeFileSync(statePath, JSON.stringify(initialState));
    const slots = Array.from({ length: SLOT_COUNT }, (_, slot) => slot);
    const text = buildWorkerdConfig({
      configPath,
      workerScriptPath,
      slotSockets: slots.map((slot) => this.slotSocket(slot)),
      renderSockets: slots.map((slot) => this.renderSocket(slot)),
      ssrSockets: slots.map((slot) => this.ssrSocket(slot)),
      assetsFolder: this.assetsFolder,
      mediaFolder: this.mediaFolder,
      statePath: initialState === null ? null : statePath,
      start:
        start === null
          ? null
          : { incarnation: randomUUID(), quarantineUntilMs: 0, holds: [], ...start },
      controlSocket: this.controlSocket,
    });
    writeFileSync(configPath, text);
    rmSync(this.controlSocket, { force: true });
    // Port 0, reported over the control descriptor: no other test can take it in between.
    const options = ["--socket-addr", `http=${host}:0`, "--control-fd", "3"];
    const child = spawn(findWorkerd(), ["serve", configPath, ...options], {
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    this.#children.push(child);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk) => {
        output += String(chunk);
      });
    }
    return { port: await readPort(child, () => output), process: child, output: () => output };
  }

  startOrigin(slot: number, listener: RequestListener): Promise<Server> {
    return this.startServer(this.slotSocket(slot), listener);
  }

  async startServer(socketPath: string, listener: RequestListener): Promise<Server> {
    const server = createServer(listener);
    this.#servers.push(server);
    server.listen(socketPath);
    await once(server, "listening");
    return server;
  }

  /** A process of its own, that can be killed without a word. */
  async startOriginProcess(slot: number, script: string): Promise<ChildProcess> {
    const child = spawn(process.execPath, ["-e", script, this.slotSocket(slot)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#children.push(child);
    if (child.stdout === null) throw new Error("no stdout");
    await once(child.stdout, "data");
    return child;
  }

  async end(): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
    await Promise.all(this.#children.map(kill));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

/** workerd writes one JSON line per socket once it listens. */
async function readPort(child: ChildProcess, output: () => string): Promise<number> {
  const lines = createInterface({ input: child.stdio[3] as Readable }); // a pipe that we read
  const sockets = new Map<string, number>();
  for await (const line of lines) {
    const message: { event: string; socket: string; port: number } = JSON.parse(line);
    sockets.set(message.socket, message.port);
    const port = sockets.get("http");
    if (port !== undefined && sockets.has("control")) return port;
  }
  throw new Error(`workerd did not start: ${output()}`);
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request on a connection of its own. */
export async function ask(port: number, path: string, options: AskOptions = {}): Promise<Answer> {
  const response = await open(port, path, options);
  const body = await buffer(response);
  return { status: response.statusCode ?? 0, headers: response.headers, body: body.toString() };
}

/** As `ask`, but the body is still to be read. */
export async function open(
  port: number,
  path: string,
  { method = "GET", headers = {}, body }: AskOptions = {},
): Promise<IncomingMessage> {
  const asked = request({ host: "127.0.0.1", port, path, method, headers, agent: false });
  asked.end(body);
  const [response]: IncomingMessage[] = await once(asked, "response");
  if (response === undefined) throw new Error("no response");
  return response;
}

/** A state whose every field can be overridden. */
export function buildState(
  live: Partial<EdgeState["live"]> = {},
  kept: EdgeState["kept"] = [],
): EdgeState {
  return {
    version: 1,
    live: {
      release: "r1",
      slot: 0,
      assets: {},
      fallback: null,
      djangoServesRoot: true,
      mediaPrefix: null,
      ...live,
    },
    kept,
  };
}
