/** Makes sure that the agent of an environment runs, and that it is this version's. */

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MizanError } from "../../../../infra/contract/errors.ts";
import { ensureEnvironmentFolders } from "../environment-paths.ts";
import { type AgentClient, connectAgent } from "./agent-client.ts";
import type { AgentOptions } from "./agent-options.ts";
import { readAgentState } from "./agent-state.ts";
import type { EnvironmentPaths } from "./contract.ts";
import { EDGE_NAME } from "./edge-spec.ts";
import { LOG_LIMIT_BYTES, openLog, readLogTail } from "./log-file.ts";
import { findPortOwner } from "./port-owner.ts";
import { buildBaseEnvironment } from "./process-environment.ts";
import { isProcessAlive } from "./process-identity.ts";

const START_TIMEOUT_MS = 15_000;
const POLL_MS = 20;
const LOCKED_RETRY_MS = 250;

/** Exit statuses of `listen.py`. */
const EXIT_ADDRESS_INVALID = 96;
const EXIT_ADDRESS_IN_USE = 97;
const EXIT_LOCKED = 98;

export interface StartAgentOptions {
  readonly paths: EnvironmentPaths;
  /** Public address of the Edge. */
  readonly host: string;
  readonly port: number;
  /** Absolute paths of the programs: any Python from 3.8 on, Node, workerd. */
  readonly python: string;
  readonly nodePath: string;
  readonly workerdPath: string;
  readonly agentScript: string;
  /** `listen.py`. */
  readonly listenScript: string;
  /** Bundle of the Edge worker, absolute. */
  readonly edgeScript: string;
  readonly mizanVersion: string;
  /** The shell's environment; a few names of it are passed on. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** [20 MiB] A log above is set aside. */
  readonly logLimitBytes?: number;
}

/**
 * The agent of this environment, started if none runs, taken over if it is another version's.
 * Whatever an agent before it supervised goes on or is started again.
 * @throws {MizanError} PORT_TAKEN, STATE_NEWER, CONFIG_INVALID (host), SERVICE_FAILED
 */
export async function ensureAgent(options: StartAgentOptions): Promise<AgentClient> {
  const client = await connectAgent(options.paths);
  if (client === null) return startAgent(options);
  const status = await client.status();
  if (status.startedWith === hashStart(options)) return client;
  if (isNewerVersion(status.mizanVersion, options.mizanVersion)) return client;
  const sameAddress = status.host === options.host && status.port === options.port;
  await client.handOver({ next: sameAddress ? buildAgentCommand(options) : null });
  if (sameAddress) return waitForAgent(options, status.pid, async () => undefined);
  return startAgent(options);
}

/**
 * Starts an agent where none runs. Started twice at once, one of the two runs and both callers get
 * it; where the one before is still ending, its place is waited for.
 */
export async function startAgent(options: StartAgentOptions): Promise<AgentClient> {
  await ensureEnvironmentFolders(options.paths);
  let launch = await launchAgent(options);
  const agent = await waitForAgent(options, null, async () => {
    if (launch.failure !== null) throw launch.failure;
    if (!launch.isLocked) return;
    await sleep(LOCKED_RETRY_MS);
    // One that begins answers by now.
    if ((await connectAgent(options.paths)) === null) launch = await launchAgent(options);
  });
  // One that came too late leaves nothing behind, not even for a moment.
  if ((await agent.status()).pid !== launch.pid) await launch.ended;
  return agent;
}

interface Launch {
  /** Of the agent, if it becomes one. */
  readonly pid: number | undefined;
  readonly ended: Promise<void>;
  /** Another agent has the lock: one that begins, or one that ends. */
  isLocked: boolean;
  failure: MizanError | null;
}

async function launchAgent(options: StartAgentOptions): Promise<Launch> {
  const { paths, host, port } = options;
  const log = await openLog(join(paths.logs, "agent.log"));
  const edgePid = findRunningEdge(options);
  const args = [
    options.listenScript,
    "--lock",
    join(paths.run, "agent.lock"),
    // The socket is bound already where an Edge outlived its agent.
    ...(edgePid === null ? [] : ["--from", String(edgePid)]),
    host,
    String(port),
    "--",
    ...buildAgentCommand(options),
  ];
  const child = spawn(options.python, args, {
    cwd: paths.folder,
    detached: true,
    env: buildBaseEnvironment(options.env),
    stdio: ["ignore", log.fd, log.fd],
  });
  closeSync(log.fd);
  const ended = new Promise<void>((resolve) => {
    for (const event of ["error", "exit"]) child.once(event, () => resolve());
  });
  const launch: Launch = { pid: child.pid, ended, isLocked: false, failure: null };
  child.once("error", (cause) => {
    launch.failure = new MizanError("SERVICE_FAILED", `"${options.python}" cannot be started`, {
      cause,
    });
  });
  child.once("exit", (code) => {
    launch.isLocked = code === EXIT_LOCKED;
    if (!launch.isLocked) launch.failure = describeExit(options, code, log.startsAtBytes);
  });
  child.unref();
  return launch;
}

/** @param check throws when waiting is in vain */
async function waitForAgent(
  options: StartAgentOptions,
  oldPid: number | null,
  check: () => Promise<void>,
): Promise<AgentClient> {
  const deadlineMs = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const client = await connectAgent(options.paths);
    if (client !== null && (oldPid === null || (await client.status()).pid !== oldPid)) {
      return client;
    }
    await check();
    if (performance.now() > deadlineMs) throw describeExit(options, null, 0);
    await sleep(POLL_MS);
  }
}

/** Process id of an Edge that listens at this address and whose agent is gone; null: none. */
function findRunningEdge(options: StartAgentOptions): number | null {
  const state = readAgentState(options.paths.agentState);
  if (state === null || state.host !== options.host || state.port !== options.port) return null;
  const run = state.processes.find(({ spec }) => spec.name === EDGE_NAME)?.run ?? null;
  return run !== null && isProcessAlive(run) ? run.pid : null;
}

function buildAgentCommand(options: StartAgentOptions): [string, ...string[]] {
  const agentOptions: AgentOptions = {
    folder: options.paths.folder,
    host: options.host,
    port: options.port,
    python: options.python,
    listenScript: options.listenScript,
    workerdPath: options.workerdPath,
    edgeScript: options.edgeScript,
    mizanVersion: options.mizanVersion,
    baseEnv: buildBaseEnvironment(options.env),
    logLimitBytes: options.logLimitBytes ?? LOG_LIMIT_BYTES,
    startedWith: hashStart(options),
  };
  return [options.nodePath, options.agentScript, JSON.stringify(agentOptions)];
}

/** Not the environment: it differs between shells, and is no reason to take over. */
function hashStart(options: StartAgentOptions): string {
  const { paths, env: _env, ...rest } = options;
  return createHash("sha256")
    .update(JSON.stringify([paths.folder, Object.entries(rest).sort()]))
    .update(readFileSync(options.agentScript))
    .update(readFileSync(options.edgeScript))
    .digest("hex");
}

function describeExit(
  options: StartAgentOptions,
  code: number | null,
  logStartsAtBytes: number,
): MizanError {
  const { host, port, paths } = options;
  if (code === EXIT_ADDRESS_IN_USE) return portTaken(host, port);
  const logTail = readLogTail(join(paths.logs, "agent.log"), logStartsAtBytes, 20);
  if (code === EXIT_ADDRESS_INVALID) {
    return new MizanError("CONFIG_INVALID", `Nothing can listen on ${host}:${port}: ${logTail}`, {
      hint: 'Set "host" and "port" in mizan.config to an address of this machine',
    });
  }
  const how = code === null ? "does not answer" : `ended with status ${code}`;
  return new MizanError("SERVICE_FAILED", `The agent ${how}: ${logTail}`, {
    hint: `See ${join(paths.logs, "agent.log")}`,
    details: { logTail },
  });
}

function portTaken(host: string, port: number): MizanError {
  const owner = findPortOwner(port);
  const by = owner === null ? "" : ` by process ${owner.pid} (${owner.command})`;
  return new MizanError("PORT_TAKEN", `Port ${port} on ${host} is taken${by}`, {
    hint: 'Stop that process, or set another "port" in mizan.config',
    details: { host, port, pid: owner?.pid ?? null, command: owner?.command ?? null },
  });
}

/** @param a e.g. `0.10.0`; only the three numbers count */
function isNewerVersion(a: string, b: string): boolean {
  const [left, right] = [a, b].map((version) => version.split(/[.-]/).slice(0, 3).map(Number));
  const index = left?.findIndex((number, at) => number !== right?.[at]) ?? -1;
  return index >= 0 && (left?.[index] ?? 0) > (right?.[index] ?? 0);
}
