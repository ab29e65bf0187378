/** What an agent is started with: one JSON argument, without secrets. */

import { basename, dirname } from "node:path";
import { z } from "zod";
import { environmentPaths } from "../environment-paths.ts";
import type { EnvironmentPaths } from "./contract.ts";

const optionsSchema = z.strictObject({
  /** `EnvironmentPaths.folder`: `<project>/.mizan/env/<name>`. */
  folder: z.string().startsWith("/"),
  /** Public address of the Edge. */
  host: z.string(),
  port: z.int(),
  /** Python ≥ 3.8 for `listen.py`. */
  python: z.string().startsWith("/"),
  listenScript: z.string().startsWith("/"),
  workerdPath: z.string().startsWith("/"),
  /** Bundle of the Edge worker. */
  edgeScript: z.string().startsWith("/"),
  mizanVersion: z.string(),
  /** Environment of every process, before its own. */
  baseEnv: z.record(z.string(), z.string()),
  logLimitBytes: z.int().positive(),
  /** `AgentStatus.startedWith`. */
  startedWith: z.string(),
});

export type AgentOptions = z.infer<typeof optionsSchema>;

export function parseAgentOptions(argument: string | undefined): AgentOptions {
  return optionsSchema.parse(JSON.parse(argument ?? "null"));
}

/** Paths of the environment whose folder is `folder`. */
export function pathsOfFolder(folder: string): EnvironmentPaths {
  return environmentPaths(dirname(dirname(dirname(folder))), basename(folder));
}
