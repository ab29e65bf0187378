/** All processes of one environment: started, kept, written down, adopted and ended together. */

import { setImmediate } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { type AgentState, writeAgentState } from "./agent-state.ts";
import type { ProcessSpec, ProcessStatus, StartResult } from "./contract.ts";
import { LOG_LIMIT_BYTES, rotateLog } from "./log-file.ts";
import { signalGroup } from "./process-group.ts";
import { isProcessAlive } from "./process-identity.ts";
import type { LaunchChange, ProcessRecord } from "./process-record.ts";
import { endLeftovers } from "./process-run.ts";
import { SupervisedProcess } from "./supervised-process.ts";

const SAVE_RETRY_MS = 1000;

export interface SupervisorOptions {
  /** File that the supervised processes are written down in. */
  readonly stateFile: string;
  readonly host: string;
  readonly port: number;
  readonly baseEnv: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
  /** What is special about a start of this process; undefined: nothing. */
  readonly prepareFor: (spec: ProcessSpec) => (() => Promise<LaunchChange>) | undefined;
}

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #processes = new Map<string, SupervisedProcess>();
  readonly #retiring = new Set<SupervisedProcess>();
  #saveRetry: NodeJS.Timeout | null = null;
  #handedOver = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** Goes on where the agent before this one was stopped or killed. */
  async adopt(state: AgentState): Promise<void> {
    // First starts that nobody waits for any more.
    await Promise.all(state.processes.filter((one) => !one.established).map(killRecord));
    for (const record of state.processes.filter((one) => one.established)) {
      const supervised = this.#create(record.spec);
      this.#processes.set(keyOf(record.spec), supervised);
      supervised.adopt(record);
      if (record.stopping) this.#inBackground(this.stop(record.spec.name, record.spec.release));
    }
    for (const record of state.retiring) {
      const supervised = this.#create(record.spec);
      this.#retiring.add(supervised);
      supervised.adopt(record);
      this.#inBackground(this.#retire(supervised));
    }
    this.#save();
  }

  find(name: string, release: string | null): SupervisedProcess | undefined {
    return this.#processes.get(keyOf({ name, release }));
  }

  /** Starts a process, or answers at once if the same one is ready. */
  async start(spec: ProcessSpec): Promise<StartResult> {
    // An adopted one that was not asked yet whether it is ready must not be started again.
    await this.find(spec.name, spec.release)?.whenAdopted();
    const known = this.find(spec.name, spec.release);
    if (known !== undefined && isDeepStrictEqual(known.spec, spec)) {
      const { state, pid } = known.status();
      if (state === "ready" && pid !== null) return { ok: true, pid };
      if (state === "starting") return known.start();
    }
    if (known !== undefined) await this.stop(spec.name, spec.release);
    const supervised = this.#create(spec);
    this.#processes.set(keyOf(spec), supervised);
    const result = await supervised.start();
    if (!result.ok) this.#forget(supervised);
    return result;
  }

  /** Starts `spec` beside the running process of that name; only when it is ready the old one is ended. */
  async replace(spec: ProcessSpec, beforeRetire: () => Promise<void>): Promise<StartResult> {
    const old = this.find(spec.name, spec.release);
    const supervised = this.#create(spec);
    if (old !== undefined) this.#retiring.add(old);
    this.#processes.set(keyOf(spec), supervised);
    const result = await supervised.start();
    if (old === undefined) return result;
    if (result.ok) {
      await beforeRetire();
      this.#inBackground(this.#retire(old));
    } else {
      this.#retiring.delete(old);
      this.#processes.set(keyOf(spec), old);
      this.#save();
    }
    return result;
  }

  async stop(name: string, release: string | null): Promise<void> {
    const supervised = this.find(name, release);
    if (supervised === undefined) return;
    await this.#waitForUsers(supervised.spec);
    await supervised.stop();
    this.#forget(supervised);
  }

  /** Both may have been told to end in the same turn, in whatever order. */
  async #waitForUsers({ neededBy = [], release }: ProcessSpec): Promise<void> {
    if (neededBy.length === 0) return;
    await setImmediate();
    for (const name of neededBy) {
      const user = this.find(name, release);
      if (user?.status().state === "stopping") await user.stop();
    }
  }

  /** Ends everything: first the Edge, then what belongs to releases, then what these need. */
  async shutDown(): Promise<void> {
    const all = [...this.#processes.values()];
    const edge = all.filter(({ spec }) => spec.name === "edge");
    const ofReleases = all.filter(({ spec }) => spec.release !== null);
    const rest = all.filter((one) => !edge.includes(one) && !ofReleases.includes(one));
    for (const group of [edge, ofReleases, rest]) {
      await Promise.all(group.map(({ spec }) => this.stop(spec.name, spec.release)));
    }
    await Promise.all([...this.#retiring].map((old) => this.#retire(old)));
  }

  /** Stops watching; every process goes on. */
  async letGo(): Promise<void> {
    await Promise.all([...this.#processes.values()].map((supervised) => supervised.letGo()));
    this.#save();
    // From now on the record is the next agent's.
    this.#handedOver = true;
  }

  statuses(): ProcessStatus[] {
    return [...this.#processes.values()].map((supervised) => supervised.status());
  }

  /** Sets aside logs that have grown too large. */
  async rotateLogs(extra: readonly string[], limitBytes = LOG_LIMIT_BYTES): Promise<void> {
    const logs = new Set([...this.#processes.values()].map(({ spec }) => spec.logFile));
    for (const log of [...logs, ...extra]) {
      await rotateLog(log, limitBytes);
    }
  }

  #create(spec: ProcessSpec): SupervisedProcess {
    return new SupervisedProcess({
      spec,
      baseEnv: this.#options.baseEnv,
      log: this.#options.log,
      onChange: () => this.#save(),
      prepare: this.#options.prepareFor(spec),
    });
  }

  #inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => this.#options.log(String(error)));
  }

  async #retire(old: SupervisedProcess): Promise<void> {
    await old.stop();
    this.#retiring.delete(old);
    this.#save();
  }

  #forget(supervised: SupervisedProcess): void {
    const key = keyOf(supervised.spec);
    // Another one may have taken its place while it was ending.
    if (this.#processes.get(key) === supervised) this.#processes.delete(key);
    this.#save();
  }

  /** A full disk must not stop the supervision: the record is written as soon as there is room. */
  #save(): void {
    if (this.#handedOver) return;
    const { stateFile, host, port } = this.#options;
    try {
      writeAgentState(stateFile, {
        host,
        port,
        processes: [...this.#processes.values()].map((supervised) => supervised.record()),
        retiring: [...this.#retiring].map((supervised) => supervised.record()),
      });
      if (this.#saveRetry !== null) clearTimeout(this.#saveRetry);
      this.#saveRetry = null;
    } catch (error) {
      this.#options.log(`cannot write "${stateFile}": ${String(error)}`);
      this.#saveRetry ??= setTimeout(() => {
        this.#saveRetry = null;
        this.#save();
      }, SAVE_RETRY_MS);
    }
  }
}

async function killRecord({ spec, run }: ProcessRecord): Promise<void> {
  if (run !== null && isProcessAlive(run)) signalGroup(run.pid, "SIGKILL");
  await endLeftovers(spec, run);
}

function keyOf(process: { readonly name: string; readonly release: string | null }): string {
  return `${process.name} ${process.release ?? ""}`;
}
