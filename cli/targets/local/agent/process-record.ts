/** What is known about a supervised process beside its spec. */

import type { ProcessSpec } from "./contract.ts";
import type { RunRecord } from "./running-child.ts";

/** What the agent writes down about a process, so that the next agent can go on with it. */
export interface ProcessRecord {
  readonly spec: ProcessSpec;
  /** null: between two runs. */
  readonly run: RunRecord | null;
  readonly restarts: number;
  /** It was ready once, so it is kept running. */
  readonly established: boolean;
  /** It was told to finish. */
  readonly stopping: boolean;
}

/** How a start differs from what the spec says; for the Edge. */
export interface LaunchChange {
  readonly command: readonly [string, ...string[]];
  readonly listenFd: number | null;
}
