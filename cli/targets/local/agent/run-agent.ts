/** Puts an agent together, and takes it apart again. */

import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import { AgentError } from "./agent-error.ts";
import { type AgentOptions, pathsOfFolder } from "./agent-options.ts";
import { type AgentActions, listenForCommands } from "./agent-server.ts";
import { readAgentState } from "./agent-state.ts";
import { AGENT_PROTOCOL_VERSION, type EnvironmentPaths, type Handover } from "./contract.ts";
import { EdgeKeeper } from "./edge-keeper.ts";
import { Supervisor } from "./supervisor.ts";

/** `listen.py` puts them there. */
const LISTEN_FD = 3;
const LOCK_FD = 4;

const ROTATE_EVERY_MS = 2000;

type Env = Readonly<Record<string, string | undefined>>;

/** Runs until it is told to end; then nothing keeps the process alive any more. */
export async function runAgent(options: AgentOptions, env: Env): Promise<void> {
  const agent = new Agent(options, env);
  await agent.begin();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => void agent.shutDown().then(() => agent.exit()));
  }
}

class Agent implements AgentActions {
  readonly #options: AgentOptions;
  readonly #env: Env;
  readonly #paths: EnvironmentPaths;
  readonly #listenFd: number | null;
  readonly #edge: EdgeKeeper;
  readonly #supervisor: Supervisor;
  #server: Server | null = null;
  #rotation: NodeJS.Timeout | null = null;
  #ending = false;

  constructor(options: AgentOptions, env: Env) {
    const paths = pathsOfFolder(options.folder);
    const listenFd = env["MIZAN_LISTEN_FD"] === String(LISTEN_FD) ? LISTEN_FD : null;
    this.#options = options;
    this.#env = env;
    this.#paths = paths;
    this.#listenFd = listenFd;
    const edge = new EdgeKeeper({ options, paths, listenFd, log: this.log });
    this.#edge = edge;
    this.#supervisor = new Supervisor({
      stateFile: paths.agentState,
      host: options.host,
      port: options.port,
      baseEnv: options.baseEnv,
      log: this.log,
      prepareFor: (spec) => edge.prepareFor(spec),
    });
  }

  async begin(): Promise<void> {
    const state = readAgentState(this.#paths.agentState);
    this.#rotation = setInterval(() => void this.#rotateLogs(), ROTATE_EVERY_MS);
    if (state !== null) await this.#supervisor.adopt(state);
    this.#edge.begin(this.#supervisor);
    this.#server = await listenForCommands(this.#paths.agentSocket, this);
    const socket = this.#listenFd === null ? "without" : "with";
    this.log(
      `agent ${this.#options.mizanVersion} (process ${process.pid}) runs ${socket} the listening socket`,
    );
  }

  log(line: string): void {
    process.stderr.write(`${new Date().toISOString()} ${line}\n`);
  }

  status() {
    return {
      protocol: AGENT_PROTOCOL_VERSION,
      mizanVersion: this.#options.mizanVersion,
      pid: process.pid,
      startedWith: this.#options.startedWith,
      host: this.#options.host,
      port: this.#options.port,
      processes: this.#supervisor.statuses(),
      edgeRelease: this.#edge.release,
    };
  }

  startProcess: AgentActions["startProcess"] = (spec) => {
    this.#refuseWhenEnding();
    return this.#supervisor.start(spec);
  };

  stopProcess: AgentActions["stopProcess"] = async ({ name, release, wait }) => {
    const stopped = this.#supervisor.stop(name, release);
    if (wait) await stopped;
    else stopped.catch((error: unknown) => this.log(String(error)));
  };

  putEdge: AgentActions["putEdge"] = (state) => {
    this.#refuseWhenEnding();
    return this.#edge.put(state);
  };

  startEdge: AgentActions["startEdge"] = () => {
    this.#refuseWhenEnding();
    return this.#edge.start();
  };

  holdEdge: AgentActions["holdEdge"] = (request) => {
    this.#refuseWhenEnding();
    return this.#edge.hold(request);
  };

  readEdge: AgentActions["readEdge"] = () => this.#edge.report();

  async handOver(handover: Handover): Promise<void> {
    this.#ending = true;
    this.#edge.end();
    await this.#supervisor.letGo();
    // First: closing removes the socket file, which must not be the next agent's.
    this.exit();
    if (handover.next !== null) this.#startNext(handover.next);
  }

  async shutDown(): Promise<void> {
    this.#ending = true;
    this.#edge.end();
    await this.#supervisor.shutDown();
  }

  exit(): void {
    this.log(`agent (process ${process.pid}) ends`);
    if (this.#rotation !== null) clearInterval(this.#rotation);
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  /** The next agent gets the listening socket and the lock, so nobody can come in between. */
  #startNext(next: NonNullable<Handover["next"]>): void {
    const [program, ...args] = next;
    const listenFd = this.#listenFd;
    const logFd = openSync(join(this.#paths.logs, "agent.log"), "a", 0o600);
    spawn(program, args, {
      cwd: this.#paths.folder,
      detached: true,
      env: { ...this.#env, MIZAN_LISTEN_FD: listenFd === null ? "" : String(listenFd) },
      stdio: ["ignore", logFd, logFd, listenFd ?? "ignore", LOCK_FD],
    }).unref();
    closeSync(logFd);
  }

  async #rotateLogs(): Promise<void> {
    try {
      const own = join(this.#paths.logs, "agent.log");
      await this.#supervisor.rotateLogs([own], this.#options.logLimitBytes);
    } catch (error) {
      this.log(`a log could not be set aside: ${String(error)}`);
    }
  }

  #refuseWhenEnding(): void {
    if (this.#ending) throw new AgentError("ENDING", "the agent is ending");
  }
}
