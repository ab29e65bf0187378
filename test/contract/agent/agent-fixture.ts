/** A real agent in a folder of its own, with small programs to supervise. */

import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { createServer, request, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { connectAgent } from "../../../cli/targets/local/agent/agent-client.ts";
import { readAgentState } from "../../../cli/targets/local/agent/agent-state.ts";
import type {
  EnvironmentPaths,
  ProcessSpec,
  ProcessStatus,
} from "../../../cli/targets/local/agent/contract.ts";
import { isProcessAlive } from "../../../cli/targets/local/agent/process-identity.ts";
import type { StartAgentOptions } from "../../../cli/targets/local/agent/start-agent.ts";
import { findWorkerd } from "../../../cli/targets/local/agent/workerd-path.ts";
import {
  ensureEnvironmentFolders,
  environmentPaths,
} from "../../../cli/targets/local/environment-paths.ts";
import type { EdgeState } from "../../../edge/cache/contract.ts";
import { findFreePort } from "../../helpers/free-port.ts";
import { waitFor } from "../../helpers/wait-for.ts";

/** The interpreter itself, not a wrapper on the path. */
function findPython(): string {
  const script = "import sys; print(sys.executable)";
  return execFileSync("python3", ["-c", script], { encoding: "utf8" }).trim();
}

const agentFolder = join(import.meta.dirname, "../../../cli/targets/local/agent");

/** A program that answers its process id, and dies or leaves children behind when asked. */
const SERVER = `
const http = require("node:http");
const { spawn } = require("node:child_process");
const [socket, role] = process.argv.slice(1);
require("node:fs").rmSync(socket, { force: true });
console.log("starting", role);
let helper = null;
if (role === "with-helper") helper = spawn("sleep", ["600"], { stdio: "ignore" }).pid;
http.createServer((request, response) => {
  const env = request.url.startsWith("/env/") ? process.env[request.url.slice(5)] : undefined;
  response.end(JSON.stringify({ pid: process.pid, helper, env, uid: process.getuid() }));
}).listen(socket);
process.on("SIGTERM", () => {
  if (role === "stubborn") return;
  console.log("finishing");
  setTimeout(() => process.exit(0), 50);
});
`;

/** The real Edge worker, bundled once per test file. */
const edgeBundle = build({
  entryPoints: [join(import.meta.dirname, "../../../edge/cache/worker.ts")],
  bundle: true,
  format: "esm",
  target: "es2024",
  write: false,
}).then(({ outputFiles }) => outputFiles[0]?.text ?? "");

/** Of a mutation in `mizan-app.ts`'s manifest: the origins break the connection off, and say nothing. */
export const LOST_PATH = "/hooks/news/";
/** The same after a second. */
export const LOST_LATE_PATH = `${LOST_PATH}?late`;

/** Origins of r1 and r2, in slots 0 and 1: they answer with their release. */
function startOrigins(paths: EnvironmentPaths): Server[] {
  return ["r1", "r2"].map((release, slot) =>
    createServer((request, response) => {
      const isSlow = request.url === "/slow";
      if (request.url === LOST_PATH) request.socket.destroy();
      else if (request.url === LOST_LATE_PATH) setTimeout(() => request.socket.destroy(), 1000);
      else setTimeout(() => response.end(release), isSlow ? 1000 : 0);
    }).listen(paths.slotSocket(slot)),
  );
}

export class AgentFixture {
  readonly paths: EnvironmentPaths;
  readonly options: StartAgentOptions;
  readonly root: string;
  readonly #origins: Server[];

  static async create(): Promise<AgentFixture> {
    const root = await realpath(await mkdtemp(join(tmpdir(), "mz-")));
    const edgeScript = join(root, "edge.mjs");
    await writeFile(edgeScript, await edgeBundle);
    const paths = environmentPaths(root, "local");
    await ensureEnvironmentFolders(paths);
    return new AgentFixture(root, {
      paths,
      host: "127.0.0.1",
      port: await findFreePort(),
      python: findPython(),
      nodePath: process.execPath,
      workerdPath: findWorkerd(),
      agentScript: join(agentFolder, "main.ts"),
      listenScript: join(agentFolder, "listen.py"),
      edgeScript,
      mizanVersion: "0.1.0",
      env: { PATH: "/usr/bin:/bin", SECRET_OF_SHELL: "not passed on" },
    });
  }

  private constructor(root: string, options: StartAgentOptions) {
    this.root = root;
    this.options = options;
    this.paths = options.paths;
    this.#origins = startOrigins(options.paths);
  }

  get url(): string {
    return `http://${this.options.host}:${this.options.port}`;
  }

  /** A server on a Unix socket of its own. @param role `plain`, `with-helper`, `stubborn` */
  serverSpec(name: string, role = "plain", change: Partial<ProcessSpec> = {}): ProcessSpec {
    const socketPath = join(this.paths.run, `${name}.sock`);
    return {
      name,
      release: "r1",
      command: [process.execPath, "-e", SERVER, socketPath, role],
      cwd: this.root,
      env: {},
      envFiles: [],
      user: null,
      logFile: join(this.paths.logs, `${name}.log`),
      stopSignal: "SIGTERM",
      stopTimeoutSeconds: 5,
      ready: { kind: "http", socketPath, path: "/" },
      readyTimeoutSeconds: 20,
      ...change,
    };
  }

  /** A program that runs one line of shell. */
  shellSpec(name: string, line: string, change: Partial<ProcessSpec> = {}): ProcessSpec {
    return this.serverSpec(name, "plain", { command: ["/bin/sh", "-c", line], ...change });
  }

  /** Another bundle that does the same. */
  async writeNewEdgeScript(): Promise<string> {
    const path = join(this.root, "edge-new.mjs");
    await writeFile(path, `${await edgeBundle}// new\n`);
    return path;
  }

  edgeState(release: "r1" | "r2"): EdgeState {
    const live = {
      release,
      slot: release === "r1" ? 0 : 1,
      assets: {},
      fallback: null,
      djangoServesRoot: true,
      mediaPrefix: null,
    };
    return { version: 1, live, kept: [] };
  }

  /** Asks a server of `serverSpec`. */
  ask(name: string, path = "/"): Promise<{ pid: number; helper: number | null; env?: string }> {
    const socketPath = join(this.paths.run, `${name}.sock`);
    return new Promise((resolve, reject) => {
      const asked = request({ socketPath, path, agent: false }, (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => resolve(JSON.parse(text)));
      });
      asked.on("error", reject);
      asked.end();
    });
  }

  async status(name: string): Promise<ProcessStatus | undefined> {
    const client = await connectAgent(this.paths);
    return (await client?.status())?.processes.find((process) => process.name === name);
  }

  async agentPid(): Promise<number> {
    const client = await connectAgent(this.paths);
    if (client === null) throw new Error("no agent");
    return (await client.status()).pid;
  }

  /** `kill -9` of the agent; resolves when nobody listens any more. */
  async killAgent(): Promise<void> {
    process.kill(await this.agentPid(), "SIGKILL");
    await waitFor("the agent's end", async () => (await connectAgent(this.paths)) === null);
  }

  log(name: string): Promise<string> {
    return readFile(join(this.paths.logs, `${name}.log`), "utf8");
  }

  /** Ends the agent and whatever it or a killed one supervised, by the ids written down. */
  async remove(): Promise<void> {
    const client = await connectAgent(this.paths);
    await client?.shutdown();
    const state = readAgentState(this.paths.agentState);
    for (const { run } of [...(state?.processes ?? []), ...(state?.retiring ?? [])]) {
      if (run !== null && isProcessAlive(run)) process.kill(-run.pid, "SIGKILL");
    }
    for (const origin of this.#origins) {
      origin.close();
      origin.closeAllConnections();
    }
    await rm(this.paths.run, { recursive: true, force: true });
    await rm(this.root, { recursive: true, force: true });
  }
}
