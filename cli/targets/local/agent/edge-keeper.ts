/** Keeps the Edge of one environment running with what it was last told to serve. */

import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { EdgeReport, EdgeState, HoldRequest } from "../../../../edge/cache/contract.ts";
import { SLOT_COUNT } from "../../../../edge/cache/contract.ts";
import { MizanError } from "../../../../infra/contract/errors.ts";
import { buildWorkerdConfig } from "../edge/build-workerd-config.ts";
import {
  holdEdge,
  pushEdgeState,
  readDrainedReport,
  readEdgeReport,
} from "../edge/edge-control.ts";
import { AgentError } from "./agent-error.ts";
import type { AgentOptions } from "./agent-options.ts";
import type { EnvironmentPaths, ProcessSpec, StartResult } from "./contract.ts";
import { EdgeLifeFile, type Predecessor } from "./edge-life.ts";
import {
  buildEdgeLaunch,
  buildEdgeSpec,
  EDGE_DRAIN_SECONDS,
  EDGE_NAME,
  EDGE_READY_SECONDS,
} from "./edge-spec.ts";
import type { LaunchChange } from "./process-record.ts";
import type { SupervisedProcess } from "./supervised-process.ts";
import type { Supervisor } from "./supervisor.ts";
import { writeFileAtomically } from "./write-file-atomically.ts";

/** An Edge that dies while it is told something is back long before. */
const PUSH_TIMEOUT_MS = 10_000;
const PUSH_RETRY_MS = 50;

/** Silent this many times in a row, each `SILENCE_MS` long: it hangs. */
const SILENCES = 3;
const SILENCE_MS = 3000;

/** Longer than it takes to accept a connection, much shorter than `DRAINED_EARLIEST_MS`. */
const TAKEN_MS = 100;

/** While one process of the Edge replaces another, neither uses its cache. */
const REPLACEMENT_HOLD = "edge-replacement";
/** From then on the old one has ended: it answers until the new one is ready, and drains. */
const REPLACEMENT_MS = (EDGE_READY_SECONDS + EDGE_DRAIN_SECONDS) * 1000;

export interface EdgeKeeperOptions {
  readonly options: AgentOptions;
  readonly paths: EnvironmentPaths;
  /** Descriptor of the listening socket that this agent holds; null: none. */
  readonly listenFd: number | null;
  readonly log: (line: string) => void;
}

export class EdgeKeeper {
  readonly #options: EdgeKeeperOptions;
  readonly #stateFile: string;
  #supervisor: Supervisor | null = null;
  readonly #life: EdgeLifeFile;
  readonly #bornAtMs = Date.now();
  /** A process of the Edge was alive under this agent. */
  #hasLived = false;
  /** The next start is beside a process that goes on. */
  #isReplacing = false;
  #state: EdgeState | null;
  #silences = 0;
  /** One thing is told to the Edge at a time. */
  #queue: Promise<unknown> = Promise.resolve();
  #watch: NodeJS.Timeout | null = null;

  constructor(options: EdgeKeeperOptions) {
    this.#options = options;
    this.#stateFile = join(options.paths.folder, "edge-state.json");
    this.#state = readEdgeState(this.#stateFile);
    this.#life = new EdgeLifeFile(join(options.paths.folder, "edge-life.json"));
  }

  get release(): string | null {
    return this.#state?.live.release ?? null;
  }

  /** What is special about a start of the Edge: the socket, and the state that it starts with. */
  prepareFor(spec: ProcessSpec): (() => Promise<LaunchChange>) | undefined {
    if (spec.name !== EDGE_NAME) return undefined;
    return async () => {
      this.#writeConfig(this.#findPredecessor());
      this.#hasLived = true;
      rmSync(this.#options.paths.edgeControlSocket, { force: true });
      return buildEdgeLaunch(this.#options.options, spec, this.#options.listenFd);
    };
  }

  /** Goes on after the adoption: an Edge of an older bundle or another address is replaced. */
  begin(supervisor: Supervisor): void {
    this.#supervisor = supervisor;
    this.#enqueue(() => this.#replaceIfOutdated()).catch((error: unknown) =>
      this.#options.log(`the Edge could not be replaced: ${String(error)}`),
    );
    this.#watch = setInterval(() => void this.#enqueue(() => this.#checkAlive()), SILENCE_MS);
  }

  end(): void {
    if (this.#watch !== null) clearInterval(this.#watch);
  }

  /**
   * Written down first, so that an Edge which dies at any moment comes back with it.
   * @throws {AgentError} EDGE_REFUSED, EDGE_FAILED: then what was told before still holds
   */
  put(state: EdgeState): Promise<void> {
    return this.#enqueue(async () => {
      const before = this.#state;
      this.#setState(state);
      try {
        await this.#ensureRunning();
        await this.#tell((socketPath) => pushEdgeState(socketPath, state));
      } catch (error) {
        this.#setState(before);
        throw error;
      }
    });
  }

  /**
   * Written down first, so that the process after this one holds as well. Where none runs, that is all.
   * @throws {AgentError} EDGE_REFUSED, EDGE_FAILED
   */
  hold(request: HoldRequest): Promise<void> {
    return this.#enqueue(async () => {
      this.#life.forgetEndedHolds(Date.now());
      this.#life.noteHold(request);
      if (this.#supervisor?.find(EDGE_NAME, null) === undefined) return;
      try {
        await this.#tell((socketPath) => holdEdge(socketPath, request));
      } catch (error) {
        if (request.action === "hold") this.#life.noteHold({ action: "release", id: request.id });
        throw error;
      }
    });
  }

  /** @throws {AgentError} EDGE_FAILED */
  start(): Promise<void> {
    return this.#enqueue(() => this.#ensureRunning());
  }

  async report(): Promise<EdgeReport> {
    return readEdgeReport(this.#options.paths.edgeControlSocket).catch((error: unknown) => {
      throw toEdgeFailure(error);
    });
  }

  async #replaceIfOutdated(): Promise<void> {
    const running = this.#supervisor?.find(EDGE_NAME, null);
    const wanted = this.#buildSpec();
    if (running === undefined || isDeepStrictEqual(running.spec, wanted)) return;
    await this.#replace(wanted);
  }

  async #ensureRunning(): Promise<void> {
    const result = await this.#supervisor?.start(this.#buildSpec());
    if (result?.ok === false) throw new AgentError("EDGE_FAILED", describeFailure(result));
  }

  /** Its restart may fall into it: then it starts with what it is told anyway, and is told again. */
  async #tell(tell: (socketPath: string) => Promise<void>): Promise<void> {
    const deadlineMs = performance.now() + PUSH_TIMEOUT_MS;
    for (;;) {
      try {
        await tell(this.#options.paths.edgeControlSocket);
        return;
      } catch (error) {
        if (wasRefused(error)) throw new AgentError("EDGE_REFUSED", error.message);
        if (performance.now() >= deadlineMs) throw toEdgeFailure(error);
        await sleep(PUSH_RETRY_MS);
      }
    }
  }

  /** The old Edge keeps answering until the new one is ready; both hold the same listening socket. */
  async #replace(wanted: ProcessSpec): Promise<void> {
    const { paths, listenFd, log } = this.#options;
    const supervisor = this.#supervisor;
    if (supervisor === null) return;
    log("the Edge is outdated and is replaced");
    this.#hasLived = true;
    if (listenFd === null) {
      await supervisor.stop(EDGE_NAME, null);
      const result = await supervisor.start(wanted);
      if (!result.ok) log(describeFailure(result));
      return;
    }
    const old = supervisor.find(EDGE_NAME, null);
    await this.#holdEverything(paths.edgeControlSocket);
    const aside = `${paths.edgeControlSocket}.old`;
    if (existsSync(paths.edgeControlSocket)) renameSync(paths.edgeControlSocket, aside);
    this.#isReplacing = true;
    let outcomes = Promise.resolve(false);
    const result = await supervisor.replace(wanted, async () => {
      outcomes = this.#knowsAllOutcomes(aside);
      await sleep(TAKEN_MS); // else the question could be refused with the listening socket
    });
    this.#isReplacing = false;
    if (result.ok) {
      if (old !== undefined) void this.#releaseAfter(old, outcomes);
      return;
    }
    log(`the old Edge goes on: ${describeFailure(result)}`);
    if (existsSync(aside)) renameSync(aside, paths.edgeControlSocket);
    await this.#releaseEverything();
  }

  /** An Edge of an older mizan knows no holds, and no cache either. */
  async #holdEverything(socketPath: string): Promise<void> {
    const untilMs = Date.now() + REPLACEMENT_MS;
    const hold = { id: REPLACEMENT_HOLD, scope: "*", untilMs } as const;
    await holdEdge(socketPath, { action: "hold", ...hold }).catch((error: unknown) =>
      this.#options.log(`the old Edge was not held: ${String(error)}`),
    );
  }

  /**
   * What the old Edge keeps dirty, since nobody will ever say what was written, is forgotten with it:
   * then the hold ends by its time, as it does if the old one had to be killed.
   */
  async #releaseAfter(old: SupervisedProcess, outcomes: Promise<boolean>): Promise<void> {
    const isSettled = await outcomes;
    await old.stop();
    rmSync(`${this.#options.paths.edgeControlSocket}.old`, { force: true });
    if (isSettled) await this.#releaseEverything();
  }

  /** One that does not say counts as not knowing. */
  async #knowsAllOutcomes(socketPath: string): Promise<boolean> {
    try {
      const { cache } = await readDrainedReport(socketPath, EDGE_DRAIN_SECONDS * 1000);
      return cache === null || cache.unknownIntents === 0;
    } catch (error) {
      this.#options.log(`the old Edge does not say what it follows: ${String(error)}`);
      return false;
    }
  }

  async #releaseEverything(): Promise<void> {
    const release = { action: "release", id: REPLACEMENT_HOLD } as const;
    await holdEdge(this.#options.paths.edgeControlSocket, release).catch((error: unknown) =>
      this.#options.log(`the Edge goes on without its cache for now: ${String(error)}`),
    );
  }

  /** The process before the one that is about to be started. */
  #findPredecessor(): Predecessor {
    if (this.#isReplacing) {
      return { kind: "replaced", drainMs: REPLACEMENT_MS, holdId: REPLACEMENT_HOLD };
    }
    const supervisor = this.#supervisor;
    // One that this agent has found dead has ended before the agent began.
    const lastExit = supervisor?.find(EDGE_NAME, null)?.status().lastExit ?? null;
    const sinceMs = this.#hasLived || lastExit !== null ? Date.now() : this.#bornAtMs;
    // Asked before this agent has adopted them: they may be of any age.
    const processes = supervisor?.statuses() ?? [{ name: "origin", startedAtMs: 0 }];
    const originStartsMs = processes.flatMap(({ name, startedAtMs }) => {
      return name === "origin" && startedAtMs !== null ? [startedAtMs] : []; // null: dead
    });
    return { kind: "dead", sinceMs, originStartsMs };
  }

  async #checkAlive(): Promise<void> {
    const running = this.#supervisor?.find(EDGE_NAME, null);
    if (running?.status().state !== "ready") {
      this.#silences = 0;
      return;
    }
    const answered = await Promise.race([
      this.report().then(
        () => true,
        () => false,
      ),
      sleep(SILENCE_MS, false, { ref: false }), // an agent that ends does not wait for it
    ]);
    this.#silences = answered ? 0 : this.#silences + 1;
    if (this.#silences < SILENCES) return;
    this.#options.log("the Edge does not answer and is killed");
    this.#silences = 0;
    running.kill();
  }

  #buildSpec(): ProcessSpec {
    return buildEdgeSpec(this.#options.options, this.#options.paths);
  }

  #setState(state: EdgeState | null): void {
    const policy = state?.live.mizan;
    if (policy !== undefined) this.#life.noteLimit(policy.requestLimitSeconds);
    if (state === null) rmSync(this.#stateFile, { force: true });
    else writeFileAtomically(this.#stateFile, JSON.stringify(state), 0o600);
    this.#state = state;
  }

  #writeConfig(predecessor: Predecessor): void {
    const { options, paths } = this.#options;
    const slots = Array.from({ length: SLOT_COUNT }, (_, slot) => slot);
    const config = buildWorkerdConfig({
      configPath: paths.edgeConfig,
      workerScriptPath: options.edgeScript,
      slotSockets: slots.map(paths.slotSocket),
      renderSockets: slots.map(paths.renderSocket),
      ssrSockets: slots.map(paths.ssrSocket),
      assetsFolder: paths.assets,
      mediaFolder: paths.media,
      statePath: this.#state === null ? null : this.#stateFile,
      start: this.#life.buildStart(predecessor, Date.now()),
      controlSocket: paths.edgeControlSocket,
    });
    writeFileAtomically(paths.edgeConfig, config, 0o600);
  }

  #enqueue<T>(run: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(run);
    this.#queue = done.catch(() => undefined); // whoever asked gets the error
    return done;
  }
}

/** It answered, and said no: asking again would not help. */
function wasRefused(error: unknown): error is MizanError {
  return error instanceof MizanError && error.details?.["status"] !== undefined;
}

function toEdgeFailure(error: unknown): AgentError {
  return new AgentError("EDGE_FAILED", error instanceof Error ? error.message : String(error), {
    cause: error,
  });
}

function describeFailure(result: Extract<StartResult, { ok: false }>): string {
  return `the Edge did not start: ${result.detail}\n${result.logTail}`.trim();
}

function readEdgeState(path: string): EdgeState | null {
  if (!existsSync(path)) return null;
  return JSON.parse(readFileSync(path, "utf8")) as EdgeState; // our own file, written in one step
}
