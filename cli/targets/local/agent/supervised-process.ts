/** Keeps one process running: starts it, starts it again when it dies, ends it. */

import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { ProcessSpec, ProcessState, ProcessStatus, StartResult } from "./contract.ts";
import { readProcessEnvironment } from "./process-environment.ts";
import { signalGroup } from "./process-group.ts";
import { isProcessAlive } from "./process-identity.ts";
import type { LaunchChange, ProcessRecord } from "./process-record.ts";
import { endLeftovers, endRun, type StartFailure, waitUntilReady } from "./process-run.ts";
import { watchProcess } from "./process-watch.ts";
import {
  CRASHED_AFTER_DEATHS,
  HEALTHY_AFTER_SECONDS,
  restartDelaySeconds,
} from "./restart-backoff.ts";
import { adoptChild, launchChild, type RunningChild, type RunRecord } from "./running-child.ts";

/** How long a process of a release may take to end when it hangs before it is ready. */
const UNREADY_FINISH_SECONDS = 3;

export interface SupervisedProcessOptions {
  readonly spec: ProcessSpec;
  /** Part of the agent's environment that every process gets. */
  readonly baseEnv: Readonly<Record<string, string>>;
  /** Called after each change that has to be written down. */
  readonly onChange: () => void;
  /** A line for the agent's own log. */
  readonly log: (line: string) => void;
  /** Called before each start. */
  readonly prepare?: (() => Promise<LaunchChange>) | undefined;
}

/** What ends the watch: the process is ended too, or goes on under the next agent. */
type Ending = "stop" | "let go";

export class SupervisedProcess {
  readonly spec: ProcessSpec;
  readonly #options: SupervisedProcessOptions;
  readonly #ending = new AbortController();
  readonly #whenEnding: Promise<null>;
  #state: ProcessState = "starting";
  #child: RunningChild | null = null;
  #restarts = 0;
  #deathsInRow = 0;
  #established = false;
  #lastExit: string | null = null;
  /** By the watch: its end then says little. */
  #killedBecause: string | null = null;
  #first: Promise<StartResult> | null = null;
  #adoption: Promise<void> = Promise.resolve();
  /** The one loop that starts, watches and ends the process. */
  #work: Promise<void> = Promise.resolve();

  constructor(options: SupervisedProcessOptions) {
    this.spec = options.spec;
    this.#options = options;
    this.#whenEnding = new Promise((resolve) => {
      this.#ending.signal.addEventListener("abort", () => resolve(null), { once: true });
    });
  }

  /** Starts it for the first time. After a failure nothing of it is left running, and it is not tried again. */
  start(): Promise<StartResult> {
    this.#first ??= this.#startFirst();
    return this.#first;
  }

  /** Goes on with a process that the agent before this one kept running. */
  adopt(record: ProcessRecord): void {
    this.#restarts = record.restarts;
    this.#established = true;
    this.#state = "restarting";
    this.#adoption = this.#adopt(record.run);
    this.#work = this.#adoption.then(() => this.#keep());
  }

  /** Resolves once it is known whether the process of the agent before goes on. */
  whenAdopted(): Promise<void> {
    return this.#adoption;
  }

  /** Kills it, so that it is started again: for one that hangs. */
  kill(): void {
    if (this.#child !== null && isProcessAlive(this.#child)) {
      signalGroup(this.#child.pid, "SIGKILL");
    }
  }

  /** Ends it and waits until it has ended. */
  async stop(): Promise<void> {
    this.#state = "stopping";
    this.#options.onChange();
    await this.#end("stop");
  }

  /** Stops watching; the process itself goes on. One that is finishing is left to that. */
  async letGo(): Promise<void> {
    if (this.#ending.signal.aborted) return;
    await this.#end("let go");
  }

  status(): ProcessStatus {
    return {
      name: this.spec.name,
      release: this.spec.release,
      pid: this.#child?.pid ?? null,
      state: this.#state,
      restarts: this.#restarts,
      startedAtMs: this.#child?.startedAtMs ?? null,
      lastExit: this.#lastExit,
    };
  }

  record(): ProcessRecord {
    return {
      spec: this.spec,
      run: this.#child === null ? null : toRunRecord(this.#child),
      restarts: this.#restarts,
      established: this.#established,
      stopping: this.#state === "stopping",
    };
  }

  async #startFirst(): Promise<StartResult> {
    const started = this.#launchUntilReady();
    this.#work = started.then(() => undefined);
    const failure = await started;
    if (failure !== null) return failure;
    this.#established = true;
    this.#options.onChange();
    this.#work = this.#keep();
    return { ok: true, pid: this.#child?.pid ?? 0 };
  }

  async #adopt(run: RunRecord | null): Promise<void> {
    if (run === null || !isProcessAlive(run)) {
      this.#options.log(`${this.#title()} was not running any more`);
      await endLeftovers(this.spec, run);
      return;
    }
    const child = adoptChild(run);
    this.#child = child;
    await this.#becomeReady(child, await this.#readAdoptedEnvironment());
  }

  /** Only for the ready check: the process itself has its environment, even if a file is gone. */
  async #readAdoptedEnvironment(): Promise<Readonly<Record<string, string>>> {
    try {
      return await readProcessEnvironment(this.spec, this.#options.baseEnv);
    } catch (error) {
      this.#options.log(`${this.#title()}: ${String(error)}`);
      return this.#options.baseEnv;
    }
  }

  /** Starts it again each time it ends, until it is stopped or let go. */
  async #keep(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      const child = this.#child;
      if (child === null) {
        this.#restarts += 1;
        await this.#launchUntilReady();
      } else {
        const how = await Promise.race([child.ended, this.#whenEnding]);
        if (how !== null) await this.#noteEnd(child, how);
      }
      if (this.#child === null) await this.#waitBeforeRestart();
    }
    if (this.#ending.signal.reason === "stop") await this.#endChild();
  }

  /** @returns null when it is ready; else nothing of it is left */
  async #launchUntilReady(): Promise<StartFailure | null> {
    try {
      const env = await readProcessEnvironment(this.spec, this.#options.baseEnv);
      await this.#clearPlace();
      const change = await this.#options.prepare?.();
      const { command, cwd, user, logFile } = this.spec;
      const child = await launchChild({
        command,
        cwd,
        user,
        logFile,
        env,
        listenFd: null,
        ...change,
      });
      this.#child = child;
      this.#options.onChange();
      return await this.#becomeReady(child, env);
    } catch (error) {
      // The program or one of its files is missing, the disk is full: as if it had ended at once.
      const detail = error instanceof Error ? error.message : String(error);
      this.#options.log(`${this.#title()} cannot be started: ${detail}`);
      this.#lastExit = detail;
      return { ok: false, reason: "exited", detail, logTail: "" };
    }
  }

  /** Removes what the run before could be mistaken by. */
  async #clearPlace(): Promise<void> {
    const { ready, aloneInCwd, pidFiles = [], sockets = [] } = this.spec;
    if (ready.kind === "file") await rm(ready.path, { force: true });
    await endLeftovers(this.spec, null);
    for (const socket of sockets) await rm(socket, { force: true });
    // Only where `endLeftovers` can find them all is it certain that none of them runs.
    if (aloneInCwd !== true || process.platform !== "linux") return;
    for (const file of pidFiles) await rm(file, { force: true });
  }

  async #becomeReady(
    child: RunningChild,
    env: Readonly<Record<string, string>>,
  ): Promise<StartFailure | null> {
    const failure = await waitUntilReady(this.spec, child, env, this.#ending.signal);
    if (failure === null) {
      this.#state = "ready";
      void this.#watch(child);
    } else if (this.#ending.signal.reason !== "let go") {
      this.#options.log(`${this.#title()} did not become ready: ${failure.detail}`);
      // Nobody uses it yet, so it has nothing to finish; a server of data may be recovering it.
      await this.#endChild(this.spec.release === null ? undefined : UNREADY_FINISH_SECONDS);
    }
    return failure;
  }

  /** Kills it when it breaks a bound; what then happens is what happens after any death. */
  async #watch(child: RunningChild): Promise<void> {
    const { watch } = this.spec;
    if (watch === undefined) return;
    const ended = new AbortController();
    void child.ended.then(() => ended.abort());
    const signal = AbortSignal.any([this.#ending.signal, ended.signal]);
    const reason = await watchProcess(watch, child, signal);
    if (reason === null || signal.aborted) return;
    this.#options.log(`${this.#title()} (process ${child.pid}) ${reason}: killed`);
    this.#killedBecause = reason;
    this.kill();
  }

  async #endChild(finishSeconds?: number): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    await endRun(this.spec, child, finishSeconds);
    await this.#noteEnd(child, await child.ended);
  }

  async #noteEnd(child: RunningChild, how: string): Promise<void> {
    const livedSeconds = (Date.now() - child.startedAtMs) / 1000;
    if (livedSeconds >= HEALTHY_AFTER_SECONDS) this.#deathsInRow = 0;
    this.#lastExit = this.#killedBecause ?? how;
    this.#killedBecause = null;
    this.#options.log(`${this.#title()} (process ${child.pid}) ended: ${how}`);
    await endLeftovers(this.spec, child);
    this.#child = null;
    this.#options.onChange();
  }

  async #waitBeforeRestart(): Promise<void> {
    this.#deathsInRow += 1;
    if (this.#ending.signal.aborted) return;
    this.#state = this.#deathsInRow >= CRASHED_AFTER_DEATHS ? "crashed" : "restarting";
    const delayMs = restartDelaySeconds(this.#deathsInRow) * 1000;
    // Rejects only when it is ended meanwhile, which the loop sees.
    await sleep(delayMs, undefined, { signal: this.#ending.signal }).catch(() => undefined);
  }

  async #end(ending: Ending): Promise<void> {
    this.#ending.abort(ending);
    await this.#work;
    // The first start may have put the loop in its place meanwhile.
    await this.#work;
  }

  #title(): string {
    const { name, release } = this.spec;
    return release === null ? name : `${name} of ${release}`;
  }
}

function toRunRecord(child: RunningChild): RunRecord {
  const { pid, start, startedAtMs, logStartsAtBytes } = child;
  return { pid, start, startedAtMs, logStartsAtBytes };
}
