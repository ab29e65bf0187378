/** Starts `mizan` and ends it at a chosen event, as a power cut of the terminal would. */

import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { type MizanLine, type MizanRun, startMizan } from "../../helpers/run-mizan.ts";

export interface KillOptions {
  readonly cwd: string;
  /** Kill as soon as this event is seen. */
  readonly at?: (event: MizanLine) => boolean;
  /** Kill after this time. */
  readonly afterMs?: number;
  /** Default SIGKILL. */
  readonly signal?: NodeJS.Signals;
}

/** @returns the run; `signal` is null when it ended before it could be killed. */
export async function killMizan(words: readonly string[], options: KillOptions): Promise<MizanRun> {
  const { child, finished } = startMizan(words, { cwd: options.cwd });
  const kill = () => child.kill(options.signal ?? "SIGKILL");
  if (child.stdout !== null && options.at !== undefined) {
    const { at } = options;
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (at(JSON.parse(line) as MizanLine)) kill(); // D11: every line is an event
    });
  }
  const { afterMs } = options;
  if (afterMs !== undefined) void sleep(afterMs).then(kill);
  return finished;
}

/** An event of a step: `started`, or `ended` in whatever way. */
export function isStep(event: MizanLine, name: string, when: "started" | "ended"): boolean {
  if (event.type !== "step" || event["name"] !== name) return false;
  return (event["status"] === "started") === (when === "started");
}

/** Names of the steps that a run began, in order. */
export function namesOfSteps(events: readonly MizanLine[]): readonly string[] {
  const begun = events.filter((event) => event.type === "step" && event["status"] === "started");
  return begun.map((event) => String(event["name"]));
}
