/** Sends one page or fragment as it is rendered, with what arrives late in between. */

import type { ComponentRender } from "./component-render.ts";
import type { HtmlFrame } from "./html-frame.ts";
import { describeError } from "./render-error.ts";
import type { TurnReader } from "./turn-reader.ts";

type Controller = ReadableStreamDefaultController<Uint8Array>;

const encoder = new TextEncoder();

/**
 * Takes no notice of how fast it is read: what is rendered lies in memory anyway, here or in the
 * renderer, and is bounded.
 */
export class HtmlSending {
  readonly #reader: TurnReader;
  readonly #frame: HtmlFrame;
  readonly #render: ComponentRender;
  /** null: before and after. */
  #controller: Controller | null = null;
  /** The component's last byte is sent. */
  #isRendered = false;
  #isLateScheduled = false;
  #onLateComplete: () => void = () => {};

  constructor(reader: TurnReader, frame: HtmlFrame, render: ComponentRender) {
    this.#reader = reader;
    this.#frame = frame;
    this.#render = render;
  }

  /**
   * Sends everything, or breaks the stream off. Never rejects.
   * @param first what the frame begins with
   * @param isRendered the component's last byte is in it
   */
  async send(
    controller: Controller,
    first: readonly Uint8Array[],
    isRendered: boolean,
  ): Promise<void> {
    this.#controller = controller;
    const lateComplete = this.#startLate();
    this.#render.startPageTimer(
      () => this.#frame.late?.failRest(),
      (error) => this.#breakOff(error),
    );
    try {
      for (const bytes of first) this.#write(bytes);
      if (!isRendered) await this.#reader.readRest((chunk) => this.#write(chunk));
      this.#isRendered = true;
      await lateComplete;
      for (const bytes of this.#frame.end(this.#render.outcome)) this.#write(bytes);
      this.#controller?.close();
      this.#controller = null;
    } catch (error) {
      this.#breakOff(error);
    }
    this.#render.end();
    await this.#render.logCaught();
  }

  /** Whoever read it has gone. */
  cancel(reason: unknown): void {
    this.#controller = null;
    this.#render.cancel(reason);
    this.#onLateComplete();
  }

  #write(bytes: Uint8Array): void {
    if (bytes.byteLength > 0) this.#controller?.enqueue(bytes);
  }

  /** The reader sees that the connection breaks, and no end mark. */
  #breakOff(error: unknown): void {
    if (this.#controller !== null) {
      const { component } = this.#render;
      const message = describeError(error);
      console.error(JSON.stringify({ event: "broken-off", component, message }));
      this.#controller.error(error);
      this.#controller = null;
    }
    this.#render.cancel(error);
    this.#onLateComplete();
  }

  /** @returns settles once the last late context is written */
  #startLate(): Promise<void> {
    const { late } = this.#frame;
    if (late === null || late.isComplete) return Promise.resolve();
    late.onArrival = () => this.#scheduleLate();
    return new Promise((resolve) => {
      this.#onLateComplete = resolve;
    });
  }

  /** In a turn of its own, for the renderer may be in the middle of a tag. */
  #scheduleLate(): void {
    if (this.#isLateScheduled) return;
    this.#isLateScheduled = true;
    setTimeout(() => {
      this.#isLateScheduled = false;
      if (this.#isRendered || this.#reader.isAtRest) this.#writeLate();
      else this.#scheduleLate();
    }, 0);
  }

  #writeLate(): void {
    const { late } = this.#frame;
    if (late === null) return;
    this.#write(encoder.encode(late.takeScripts()));
    if (late.isComplete) this.#onLateComplete();
  }
}
