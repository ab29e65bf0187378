/** Finds the processes that belong to a folder, so that a test can prove that none is left. */

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface FoundProcess {
  readonly pid: number;
  /** Its command line, words joined by spaces. */
  readonly command: string;
}

/**
 * Processes whose working directory, command line or environment names the folder.
 * Without `/proc` (macOS): those whose command line does.
 * @param folder absolute path, as `realpath` gives it.
 */
export function findProcessesOf(folder: string): FoundProcess[] {
  const found = process.platform === "linux" ? findInProc(folder) : findByPs(folder);
  return found.filter(({ pid }) => pid !== process.pid);
}

function findInProc(folder: string): FoundProcess[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      const places = [
        command,
        readlinkSync(`/proc/${pid}/cwd`),
        readFileSync(`/proc/${pid}/environ`, "utf8"),
      ];
      if (!places.some((place) => place.includes(folder))) return [];
      return [{ pid: Number(pid), command: command.replaceAll("\0", " ").trim() }];
    } catch {
      return []; // it ended meanwhile, or is another user's
    }
  });
}

function findByPs(folder: string): FoundProcess[] {
  const table = execFileSync("ps", ["-axww", "-o", "pid=,command="], { encoding: "utf8" });
  return table.split("\n").flatMap((line) => {
    const match = /^\s*(\d+)\s+(.*)$/.exec(line);
    if (match === null || !line.includes(folder)) return [];
    return [{ pid: Number(match[1]), command: match[2] ?? "" }];
  });
}
