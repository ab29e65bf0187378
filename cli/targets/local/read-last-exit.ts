/** How the origin of a release ended last, as the agent saw it. */

import { setTimeout as sleep } from "node:timers/promises";
import type { AgentClient } from "./agent/agent-client.ts";

/** A connection that broke is seen a moment before the process's end is. */
const SEEN_AFTER_MS = 300;

/** @returns e.g. `exit code 3`, `signal SIGKILL`; null when it has not ended. */
export async function readLastExit(agent: AgentClient, release: string): Promise<string | null> {
  await sleep(SEEN_AFTER_MS);
  const { processes } = await agent.status();
  const origin = processes.find((each) => each.name === "origin" && each.release === release);
  return origin === undefined ? "it is gone" : origin.lastExit;
}
