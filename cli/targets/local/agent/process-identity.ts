/** Who a process is: its id together with its start time, so that a reused id is never mistaken for it. */

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** A process that can be found again by another program. */
export interface ProcessIdentity {
  readonly pid: number;
  /** What `readProcessStart` gave for it. Opaque: compare for equality only. */
  readonly start: string;
}

/** The fields of `/proc/<pid>/stat` that we use. */
export interface ProcessStat {
  readonly pid: number;
  /** One letter: `R`, `S`, `Z` … */
  readonly state: string;
  readonly groupId: number;
  readonly threads: number;
  /** Clock ticks since the machine started. */
  readonly startTicks: number;
}

/**
 * Start of a living process; null if there is none. A zombie counts as dead: where the first
 * process of a container collects no children, an ended process stays visible for ever.
 */
export function readProcessStart(pid: number): string | null {
  if (process.platform !== "linux") return readProcessStartByPs(pid);
  const stat = readProcessStat(pid);
  if (stat === null || isEnded(stat)) return null;
  return `${readBootId()}:${stat.startTicks}`;
}

/** Whether exactly this process still lives. */
export function isProcessAlive(identity: ProcessIdentity): boolean {
  return readProcessStart(identity.pid) === identity.start;
}

/** Linux only: null if there is no such process. */
function readProcessStat(pid: number): ProcessStat | null {
  const text = readProcFile(`/proc/${pid}/stat`);
  return text === null ? null : parseProcessStat(text);
}

/** Linux only: every process that has not ended. */
export function readLivingProcesses(): ProcessStat[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProcessStat(Number(name)))
    .filter((stat): stat is ProcessStat => stat !== null && !isEnded(stat));
}

/** @param text content of `/proc/<pid>/stat`; proc(5): the command in brackets may hold blanks and brackets. */
export function parseProcessStat(text: string): ProcessStat {
  // Fields are numbered from 1 in proc(5); the one after the command's last bracket is field 3.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const field = (number: number) => fields[number - 3] ?? "";
  return {
    pid: Number.parseInt(text, 10),
    state: field(3),
    groupId: Number(field(5)),
    threads: Number(field(20)),
    startTicks: Number(field(22)),
  };
}

/** Start times count from the machine's start, so they are only unique together with it. */
export function readBootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

/** While other threads of a zombie still end, its files and sockets are still open. */
function isEnded(stat: ProcessStat): boolean {
  return stat.state === "X" || (stat.state === "Z" && stat.threads <= 1);
}

function readProcFile(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // ESRCH: the process ended between open and read.
    if (code === "ENOENT" || code === "ESRCH") return null;
    throw error;
  }
}

/** macOS has no /proc; `ps` exits 1 where there is no such process. */
function readProcessStartByPs(pid: number): string | null {
  try {
    const line = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
      env: { LC_ALL: "C", PATH: "/bin:/usr/bin" },
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
    return line === "" || line.startsWith("Z") ? null : line.replace(/^\S+\s+/, "");
  } catch (error) {
    if (error instanceof Error && "status" in error && error.status === 1) return null;
    throw error;
  }
}
