/** One process that renders: started, asked, watched and ended by the server. */

import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { RENDER_PATH, type ReadyAnswer } from "../../edge/render/contract.ts";
import { SSR_ENV } from "./contract.ts";
import { readResidentBytes } from "./process-memory.ts";
import { buildFailure } from "./render-failure.ts";
import type { RequestBody } from "./request-body.ts";

/** Loading all components may take this long. */
const READY_TIMEOUT_MS = 30_000;
const READY_POLL_MS = 20;
const LOOK_EVERY_MS = 250;
/** Between two looks: the machine slept, or this process itself got no time. Not the renderer's silence. */
const GAP_MS = 1_000;
const SILENT_MS = 3_000;
/**
 * Of one that has just begun with a suspect. Those who wait behind it have waited for `SILENT_MS` already,
 * and Django gives up after 5 s.
 */
const PROBE_SILENT_MS = 1_000;

/** From its connections' end until a process counts as ended. */
const DEATH_SEEN_MS = 1_000;

export interface RendererOptions {
  /** Shown in the log. */
  readonly name: string;
  /** Absolute. */
  readonly entry: string;
  /** Where it shall answer. */
  readonly socketPath: string;
  readonly memoryBytes: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface RenderRequest {
  readonly method: string;
  readonly path: string;
  readonly body: RequestBody;
  /** Aborted when whoever asked has gone. */
  readonly signal: AbortSignal;
}

export interface RendererAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: ArrayBuffer | ReadableStream<Uint8Array<ArrayBuffer>> | null;
}

export class Renderer {
  readonly name: string;
  readonly pid: number;
  /** null: it ended before. */
  readonly whenReady: Promise<ReadyAnswer | null>;
  /** How: `exit code 1`, `signal SIGKILL`, or why it was ended. */
  readonly whenEnded: Promise<string>;
  /** Renders under way. */
  inFlight = 0;
  /** Of them, those that are no suspects. */
  freshInFlight = 0;
  /** It renders suspects, and nothing else. */
  isAlone = false;
  /** One of them has just begun. */
  isProbing = false;
  isReady = false;
  wasAsked = false;
  readonly #options: RendererOptions;
  readonly #process: Bun.Subprocess<"pipe", "inherit", "inherit">;
  #killedBecause: string | null = null;

  constructor(options: RendererOptions) {
    this.#options = options;
    this.name = options.name;
    this.#process = Bun.spawn([process.execPath, options.entry], {
      env: { ...options.env, [SSR_ENV.rendererSocket]: options.socketPath },
      stdin: "pipe", // closes when we end, and so ends it
      stdout: "inherit",
      stderr: "inherit",
    });
    this.pid = this.#process.pid;
    this.whenEnded = this.#awaitEnd();
    this.whenReady = this.#awaitReady();
  }

  /** Ends it at once. */
  kill(reason: string): void {
    this.#killedBecause ??= reason;
    this.isReady = false;
    this.#process.kill("SIGKILL");
  }

  /** @returns null when the renderer died, and has ended, before anything was passed on */
  async ask(request: RenderRequest): Promise<RendererAnswer | null> {
    this.wasAsked = true;
    try {
      const response = await fetch(`http://localhost${request.path}`, {
        method: request.method,
        body: request.method === "POST" ? request.body.open() : null,
        signal: request.signal,
        redirect: "manual",
        unix: this.#options.socketPath,
      });
      const { status, headers } = response;
      const contentType = headers.get("content-type") ?? "text/plain";
      // With a length it is there as a whole (`held-answer.ts`).
      const isWhole = headers.has("content-length");
      return { status, contentType, body: isWhole ? await response.arrayBuffer() : response.body };
    } catch (error) {
      if (request.signal.aborted) return null;
      const timer = new AbortController();
      const isAlive = await Promise.race([
        this.whenEnded.then(() => false),
        sleep(DEATH_SEEN_MS, true, { signal: timer.signal }).catch(() => true),
      ]);
      timer.abort();
      return isAlive ? buildBrokenOff(error) : null;
    }
  }

  /** Resolves once it shows, `afterMs` from now, that it does not hang; or has ended. */
  async whenLive(afterMs: number): Promise<void> {
    await sleep(afterMs);
    while (!this.#hasEnded() && (await this.#get(RENDER_PATH.live)) === null) await sleep(afterMs);
  }

  async #awaitEnd(): Promise<string> {
    const code = await this.#process.exited;
    this.isReady = false;
    await rm(this.#options.socketPath, { force: true });
    const signal = this.#process.signalCode;
    return this.#killedBecause ?? (signal === null ? `exit code ${code}` : `signal ${signal}`);
  }

  async #awaitReady(): Promise<ReadyAnswer | null> {
    const deadlineMs = performance.now() + READY_TIMEOUT_MS;
    while (!this.#hasEnded()) {
      const answer = await this.#get(RENDER_PATH.ready);
      if (answer?.ok === true) {
        const ready = (await answer.json()) as ReadyAnswer; // our own child says it
        this.isReady = !this.#hasEnded();
        void this.#watch();
        return ready;
      }
      if (performance.now() > deadlineMs) this.kill("was not ready in time");
      await sleep(READY_POLL_MS);
    }
    return null;
  }

  /** Ends it when it hangs or holds too much memory. */
  async #watch(): Promise<void> {
    let lookedAtMs = performance.now();
    let answeredAtMs = lookedAtMs;
    let isAsking = false;
    while (!this.#hasEnded()) {
      await sleep(LOOK_EVERY_MS);
      const nowMs = performance.now();
      if (nowMs - lookedAtMs > GAP_MS) answeredAtMs = nowMs;
      lookedAtMs = nowMs;
      const silentMs = nowMs - answeredAtMs;
      if (silentMs >= (this.isProbing ? PROBE_SILENT_MS : SILENT_MS)) {
        return this.kill(`was silent for ${(silentMs / 1000).toFixed(1)} s`);
      }
      const { memoryBytes } = this.#options;
      if (((await readResidentBytes(this.pid)) ?? 0) > memoryBytes) {
        return this.kill(`held more than ${Math.round(memoryBytes / 2 ** 20)} MiB`);
      }
      if (isAsking) continue;
      isAsking = true;
      void this.#get(RENDER_PATH.live).then((answer) => {
        isAsking = false;
        if (answer !== null) answeredAtMs = performance.now();
      });
    }
  }

  /** @returns null when there is no answer */
  async #get(path: string): Promise<Response | null> {
    try {
      return await fetch(`http://localhost${path}`, { unix: this.#options.socketPath });
    } catch {
      return null;
    }
  }

  #hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }
}

/** The answer failed before its first byte, and the renderer goes on. */
function buildBrokenOff(error: unknown): RendererAnswer {
  const failure = buildFailure("threw", `the renderer gave no answer: ${String(error)}`);
  return { status: failure.status, contentType: "application/json", body: failure.body };
}
