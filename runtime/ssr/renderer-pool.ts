/**
 * Hands renders to processes that may die of them. Whatever was with a renderer that died is suspect
 * and rendered once more, alone: an innocent one so gets its answer, and the guilty one is known.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { RENDER_LIMIT, type ReadyAnswer } from "../../edge/render/contract.ts";
import { buildFailureResponse } from "../../edge/render/render-error.ts";
import { buildFailure, readComponentName } from "./render-failure.ts";
import { RenderQueue } from "./render-queue.ts";
import { Renderer, type RendererAnswer, type RenderRequest } from "./renderer.ts";
import { watchStream } from "./watched-stream.ts";

/** Of starts in a row that failed; the last one for all further. */
const RESTART_DELAYS_MS = [100, 500, 1_000, 2_000, 5_000] as const;
/** A component that ended a renderer is rendered alone for this long. */
const GUILTY_MS = 60_000;

/** A suspect that has rendered for so long, with its renderer live, has most likely ended none. */
const PROBE_MS = 50;
/** The first, as a suspect, and once more if one that came later ended its renderer. */
const MOST_TRIES = 3;

export interface RendererPoolOptions {
  readonly renderers: number;
  readonly memoryBytes: number;
  /** Absolute. */
  readonly entry: string;
  /** Of the renderer of that number, which is never used twice. */
  readonly socketPath: (number: number) => string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: (line: string) => void;
}

interface Job {
  readonly request: RenderRequest;
  readonly settle: (response: Response) => void;
  tries: number;
}

export class RendererPool {
  readonly #options: RendererPoolOptions;
  readonly #renderers = new Set<Renderer>();
  readonly #fresh = new RenderQueue<Job>(refuseJob);
  readonly #suspects = new RenderQueue<Job>(refuseJob);
  /** Of components that ended a renderer lately: nobody waits behind them who need not. */
  readonly #guilty = new RenderQueue<Job>(refuseJob);
  readonly #guiltyUntilMs = new Map<string, number>();
  /** The suspect that is guilty if its renderer ends now. */
  #probed: Job | null = null;
  #startedCount = 0;
  #ready: ReadyAnswer | null = null;
  #isEnding = false;

  constructor(options: RendererPoolOptions) {
    this.#options = options;
  }

  begin(): void {
    for (let count = 0; count < this.#options.renderers; count += 1) void this.#keepOne();
  }

  /** Ends every renderer, whatever it does. */
  async end(): Promise<void> {
    this.#isEnding = true;
    for (const renderer of this.#renderers) renderer.kill("was not needed any more");
    await Promise.all([...this.#renderers].map((renderer) => renderer.whenEnded));
  }

  /** As a renderer said it; null: none was ready yet. */
  get ready(): ReadyAnswer | null {
    return this.#ready;
  }

  get isReady(): boolean {
    return this.#list().length > 0;
  }

  async render(request: RenderRequest): Promise<Response> {
    if (this.#waiting >= RENDER_LIMIT.waiting) return buildFailure("overloaded", "too many wait");
    const isGuilty = await this.#isOfGuilty(request);
    return new Promise((settle) => {
      (isGuilty ? this.#guilty : this.#fresh).put({ request, settle, tries: 0 });
      this.#dispatch();
    });
  }

  get #waiting(): number {
    return this.#fresh.size + this.#suspects.size + this.#guilty.size;
  }

  #list(): Renderer[] {
    return [...this.#renderers].filter(({ isReady }) => isReady);
  }

  /** Starts a renderer each time the one before has ended. */
  async #keepOne(): Promise<void> {
    let failures = 0;
    while (!this.#isEnding) {
      const renderer = this.#startOne();
      const ready = await renderer.whenReady;
      if (ready !== null) {
        this.#ready = ready;
        this.#dispatch();
      }
      const how = await renderer.whenEnded;
      // One that was asked nothing died of itself, and the next one will, too.
      failures = renderer.wasAsked ? 0 : failures + 1;
      this.#renderers.delete(renderer);
      if (this.#isEnding) return;
      this.#options.log(`${renderer.name} (process ${renderer.pid}) ended: ${how}`);
      if (failures > 0) await sleep(RESTART_DELAYS_MS[failures - 1] ?? 5_000);
    }
  }

  #startOne(): Renderer {
    this.#startedCount += 1;
    const { entry, memoryBytes, env, socketPath } = this.#options;
    const renderer = new Renderer({
      name: `renderer ${this.#startedCount}`,
      socketPath: socketPath(this.#startedCount),
      entry,
      memoryBytes,
      env,
    });
    this.#renderers.add(renderer);
    return renderer;
  }

  #dispatch(): void {
    this.#giveSuspect();
    for (;;) {
      const renderer = this.#pickForFresh();
      const job = renderer === null ? null : this.#fresh.take();
      if (renderer === null || job === null) return;
      void this.#run(renderer, job);
    }
  }

  /** One renderer is for suspects; it first finishes what it has. */
  #giveSuspect(): void {
    const hasSuspects = this.#suspects.size + this.#guilty.size > 0;
    const alone =
      this.#list().find(({ isAlone }) => isAlone) ?? (hasSuspects ? this.#pickAlone() : null);
    if (alone === null) return;
    alone.isAlone = hasSuspects || alone.isProbing;
    if (alone.isProbing || alone.freshInFlight > 0) return;
    const job = this.#suspects.take() ?? this.#guilty.take();
    if (job !== null) void this.#probe(alone, job);
  }

  /** An idle one, such as the successor of the one that ended, is worth waiting for. */
  #pickAlone(): Renderer | null {
    const ready = this.#list();
    const idle = ready.find(({ inFlight }) => inFlight === 0);
    return idle ?? (ready.length === this.#options.renderers ? pickLeastBusy(ready) : null);
  }

  /** What has not ended a renderer in its first moments goes on beside the next one. */
  async #probe(renderer: Renderer, job: Job): Promise<void> {
    renderer.isProbing = true;
    this.#probed = job;
    void this.#run(renderer, job);
    await renderer.whenLive(PROBE_MS);
    if (this.#probed === job) this.#clear(renderer);
    this.#dispatch();
  }

  #clear(renderer: Renderer): void {
    renderer.isProbing = false;
    this.#probed = null;
  }

  #pickForFresh(): Renderer | null {
    const limit = Math.ceil(RENDER_LIMIT.atOnce / this.#options.renderers);
    return pickLeastBusy(
      this.#list().filter(({ isAlone, inFlight }) => !isAlone && inFlight < limit),
    );
  }

  async #run(renderer: Renderer, job: Job): Promise<void> {
    const isFresh = !renderer.isAlone;
    job.tries += 1;
    renderer.inFlight += 1;
    if (isFresh) renderer.freshInFlight += 1;
    const answer = await renderer.ask(job.request);
    const isGuilty = answer === null && (this.#probed === job || job.tries === MOST_TRIES);
    if (this.#probed === job) this.#clear(renderer);
    if (answer === null) await this.#retryOrFail(job, isGuilty);
    else await settleJob(job, answer);
    renderer.inFlight -= 1;
    if (isFresh) renderer.freshInFlight -= 1;
    this.#dispatch();
  }

  async #retryOrFail(job: Job, isGuilty: boolean): Promise<void> {
    if (job.request.signal.aborted) return refuseJob(job);
    if (!isGuilty) return this.#suspects.put(job);
    const component = readComponentName(await job.request.body.readFirstLine());
    if (component !== null) this.#guiltyUntilMs.set(component, performance.now() + GUILTY_MS);
    const message = "the renderer ended while it rendered this";
    const error = { kind: "threw", component, message, location: null } as const;
    // The same line as the renderers write for what throws.
    this.#options.log(JSON.stringify({ event: "not-rendered", ...error }));
    job.settle(buildFailureResponse({ error }));
  }

  async #isOfGuilty(request: RenderRequest): Promise<boolean> {
    const nowMs = performance.now();
    for (const [component, untilMs] of this.#guiltyUntilMs) {
      if (untilMs < nowMs) this.#guiltyUntilMs.delete(component);
    }
    if (this.#guiltyUntilMs.size === 0) return false;
    const component = readComponentName(await request.body.readFirstLine());
    return component !== null && this.#guiltyUntilMs.has(component);
  }
}

/** Resolves once nothing of the answer is under way any more. */
async function settleJob({ settle }: Job, { status, contentType, body }: RendererAnswer) {
  const init = { status, headers: { "content-type": contentType } };
  if (!(body instanceof ReadableStream)) return settle(new Response(body, init));
  await new Promise<void>((resolve) => settle(new Response(watchStream(body, resolve), init)));
}

function refuseJob({ settle }: Job): void {
  settle(buildFailure("overloaded", "no renderer was free in time"));
}

function pickLeastBusy(renderers: readonly Renderer[]): Renderer | null {
  return renderers.reduce<Renderer | null>(
    (least, one) => (least === null || one.inFlight < least.inFlight ? one : least),
    null,
  );
}
