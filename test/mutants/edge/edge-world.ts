/** Clock, origin, processes of the Edge: everything of the scheduled world that a history acts on. */

import type fc from "fast-check";
import { answerRead } from "./app-view.ts";
import { Database } from "./database.ts";
import { EdgeProcess } from "./edge-process.ts";
import type { DeployModules, EdgeProgram } from "./load-edge.ts";
import { Machine } from "./machine.ts";
import { Exchange, type OriginWorld, serveExchange } from "./origin.ts";
import { createPlatform, type Platform, Timers } from "./platform.ts";
import { type RenderWorld, serveRender } from "./renderer.ts";
import { findClaim, findContext } from "./shop.ts";
import type { WriteRecord } from "./write-record.ts";

export interface WorldOptions {
  readonly program: EdgeProgram;
  readonly scheduler: fc.Scheduler;
  /** By how much the origin's clock is late. */
  readonly skewMs: number;
  /** Varies how the origin works. */
  readonly salt: number;
  readonly readPauses: readonly number[];
  readonly writePauses: readonly number[];
}

/** A question of the Edge that the origin has not ended. */
interface Asked {
  readonly process: EdgeProcess;
  readonly exchange: Exchange;
  readonly write: WriteRecord | null;
}

/** Names the mutation, for the origin alone: it is no part of what is tested. */
export const WRITE_HEADER = "x-write";

const FIRST_MS = Date.UTC(2026, 10, 24);

export class EdgeWorld implements OriginWorld, RenderWorld {
  nowMs = FIRST_MS;
  readonly skewMs: number;
  readonly readPauses: readonly number[];
  readonly writePauses: readonly number[];
  readonly database = new Database();
  readonly machine: Machine;
  readonly processes: EdgeProcess[] = [];
  readonly writes: WriteRecord[] = [];
  /** Time passes: nothing else may, until all that was due has happened. */
  isAdvancing = false;
  /** Every page is rendered to its end. */
  isCalm = false;
  /** What somebody saw and should not have. */
  complaint: string | null = null;
  readonly #options: WorldOptions;
  readonly #timers: Timers;
  readonly #platform: Platform;
  readonly #asked = new Set<Asked>();
  readonly #personal = new Set<number>();
  #renders = 0;
  #ids = 0;
  #variants = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.skewMs = options.skewMs;
    this.readPauses = options.readPauses;
    this.writePauses = options.writePauses;
    this.#timers = new Timers(() => this.nowMs);
    const platform = this.#createPlatform(this.#timers);
    this.machine = new Machine(options.program, platform, this.#createId);
    this.#platform = platform;
  }

  /** @returns once the scheduler lets it go on */
  step = async (label: string): Promise<void> => {
    await this.#options.scheduler.schedule(Promise.resolve(), label);
  };

  /** Others go on meanwhile. */
  async pause(steps: number): Promise<void> {
    for (let left = steps; left > 0; left -= 1) await this.step("somebody waits");
  }

  createVariant = (): number => {
    this.#variants += 1;
    return this.#options.salt + this.#variants;
  };

  complain = (complaint: string): void => {
    this.complaint ??= complaint;
  };

  /** @returns `false`: somebody else has it already */
  takePersonal(personal: number): boolean {
    if (this.#personal.has(personal)) return false;
    this.#personal.add(personal);
    return true;
  }

  findWrite = (request: Request): WriteRecord | null => {
    const id = request.headers.get(WRITE_HEADER);
    return id === null ? null : (this.writes[Number(id)] ?? null);
  };

  commit = (write: WriteRecord): void => {
    write.commit(this.nowMs);
    // What the old release still does to what the new one describes otherwise must be seen.
    if (write.release < this.machine.release) this.promiseContexts(this.switchedContexts);
  };

  /** Held while two releases answered. */
  switchedContexts: readonly string[] = [];

  /** Whatever they hold now, every later read sees. */
  promiseContexts(contexts: readonly string[]): void {
    const versions = Object.entries(this.database.getVersions(this.database.state));
    const held = versions.filter(([entity]) => contexts.includes(findContext(entity as "news")));
    this.database.promise(Object.fromEntries(held));
  }

  readView = (request: Request) => {
    const release = Number(request.headers.get("x-release-of-slot"));
    return answerRead(request, {
      database: this.database,
      release,
      createPersonal: this.createVariant,
    });
  };

  /** The process that new connections reach. */
  choose(pick: number): EdgeProcess {
    const accepting = this.processes.filter(({ isAccepting }) => isAccepting);
    const chosen = accepting[pick % accepting.length];
    if (chosen === undefined) throw new Error("no process of the Edge accepts connections");
    return chosen;
  }

  async startProcess(
    start: Parameters<typeof this.machine.life.buildStart>[0],
    survivor: object | null,
  ): Promise<EdgeProcess> {
    const timers = new Timers(() => this.nowMs);
    const process = new EdgeProcess({
      modules: this.#options.program.startEdge(this.#createPlatform(timers)),
      timers,
      start: this.machine.life.buildStart(start, this.nowMs),
      state: this.machine.state,
      ask: this.#ask,
      render: this.#render,
    });
    await process.load(survivor);
    this.processes.push(process);
    return process;
  }

  /** What it had forwarded goes on at the origin, and nobody hears of it. */
  kill(process: EdgeProcess): void {
    process.kill();
    for (const asked of this.#asked) {
      if (asked.process !== process) continue;
      asked.exchange.freeze();
      asked.write?.promise(false);
    }
  }

  /** Cuts one connection to the origin, if there is any; that of a mutation rather than of a read. */
  cut(pick: number): void {
    const open = [...this.#asked].filter(({ exchange }) => !exchange.isCut);
    const writes = open.filter(({ write }) => write !== null);
    const chosen = writes.length > 0 ? writes : open;
    chosen[pick % chosen.length]?.exchange.cut();
  }

  startDeploy(): DeployModules {
    const timers = { setTimeout: (ms: number) => this.sleep(ms) };
    return this.#options.program.startDeploy(this.#platform, { "node:timers/promises": timers });
  }

  /** Origin or renderers have something to do. */
  get isBusy(): boolean {
    return this.#asked.size > 0 || this.#renders > 0;
  }

  /** Of whoever looks again and again, as commands and the agent do. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#timers.set(resolve, ms);
    });
  }

  /** @returns unix ms; null: nobody waits for a time */
  get nextTimerMs(): number | null {
    return this.#findNextTimers()?.nextAtMs ?? null;
  }

  /** Timers ring one by one, in their order. */
  async advance(toMs: number): Promise<void> {
    this.isAdvancing = true;
    for (;;) {
      const nextMs = this.nextTimerMs;
      if (nextMs === null || nextMs > toMs) break;
      this.nowMs = Math.max(this.nowMs, nextMs);
      this.#findNextTimers()?.runNext();
      await settle();
    }
    this.nowMs = Math.max(this.nowMs, toMs);
    this.isAdvancing = false;
  }

  #findNextTimers(): Timers | null {
    const living = this.processes.filter(({ isAlive }) => isAlive).map(({ timers }) => timers);
    const [first] = [this.#timers, ...living]
      .filter(({ nextAtMs }) => nextAtMs !== null)
      .sort((one, other) => (one.nextAtMs ?? 0) - (other.nextAtMs ?? 0));
    return first ?? null;
  }

  #ask = (process: EdgeProcess, slot: number, request: Request): Promise<Response> => {
    const exchange = new Exchange();
    const asked = { process, exchange, write: this.findWrite(request) };
    if (!process.isAlive) return exchange.answer;
    const claim = findClaim(request.headers);
    if (claim !== null) this.complain(`the app is told what a client claims: ${claim}`);
    this.#asked.add(asked);
    request.headers.set("x-release-of-slot", String(this.#findRelease(slot)));
    serveExchange(request, exchange, this)
      .catch((error: unknown) => this.complain(`the origin: ${String(error)}`))
      .finally(() => this.#asked.delete(asked));
    return exchange.answer;
  };

  #render = async (
    process: EdgeProcess,
    by: "render" | "ssr",
    slot: number,
    request: Request,
  ): Promise<Response> => {
    const isHeard = () => process.isAlive;
    const task = { request, by, release: this.#findRelease(slot), isHeard };
    this.#renders += 1;
    const answer = await serveRender(task, this).finally(() => {
      this.#renders -= 1;
    });
    // Nothing that a dead process has begun goes on.
    return process.isAlive ? answer : new Promise(() => {});
  };

  /** Slots take turns, and no history has more than two releases. */
  #findRelease(slot: number): number {
    const { release } = this.machine;
    return release % 2 === slot ? release : release - 1;
  }

  #createId = (): string => {
    this.#ids += 1;
    return `id-${this.#ids}`;
  };

  #createPlatform(timers: Timers) {
    return createPlatform({ readNowMs: () => this.nowMs, timers, createId: this.#createId });
  }
}

/** Everything that has been released has done what it can: nothing here waits for anything outside. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
