/** Who listens on a TCP port of this machine, so that an error can name it. */

import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const STATE_LISTEN = "0A"; // TCP_LISTEN of linux/net/tcp_states.h, as /proc/net/tcp prints it

export interface PortOwner {
  readonly pid: number;
  /** Program and arguments, shortened. */
  readonly command: string;
}

/** Linux only; null where nobody is found or another user's process may not be looked at. */
export function findPortOwner(port: number): PortOwner | null {
  if (process.platform !== "linux") return null;
  const inodes = new Set(
    ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((path) => parseListeners(readIfAny(path), port)),
  );
  if (inodes.size === 0) return null;
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const pid = pids.find((pid) => readSocketInodes(pid).some((inode) => inodes.has(inode)));
  if (pid === undefined) return null;
  const command = readIfAny(`/proc/${pid}/cmdline`).split("\0").join(" ").trim().slice(0, 120);
  return { pid: Number(pid), command };
}

/**
 * @param table content of `/proc/net/tcp` or `tcp6` (proc_pid_net(5))
 * @returns inodes of the sockets that listen on the port
 */
export function parseListeners(table: string, port: number): string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  return table
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(`:${hexPort}`) && fields[3] === STATE_LISTEN)
    .map((fields) => fields[9] ?? "");
}

function readSocketInodes(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`)
      .map((fd) => readLinkIfAny(`/proc/${pid}/fd/${fd}`))
      .filter((target) => target.startsWith("socket:["))
      .map((target) => target.slice(8, -1));
  } catch {
    // It ended meanwhile, or is another user's: then the port's owner stays unnamed.
    return [];
  }
}

function readLinkIfAny(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // Closed meanwhile.
    return "";
  }
}

function readIfAny(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // No IPv6, or the process ended: nothing to name.
    return "";
  }
}
