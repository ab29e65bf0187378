/** The agent of this environment: found, or started with what this machine and package have. */

import { packageFile } from "../../package-files.ts";
import { readCurrent } from "../../state/pointer.ts";
import { type AgentClient, connectAgent } from "./agent/agent-client.ts";
import { ensureAgent } from "./agent/start-agent.ts";
import { findWorkerd } from "./agent/workerd-path.ts";
import { readEnvironmentRecord } from "./environment-record.ts";
import { readLaunchPlan } from "./launch-plan.ts";
import { type LocalSession, releaseFolder } from "./local-session.ts";

/** null: nobody listens. */
export function connectLocalAgent(session: LocalSession): Promise<AgentClient | null> {
  return connectAgent(session.paths);
}

/**
 * Connects to the agent, starts one that adopts what still runs, or takes over from an older one.
 * @param python an interpreter for its helper script; default: the live release's.
 * @throws {MizanError} PORT_TAKEN
 */
export async function ensureLocalAgent(
  session: LocalSession,
  python?: string,
): Promise<AgentClient> {
  const environment = await readEnvironmentRecord(session.store);
  if (environment === null) throw new Error("The environment has no address yet");
  return ensureAgent({
    paths: session.paths,
    host: environment.host,
    port: environment.port,
    python: python ?? (await readLivePython(session)),
    agentScript: packageFile("dist/cli/agent.mjs"),
    listenScript: packageFile("dist/cli/listen.py"),
    nodePath: process.execPath,
    workerdPath: findWorkerd(),
    edgeScript: packageFile("dist/edge/cache.mjs"),
    mizanVersion: session.mizanVersion,
    env: session.context.env,
  });
}

async function readLivePython(session: LocalSession): Promise<string> {
  const pointer = await readCurrent(session.store);
  if (pointer === null) throw new Error("No release has a Python to start the agent with");
  return (await readLaunchPlan(releaseFolder(session, pointer.release))).pythonPath;
}
