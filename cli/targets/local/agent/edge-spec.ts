/** How the Edge of one environment is run: one workerd that outlives releases. */

import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { AgentOptions } from "./agent-options.ts";
import type { EnvironmentPaths, ProcessSpec } from "./contract.ts";
import type { LaunchChange } from "./process-record.ts";

export const EDGE_NAME = "edge";

/** Requests under way may take this long when the Edge is ended or replaced; then it is killed. */
export const EDGE_DRAIN_SECONDS = 10;
/** A start that is not ready by then has failed. */
export const EDGE_READY_SECONDS = 15;

/**
 * The environment holds what makes a running Edge outdated (bundle, workerd, address), so that two
 * specs are equal exactly if the process need not be replaced.
 */
export function buildEdgeSpec(options: AgentOptions, paths: EnvironmentPaths): ProcessSpec {
  const bundleHash = createHash("sha256").update(readFileSync(options.edgeScript)).digest("hex");
  return {
    name: EDGE_NAME,
    release: null,
    command: [options.workerdPath, "serve", paths.edgeConfig, "--socket-fd", "http=3"],
    cwd: paths.folder,
    env: {
      MIZAN_EDGE_BUNDLE: bundleHash,
      MIZAN_EDGE_WORKERD_BYTES: String(statSync(options.workerdPath).size),
      MIZAN_EDGE_ADDRESS: `${options.host}:${options.port}`,
    },
    envFiles: [],
    user: null,
    logFile: join(paths.logs, "edge.log"),
    stopSignal: "SIGTERM",
    stopTimeoutSeconds: EDGE_DRAIN_SECONDS,
    ready: { kind: "http", socketPath: paths.edgeControlSocket, path: "/state" },
    readyTimeoutSeconds: EDGE_READY_SECONDS,
  };
}

/**
 * An agent with the listening socket hands it on, so connections wait in its queue while the Edge
 * is started again. One without (it adopted an Edge whose socket it may not copy) has it bound anew.
 */
export function buildEdgeLaunch(
  options: AgentOptions,
  spec: ProcessSpec,
  listenFd: number | null,
): LaunchChange {
  if (listenFd !== null) return { command: spec.command, listenFd };
  const { python, listenScript, host, port } = options;
  return {
    command: [python, listenScript, host, String(port), "--", ...spec.command],
    listenFd: null,
  };
}
