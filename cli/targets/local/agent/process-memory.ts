/** How much memory a process holds together with its children. */

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { type ProcessIdentity, readLivingProcesses } from "./process-identity.ts";

const run = promisify(execFile);

/**
 * Resident memory of the process group that `leader` leads; what its members share counts for each.
 * 0: it has ended.
 */
export async function readGroupMemoryBytes(leader: ProcessIdentity): Promise<number> {
  if (process.platform !== "linux") return sumPsLines(await listByPs(), leader.pid) * 1024;
  return readLivingProcesses()
    .filter(({ groupId }) => groupId === leader.pid)
    .reduce((sum, { pid }) => sum + readResidentBytes(pid), 0);
}

/** @param lines of `ps -axo pgid=,rss=`: the group, and KiB */
export function sumPsLines(lines: string, groupId: number): number {
  return lines
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([group]) => group === groupId)
    .reduce((sum, [, kib = 0]) => sum + kib, 0);
}

/** proc_pid_status(5): `VmRSS:   12345 kB`. Unlike `statm` it does not count in pages. */
function readResidentBytes(pid: number): number {
  try {
    const kib = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kib ?? 0) * 1024;
  } catch {
    return 0; // it ended meanwhile
  }
}

async function listByPs(): Promise<string> {
  const { stdout } = await run("ps", ["-axo", "pgid=,rss="], {
    env: { LC_ALL: "C", PATH: "/bin:/usr/bin" },
  });
  return stdout;
}
