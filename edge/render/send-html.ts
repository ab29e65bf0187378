/** Sends what a renderer writes inside of what stands around it: at once if it is all there, else as a stream. */

import type { ComponentRender } from "./component-render.ts";
import type { HtmlFrame } from "./html-frame.ts";
import { HtmlSending } from "./html-sending.ts";
import { joinBytes } from "./join-bytes.ts";
import type { AdapterResult } from "./render-app.ts";
import { TurnReader } from "./turn-reader.ts";

export type WaitUntil = (promise: Promise<unknown>) => void;

export interface SendOptions {
  readonly render: ComponentRender;
  /** Of the component's HTML. */
  readonly maxBytes: number;
  readonly waitUntil: WaitUntil;
}

const HEADERS = { "content-type": "text/html; charset=utf-8" };

/**
 * Ends the render, unless it throws.
 * @throws what the component throws before anything was sent
 */
export async function sendHtml(
  result: AdapterResult,
  frame: HtmlFrame,
  options: SendOptions,
): Promise<Response> {
  const { render, waitUntil } = options;
  const reader = new TurnReader(result, options.maxBytes);
  const turn = await render.withinShellTime(reader.readTurn());
  const first = frame.begin(turn, result.head);
  if (turn.isLast && (frame.late?.isComplete ?? true)) {
    render.end();
    if (render.hasCaught) waitUntil(render.logCaught());
    const whole = joinBytes([...first, ...frame.end(render.outcome)]);
    return new Response(whole, { headers: HEADERS });
  }
  const sending = new HtmlSending(reader, frame, render);
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => waitUntil(sending.send(controller, first, turn.isLast)),
    cancel: (reason) => sending.cancel(reason),
  });
  return new Response(body, { headers: HEADERS });
}
