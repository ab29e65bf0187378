/** The steps of one run of a supervised process: until it is ready, and until it has ended. */

import { setTimeout as sleep } from "node:timers/promises";
import type { ProcessSpec, StartResult } from "./contract.ts";
import { readLogTail } from "./log-file.ts";
import {
  endGroupLeftovers,
  endProcessesRunning,
  signalGroup,
  signalProcess,
} from "./process-group.ts";
import { isProcessAlive } from "./process-identity.ts";
import { runReadyCheck } from "./ready-check.ts";
import type { RunningChild, RunRecord } from "./running-child.ts";

const READY_POLL_MS = 50;
// Several workers that fail at once write a traceback each, and gunicorn one more: the cause is in the first.
const LOG_TAIL_LINES = 200;

/** Why a start did not succeed. */
export type StartFailure = Extract<StartResult, { ok: false }>;

/**
 * Asks until the process is ready, has ended, is out of time, or nobody waits any more.
 * @returns null when ready
 */
export async function waitUntilReady(
  spec: ProcessSpec,
  child: RunningChild,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<StartFailure | null> {
  const deadlineMs = performance.now() + spec.readyTimeoutSeconds * 1000;
  let exit: string | null = null;
  void child.ended.then((how) => {
    exit = how;
  });
  for (;;) {
    const answer = await runReadyCheck(spec.ready, env);
    // First: another process may have answered in its place.
    if (exit !== null) return buildFailure(spec, child, "exited", exit);
    if (signal.aborted) return buildFailure(spec, child, "not-ready", "stopped while starting");
    if (answer === null) return null;
    if (performance.now() >= deadlineMs) return buildFailure(spec, child, "not-ready", answer);
    await sleep(READY_POLL_MS);
  }
}

/**
 * Ends a run: stop signal, time to finish, SIGKILL to its group. Having ended already is success.
 * @param finishSeconds default: as its spec says
 */
export async function endRun(
  spec: ProcessSpec,
  child: RunningChild,
  finishSeconds: number = spec.stopTimeoutSeconds,
): Promise<void> {
  if (isProcessAlive(child)) signalProcess(child.pid, spec.stopSignal);
  const timer = new AbortController();
  const inTime = await Promise.race([
    child.ended.then(() => true),
    // Not to hold up an agent that has handed over.
    sleep(finishSeconds * 1000, false, { signal: timer.signal, ref: false }).catch(() => true),
  ]);
  timer.abort();
  if (!inTime) signalGroup(child.pid, "SIGKILL");
  await child.ended;
  await endLeftovers(spec, child);
}

/** Ends what a run left behind, so that the next start finds its sockets, ports and files free. */
export async function endLeftovers(spec: ProcessSpec, run: RunRecord | null): Promise<void> {
  if (run !== null) await endGroupLeftovers(run);
  if (spec.aloneInCwd === true) await endProcessesRunning(spec.command[0], spec.cwd);
}

function buildFailure(
  spec: ProcessSpec,
  run: RunRecord,
  reason: StartFailure["reason"],
  detail: string,
): StartFailure {
  const logTail = readLogTail(spec.logFile, run.logStartsAtBytes, LOG_TAIL_LINES);
  return { ok: false, reason, detail, logTail };
}
