/** One run of a program: started by this agent, or adopted from the agent before. */

import { spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { openLog } from "./log-file.ts";
import { isProcessAlive, type ProcessIdentity, readProcessStart } from "./process-identity.ts";

/** An adopted process is no child of ours, so its end is not reported but looked for. */
const ADOPTED_POLL_MS = 100;

/** What to start. */
export interface Launch {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly user: { readonly uid: number; readonly gid: number } | null;
  readonly logFile: string;
  /** Descriptor of ours that the program gets as its descriptor 3; null: none. */
  readonly listenFd: number | null;
}

/** What has to be remembered of a run so that another agent can adopt it. */
export interface RunRecord extends ProcessIdentity {
  /** Unix time in ms. */
  readonly startedAtMs: number;
  /** Size of the log file at the start. */
  readonly logStartsAtBytes: number;
}

export interface RunningChild extends RunRecord {
  /** Resolves with how it ended: `exit code 3`, `signal SIGKILL`, `ended`. */
  readonly ended: Promise<string>;
}

/**
 * Starts a program as leader of a process group and session of its own.
 * @throws {Error} when the program cannot be run at all
 */
export async function launchChild(launch: Launch): Promise<RunningChild> {
  const log = await openLog(launch.logFile);
  try {
    const [program, ...args] = launch.command;
    const child = spawn(program, args, {
      cwd: launch.cwd,
      env: { ...launch.env },
      detached: true,
      stdio: ["ignore", log.fd, log.fd, ...(launch.listenFd === null ? [] : [launch.listenFd])],
      ...(launch.user === null ? {} : launch.user),
    });
    const ended = new Promise<string>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) =>
        resolve(signal === null ? `exit code ${code}` : `signal ${signal}`),
      );
    });
    // What keeps the agent running is its server, not its children: they outlive it.
    child.unref();
    if (child.pid === undefined) throw await ended.catch((error: unknown) => error);
    return {
      pid: child.pid,
      // "": it has ended already, and equals no start.
      start: readProcessStart(child.pid) ?? "",
      startedAtMs: Date.now(),
      logStartsAtBytes: log.startsAtBytes,
      ended,
    };
  } finally {
    closeSync(log.fd);
  }
}

/** Watches a process that another agent started. */
export function adoptChild(record: RunRecord): RunningChild {
  const ended = new Promise<string>((resolve) => {
    const timer = setInterval(() => {
      if (isProcessAlive(record)) return;
      clearInterval(timer);
      resolve("ended");
    }, ADOPTED_POLL_MS).unref();
  });
  return { ...record, ended };
}
