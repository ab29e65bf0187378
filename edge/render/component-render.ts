/** One render of one component: its slot, its time, and what went wrong in it. */

import type { PageOutcome, RENDER_LIMIT } from "./contract.ts";
import type { ErrorLocator } from "./locate-error.ts";
import type { AdapterResult, RenderApp, RenderComponent } from "./render-app.ts";
import { describeError, RenderError } from "./render-error.ts";
import type { RenderSlots } from "./render-slots.ts";

export type RenderLimits = { readonly [Name in keyof typeof RENDER_LIMIT]: number };

/** What all renders of a bundle share. */
export interface Renderer {
  readonly app: RenderApp;
  readonly limits: RenderLimits;
  readonly slots: RenderSlots;
  readonly locate: ErrorLocator;
}

/** After its time a renderer has as long to come to an end by itself. */
const GRACE_MS = 1_000;

export class ComponentRender {
  readonly component: string;
  readonly #renderer: Renderer;
  readonly #abort = new AbortController();
  /** Errors that boundaries took. */
  readonly #caught: unknown[] = [];
  /** Called once when it ends. */
  onEnd: () => void = () => {};
  #shellTimeout: Promise<never> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasSlot = false;
  #isEnded = false;
  #isCancelled = false;

  constructor(renderer: Renderer, component: string) {
    this.#renderer = renderer;
    this.component = component;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  get outcome(): PageOutcome {
    return this.#caught.length === 0 ? "complete" : "recovered";
  }

  /**
   * Renders up to the shell. Must be ended, whatever happens.
   * @throws {RenderError} unknown-component, overloaded, timeout; and what the component throws
   */
  async open(props: Readonly<Record<string, unknown>>, isInner: boolean): Promise<AdapterResult> {
    const { app, limits } = this.#renderer;
    const component = Object.hasOwn(app.components, this.component)
      ? app.components[this.component]
      : undefined;
    if (component === undefined)
      throw new RenderError("unknown-component", "there is no such component");
    this.#shellTimeout = this.#startShellTimer(limits.shellMs);
    return this.withinShellTime(this.#render(component, props, isInner));
  }

  /** @throws {RenderError} timeout, when it takes longer than the shell may, counted from `open` */
  withinShellTime<T>(promise: Promise<T>): Promise<T> {
    return this.#shellTimeout === null ? promise : Promise.race([promise, this.#shellTimeout]);
  }

  /**
   * From the shell on: after the page's time boundaries that are open are left to the browser, and if even
   * that does not end the stream, it is broken off.
   */
  startPageTimer(onTimeout: () => void, onHopeless: (error: Error) => void): void {
    this.#stopTimer();
    this.#timer = setTimeout(() => {
      const reason = new RenderError("timeout", "what is not rendered yet took too long");
      this.#timer = setTimeout(() => onHopeless(reason), GRACE_MS);
      this.#caught.push(reason);
      this.#abort.abort(reason);
      onTimeout();
    }, this.#renderer.limits.pageMs);
  }

  /** Nobody wants it any more, or it came to nothing. */
  cancel(reason: unknown): void {
    this.#isCancelled = true;
    this.#abort.abort(reason);
    this.end();
  }

  /** Gives back what it held. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#stopTimer();
    if (this.#hasSlot) this.#renderer.slots.free();
    this.onEnd();
  }

  /** Whether there is something to log. */
  get hasCaught(): boolean {
    return !this.#isCancelled && this.#caught.length > 0;
  }

  /** Writes the first error that a boundary took to the log. */
  async logCaught(): Promise<void> {
    if (!this.hasCaught) return;
    const [error] = this.#caught;
    const location = await this.#renderer.locate(error);
    const { component } = this;
    const message = describeError(error);
    const count = this.#caught.length;
    console.error(JSON.stringify({ event: "recovered", component, message, location, count }));
  }

  async #render(
    component: RenderComponent,
    props: Readonly<Record<string, unknown>>,
    isInner: boolean,
  ): Promise<AdapterResult> {
    await this.#takeSlot();
    const { default: loaded } = await component.load();
    if (loaded === undefined) throw new RenderError("threw", "it has no default export");
    const adapter = this.#renderer.app.adapters[component.framework];
    if (adapter === undefined)
      throw new RenderError("threw", `the bundle has no ${component.framework}`);
    const onError = (error: unknown) => void this.#caught.push(error);
    const { signal } = this.#abort;
    return adapter.render(loaded, { props, signal, onError, isInner });
  }

  async #takeSlot(): Promise<void> {
    await this.#renderer.slots.take();
    if (this.#isEnded) {
      this.#renderer.slots.free();
      throw new RenderError("timeout", "it was given up while it waited");
    }
    this.#hasSlot = true;
  }

  #stopTimer(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
  }

  #startShellTimer(shellMs: number): Promise<never> {
    return new Promise((_, reject) => {
      this.#timer = setTimeout(() => {
        const error = this.#hasSlot
          ? new RenderError("timeout", `nothing was rendered within ${shellMs} ms`)
          : new RenderError("overloaded", `no turn came within ${shellMs} ms`);
        reject(error);
        this.#abort.abort(error);
      }, shellMs);
    });
  }
}
