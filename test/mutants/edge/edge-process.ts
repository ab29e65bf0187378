/** One process of the Edge: its own instance of the real code, its timers, its end. */

import type {
  EdgeReport,
  EdgeStart,
  EdgeState,
  HoldRequest,
} from "../../../edge/cache/contract.ts";
import type { EdgeMemory, EdgeModules } from "./load-edge.ts";
import type { Timers } from "./platform.ts";

export interface ProcessOptions {
  readonly modules: EdgeModules;
  readonly timers: Timers;
  readonly start: EdgeStart;
  readonly state: EdgeState;
  /** Asks the origin of a slot on behalf of this process. */
  readonly ask: (process: EdgeProcess, slot: number, request: Request) => Promise<Response>;
  /** The same of Render and the SSR server. */
  readonly render: (
    process: EdgeProcess,
    by: "render" | "ssr",
    slot: number,
    request: Request,
  ) => Promise<Response>;
}

const SLOTS = [0, 1];

export class EdgeProcess {
  readonly timers: Timers;
  /** Resolves at its death. */
  readonly died: Promise<null>;
  /** New connections reach it. */
  isAccepting = true;
  isAlive = true;
  readonly #modules: EdgeModules;
  readonly #memory: EdgeMemory;
  readonly #env: object;
  #die: () => void = () => {};

  constructor({ modules, timers, start, state, ask, render }: ProcessOptions) {
    this.timers = timers;
    this.#modules = modules;
    this.#memory = new modules.EdgeMemory();
    const origins = SLOTS.flatMap((slot) => [
      [`ORIGIN_${slot}`, { fetch: (request: Request) => ask(this, slot, request) }],
      [`RENDER_${slot}`, { fetch: (request: Request) => render(this, "render", slot, request) }],
      [`SSR_${slot}`, { fetch: (request: Request) => render(this, "ssr", slot, request) }],
    ]);
    // As they would be read from the process's configuration.
    const bindings = structuredClone({ START: start, INITIAL_STATE: state });
    this.#env = { ...bindings, ...Object.fromEntries(origins) };
    this.died = new Promise((resolve) => {
      this.#die = () => resolve(null);
    });
  }

  /** @param survivor stored answers of the process before; null: none, as it always is */
  async load(survivor: object | null): Promise<void> {
    await this.#memory.load(this.#env);
    const { cache } = this.#memory;
    if (cache !== null && survivor !== null) Object.assign(cache, { entries: survivor });
  }

  get entries(): object | null {
    return this.#memory.cache?.entries ?? null;
  }

  answer(request: Request): Response | Promise<Response> {
    return this.#modules.answerRequest({
      request,
      env: this.#env,
      memory: this.#memory,
      waitUntil: (promise) => void promise.catch(() => undefined),
    });
  }

  putRelease(state: EdgeState): Promise<unknown> {
    return this.#control("PUT", "/release", state);
  }

  hold(request: HoldRequest): Promise<unknown> {
    return this.#control("POST", "/hold", request);
  }

  async report(): Promise<EdgeReport> {
    return (await this.#control("GET", "/state", null)) as EdgeReport;
  }

  /** Nothing that it has begun goes on. */
  kill(): void {
    this.isAlive = false;
    this.isAccepting = false;
    this.#die();
  }

  async #control(method: string, path: string, body: unknown): Promise<unknown> {
    const init = body === null ? { method } : { method, body: JSON.stringify(body) };
    const request = new Request(`http://edge${path}`, init);
    const answer = await this.#modules.answerControl(request, this.#env, this.#memory);
    const json: unknown = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(json)}`);
    return json;
  }
}
