/** How much memory a process holds. */

import { readFileSync } from "node:fs";

/** Resident memory; null: it has ended, or cannot be looked at. */
export async function readResidentBytes(pid: number): Promise<number | null> {
  const kib = process.platform === "linux" ? readStatus(pid) : await askPs(pid);
  return kib === null || Number.isNaN(kib) ? null : kib * 1024;
}

/** proc_pid_status(5): `VmRSS:   12345 kB`. Unlike `statm` it does not count in pages. */
function readStatus(pid: number): number | null {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  } catch {
    return null; // it has ended: who started it sees that itself
  }
}

/** macOS has no /proc. `ps` says KiB. */
async function askPs(pid: number): Promise<number> {
  const asked = Bun.spawn(["ps", "-o", "rss=", "-p", String(pid)], {
    stdin: "ignore",
    stderr: "ignore",
  });
  return Number.parseInt(await new Response(asked.stdout).text(), 10);
}
