/** Keeps the Edge of one environment running with what it was last told to serve. */

import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { EdgeReport, EdgeState } from "../../../../edge/cache/contract.ts";
import { SLOT_COUNT } from "../../../../edge/cache/contract.ts";
import { MizanError } from "../../../../infra/contract/errors.ts";
import { buildWorkerdConfig } from "../edge/build-workerd-config.ts";
import { pushEdgeState, readEdgeReport } from "../edge/edge-control.ts";
import { AgentError } from "./agent-error.ts";
import type { AgentOptions } from "./agent-options.ts";
import type { EnvironmentPaths, ProcessSpec, StartResult } from "./contract.ts";
import { buildEdgeLaunch, buildEdgeSpec, EDGE_NAME } from "./edge-spec.ts";
import type { LaunchChange } from "./process-record.ts";
import type { Supervisor } from "./supervisor.ts";
import { writeFileAtomically } from "./write-file-atomically.ts";

/** An Edge that dies while it is told something is back long before. */
const PUSH_TIMEOUT_MS = 10_000;
const PUSH_RETRY_MS = 50;

/** Silent this many times in a row, each `SILENCE_MS` long: it hangs. */
const SILENCES = 3;
const SILENCE_MS = 3000;

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
  #state: EdgeState | null;
  #silences = 0;
  /** One thing is told to the Edge at a time. */
  #queue: Promise<unknown> = Promise.resolve();
  #watch: NodeJS.Timeout | null = null;

  constructor(options: EdgeKeeperOptions) {
    this.#options = options;
    this.#stateFile = join(options.paths.folder, "edge-state.json");
    this.#state = readEdgeState(this.#stateFile);
  }

  get release(): string | null {
    return this.#state?.live.release ?? null;
  }

  /** What is special about a start of the Edge: the socket, and the state that it starts with. */
  prepareFor(spec: ProcessSpec): (() => Promise<LaunchChange>) | undefined {
    if (spec.name !== EDGE_NAME) return undefined;
    return async () => {
      this.#writeConfig();
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
        await this.#push(state);
      } catch (error) {
        this.#setState(before);
        throw error;
      }
    });
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

  /** Its restart may fall into a push: then it starts with the new state anyway, and is asked again. */
  async #push(state: EdgeState): Promise<void> {
    const deadlineMs = performance.now() + PUSH_TIMEOUT_MS;
    for (;;) {
      try {
        await pushEdgeState(this.#options.paths.edgeControlSocket, state);
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
    if (listenFd === null) {
      await supervisor.stop(EDGE_NAME, null);
      const result = await supervisor.start(wanted);
      if (!result.ok) log(describeFailure(result));
      return;
    }
    const aside = `${paths.edgeControlSocket}.old`;
    if (existsSync(paths.edgeControlSocket)) renameSync(paths.edgeControlSocket, aside);
    const result = await supervisor.replace(wanted);
    if (result.ok) {
      rmSync(aside, { force: true });
      return;
    }
    log(`the old Edge goes on: ${describeFailure(result)}`);
    if (existsSync(aside)) renameSync(aside, paths.edgeControlSocket);
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
    if (state === null) rmSync(this.#stateFile, { force: true });
    else writeFileAtomically(this.#stateFile, JSON.stringify(state), 0o600);
    this.#state = state;
  }

  #writeConfig(): void {
    const { options, paths } = this.#options;
    const slots = Array.from({ length: SLOT_COUNT }, (_, slot) => paths.slotSocket(slot));
    const config = buildWorkerdConfig({
      configPath: paths.edgeConfig,
      workerScriptPath: options.edgeScript,
      slotSockets: slots,
      assetsFolder: paths.assets,
      mediaFolder: paths.media,
      initialState: this.#state,
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
