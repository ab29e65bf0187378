/** Everything that the Edge is measured with and against, started once: origin, Edges, a constant, nginx. */

import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { buildWorkerdConfig } from "../../../cli/targets/local/edge/build-workerd-config.ts";
import type { EdgeState, EdgeStats } from "../../../edge/cache/contract.ts";
import { findFreePort } from "../../helpers/free-port.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { findDebianProgram } from "./debian-programs.ts";
import { buildNginxConfig } from "./nginx-config.ts";
import { startWorkerd, type WorkerdProcess } from "./workerd-process.ts";

/** The bundle that is shipped. */
export const EDGE_BUNDLE = join(import.meta.dirname, "../../../dist/edge/cache.mjs");

export interface Server {
  readonly port: number;
  readonly child: ChildProcess;
}

export interface BenchEdge extends WorkerdProcess {
  readonly readStats: () => Promise<EdgeStats>;
}

/** Everything it starts ends with `end`. */
export class BenchSite {
  readonly folder = mkdtempSync(join(tmpdir(), "mz-bench-"));
  readonly originSocket = join(this.folder, "origin.sock");
  readonly #children: ChildProcess[] = [];

  async startOrigin(): Promise<void> {
    const child = fork(new URL("./origin-process.ts", import.meta.url), [this.originSocket]);
    this.keep(child);
    await once(child, "message");
  }

  /** @param renderSocket of the release's Render; absent: it has none */
  async startEdge(name: string, state: EdgeState, renderSocket?: string): Promise<BenchEdge> {
    const folder = this.createFolder(name);
    const [configPath, statePath] = [join(folder, "edge.capnp"), join(folder, "state.json")];
    const controlSocket = join(folder, "control.sock");
    writeFileSync(statePath, JSON.stringify(state));
    const config = buildWorkerdConfig({
      configPath,
      workerScriptPath: EDGE_BUNDLE,
      slotSockets: [this.originSocket],
      renderSockets: renderSocket === undefined ? [] : [renderSocket],
      assetsFolder: folder,
      mediaFolder: folder,
      statePath,
      start: { incarnation: crypto.randomUUID(), quarantineUntilMs: 0, holds: [] },
      controlSocket,
    });
    const { port, child } = await startWorkerd(config, configPath);
    this.keep(child);
    return { port, child, readStats: () => readStats(controlSocket) };
  }

  /** The least that the same workerd can do: no header is read, one is sent. */
  async startConstant(body: Uint8Array, contentType: string): Promise<Server> {
    const folder = this.createFolder("constant");
    writeFileSync(join(folder, "body"), body);
    const worker = `import body from "body";
const headers = { "content-type": ${JSON.stringify(contentType)} };
export default { fetch: () => new Response(body, { headers }) };
`;
    writeFileSync(join(folder, "constant.mjs"), worker);
    const server = await startWorkerd(CONSTANT_CONFIG, join(folder, "constant.capnp"));
    this.keep(server.child);
    return server;
  }

  async startNginx(): Promise<Server> {
    const folder = this.createFolder("nginx");
    const { path, env } = findDebianProgram("nginx");
    const userName = userInfo().username;
    const port = await findFreePort();
    const configPath = join(folder, "nginx.conf");
    writeFileSync(
      configPath,
      buildNginxConfig({ folder, port, originSocket: this.originSocket, userName }),
    );
    const args = ["-p", folder, "-c", configPath, "-e", join(folder, "error.log")];
    const child = spawn(path, args, { env, stdio: "inherit" });
    this.keep(child);
    await waitFor("nginx", () => isAnswering(port));
    return { port, child };
  }

  /** It is ended with the site, after those that were kept later. */
  keep(child: ChildProcess): void {
    this.#children.push(child);
  }

  async end(): Promise<void> {
    // The origin last: whoever still asks it would complain.
    for (const child of this.#children.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGTERM"); // nginx and workerd end their own children by it
      await once(child, "exit");
    }
    rmSync(this.folder, { recursive: true });
  }

  createFolder(name: string): string {
    const folder = join(this.folder, name);
    mkdirSync(folder);
    return folder;
  }
}

const CONSTANT_CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "constant", worker = .constant)],
  sockets = [(name = "http", http = (style = host), service = "constant")],
);
const constant :Workerd.Worker = (
  modules = [
    (name = "constant.mjs", esModule = embed "constant.mjs"),
    (name = "body", data = embed "body"),
  ],
  compatibilityDate = "2026-11-01",
);
`;

async function readStats(socketPath: string): Promise<EdgeStats> {
  const asked = request({ socketPath, path: "/stats", agent: false });
  asked.end();
  const [response] = await once(asked, "response");
  return (await json(response)) as EdgeStats; // our own worker
}

function isAnswering(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ port, path: "/", agent: false }, (response) => {
      response.resume();
      resolve(true);
    });
    asked.on("error", () => resolve(false));
    asked.end();
  });
}
