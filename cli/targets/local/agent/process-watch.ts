/** Looks after a process that may hang or grow without dying of it. */

import { setTimeout as sleep } from "node:timers/promises";
import type { ProcessWatch } from "./contract.ts";
import type { ProcessIdentity } from "./process-identity.ts";
import { readGroupMemoryBytes } from "./process-memory.ts";
import { askHttp } from "./ready-check.ts";

const LOOK_EVERY_MS = 1_000;
/** Shorter than the time between two looks, so that an answer that is late is asked for again. */
const ANSWER_TIMEOUT_MS = 900;
/** More between two looks: the machine slept, or the agent itself got no time. Not the process's silence. */
const GAP_MS = 2_500;

/**
 * Looks once a second, from when the process is ready.
 * @param leader of the process group that the memory is counted of
 * @param signal ends the watch
 * @returns which bound it broke, in words: `was silent for 3 s`; null: nobody watches any more
 */
export async function watchProcess(
  watch: ProcessWatch,
  leader: ProcessIdentity,
  signal: AbortSignal,
): Promise<string | null> {
  let lookedAtMs = performance.now();
  let answeredAtMs = lookedAtMs;
  while (!signal.aborted) {
    const startedAtMs = performance.now();
    if (startedAtMs - lookedAtMs > GAP_MS) answeredAtMs = startedAtMs;
    lookedAtMs = startedAtMs;
    const memoryBytes = await readGroupMemoryBytes(leader);
    if (memoryBytes > watch.memoryBytes) return describeMemory(memoryBytes, watch.memoryBytes);
    const failure = await askHttp(watch.socketPath, watch.path, ANSWER_TIMEOUT_MS);
    const nowMs = performance.now();
    if (failure === null) answeredAtMs = nowMs;
    else if (nowMs - answeredAtMs >= watch.silentSeconds * 1000) {
      return `was silent for ${Math.round((nowMs - answeredAtMs) / 1000)} s`;
    }
    // Rejects only when nobody watches any more, which the loop sees.
    const restMs = Math.max(0, LOOK_EVERY_MS - (nowMs - startedAtMs));
    await sleep(restMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
  return null;
}

function describeMemory(usedBytes: number, limitBytes: number): string {
  const toMib = (bytes: number) => Math.round(bytes / 2 ** 20);
  return `held ${toMib(usedBytes)} MiB of memory, more than ${toMib(limitBytes)} MiB`;
}
