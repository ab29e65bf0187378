/** Signals to whole process groups, and what a killed leader leaves behind. */

import { existsSync, readlinkSync, realpathSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type ProcessIdentity,
  readBootId,
  readLivingProcesses,
  readProcessStart,
} from "./process-identity.ts";

const POLL_MS = 20;

/** Sends a signal to a group; a group that is gone is success. */
export function signalGroup(groupId: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-groupId, signal);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return;
    throw error;
  }
}

/**
 * Ends what is left of the group whose leader was `leader`: workers of a master that was killed.
 * Group ids are reused like process ids, so members count only if they are not older than the
 * leader, and only if no other process leads a group of that number now.
 */
export async function endGroupLeftovers(leader: ProcessIdentity): Promise<void> {
  if (!ownsGroup(leader)) return;
  while (hasLivingMembers(leader)) {
    signalGroup(leader.pid, "SIGKILL");
    await sleep(POLL_MS);
  }
}

/**
 * Ends every process that runs `program` in the working folder `folder`. For masters whose workers
 * leave their group, as PostgreSQL's do. The program is compared too, so that nobody's shell that
 * happens to be in that folder is meant. Linux only; elsewhere none are found.
 * @param program absolute
 */
export async function endProcessesRunning(program: string, folder: string): Promise<void> {
  for (;;) {
    const found = findProcessesRunning(program, folder);
    if (found.length === 0) return;
    for (const pid of found) signalProcess(pid, "SIGKILL");
    await sleep(POLL_MS);
  }
}

function findProcessesRunning(program: string, folder: string): number[] {
  if (process.platform !== "linux" || !existsSync(program) || !existsSync(folder)) return [];
  const names = [realpathSync(program), realpathSync(folder)];
  return readLivingProcesses()
    .map((stat) => stat.pid)
    .filter(
      (pid) => readProcLink(pid, "exe") === names[0] && readProcLink(pid, "cwd") === names[1],
    );
}

function hasLivingMembers(leader: ProcessIdentity): boolean {
  if (process.platform !== "linux") return groupAnswers(leader.pid);
  const [bootId, ticks] = leader.start.split(":");
  if (bootId !== readBootId()) return false;
  return readLivingProcesses().some(
    (stat) => stat.groupId === leader.pid && stat.startTicks >= Number(ticks),
  );
}

function ownsGroup(leader: ProcessIdentity): boolean {
  const start = readProcessStart(leader.pid);
  return start === null || start === leader.start;
}

/** Without /proc: signal 0 asks whether a group has members. */
function groupAnswers(groupId: number): boolean {
  try {
    process.kill(-groupId, 0);
    return true;
  } catch {
    // ESRCH: none left; EPERM: a group of somebody else, so not ours.
    return false;
  }
}

/** Sends a signal to one process; one that is gone is success. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return;
    throw error;
  }
}

function readProcLink(pid: number, name: "exe" | "cwd"): string | null {
  try {
    // The kernel marks a program file that an upgrade replaced.
    return readlinkSync(`/proc/${pid}/${name}`).replace(/ \(deleted\)$/, "");
  } catch {
    // It ended, or belongs to another user and may not be looked at: not ours either way.
    return null;
  }
}
