/** What the agent writes down, so that the next one can adopt its processes (D4: with a version). */

import { readFileSync } from "node:fs";
import { z } from "zod";
import { MizanError } from "../../../../infra/contract/errors.ts";
import type { ProcessRecord } from "./process-record.ts";
import { processSpecSchema } from "./process-spec.ts";
import { writeFileAtomically } from "./write-file-atomically.ts";

const AGENT_STATE_VERSION = 1;

/** Content of `EnvironmentPaths.agentState`. */
export interface AgentState {
  readonly version: typeof AGENT_STATE_VERSION;
  /** Address that the Edge's socket is bound to. */
  readonly host: string;
  readonly port: number;
  readonly processes: readonly ProcessRecord[];
  /** Edges that drain after a newer one took over. */
  readonly retiring: readonly ProcessRecord[];
}

const recordSchema = z.object({
  spec: processSpecSchema,
  run: z
    .object({
      pid: z.int(),
      start: z.string(),
      startedAtMs: z.number(),
      logStartsAtBytes: z.number(),
    })
    .nullable(),
  restarts: z.int(),
  established: z.boolean(),
  stopping: z.boolean(),
});

const stateSchema = z.object({
  version: z.literal(AGENT_STATE_VERSION),
  host: z.string(),
  port: z.int(),
  processes: z.array(recordSchema),
  retiring: z.array(recordSchema),
});

/**
 * @returns null when no agent has written one yet
 * @throws {MizanError} STATE_NEWER when a newer agent wrote it
 */
export function readAgentState(path: string): AgentState | null {
  const text = readTextIfAny(path);
  if (text === null) return null;
  const raw: unknown = JSON.parse(text);
  refuseNewer(path, raw);
  return stateSchema.parse(raw);
}

/** Written in one step and without waiting, so that hardly a moment lies between a start and its record. */
export function writeAgentState(path: string, state: Omit<AgentState, "version">): void {
  writeFileAtomically(path, JSON.stringify({ version: AGENT_STATE_VERSION, ...state }), 0o600);
}

function refuseNewer(path: string, raw: unknown): void {
  const version = z.object({ version: z.number() }).parse(raw).version;
  if (version <= AGENT_STATE_VERSION) return;
  throw new MizanError("STATE_NEWER", "A newer mizan runs this environment", {
    hint: "Use that version, or update this one: npm install @mizan/deploy@latest",
    details: { file: path, version, supported: AGENT_STATE_VERSION },
  });
}

function readTextIfAny(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
