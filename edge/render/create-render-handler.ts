/** Answers what the contract asks of Render and of the SSR server, for one bundle of components. */

import { answerFailure, answerFragment, answerPage } from "./answer-render.ts";
import { encodeShell } from "./build-frame.ts";
import type { Renderer, RenderLimits } from "./component-render.ts";
import { type LiveAnswer, RENDER_LIMIT, RENDER_PATH, type ReadyAnswer } from "./contract.ts";
import { createErrorLocator } from "./locate-error.ts";
import type { RenderApp } from "./render-app.ts";
import { describeError, RenderError } from "./render-error.ts";
import { RenderSlots } from "./render-slots.ts";
import type { WaitUntil } from "./send-html.ts";

export interface RenderHandlerOptions {
  /** Default: `RENDER_LIMIT`. */
  readonly limits?: Partial<RenderLimits>;
}

/**
 * Answers every request of `contract.ts`; never rejects.
 * @param waitUntil keeps the isolate at work for a request whose client has gone, so that it can clean
 *   up; only workerd needs it
 */
export type RenderHandler = (request: Request, waitUntil?: WaitUntil) => Promise<Response>;

export function createRenderHandler(
  app: RenderApp,
  options: RenderHandlerOptions = {},
): RenderHandler {
  const limits: RenderLimits = { ...RENDER_LIMIT, ...options.limits };
  const slots = new RenderSlots(limits);
  const locate = createErrorLocator(app.loadSourceMaps);
  const renderer: Renderer = { app, limits, slots, locate };
  const shell = app.document === null ? null : encodeShell(app.document);

  function answer(request: Request, waitUntil: WaitUntil): Promise<Response> | Response {
    const { pathname } = new URL(request.url);
    switch (`${request.method} ${pathname}`) {
      case `POST ${RENDER_PATH.page}`:
        return answerPage(renderer, shell, request, waitUntil);
      case `POST ${RENDER_PATH.render}`:
        return answerFragment(renderer, request, waitUntil);
      case `GET ${RENDER_PATH.live}`:
        return Response.json({ bundle: app.bundle } satisfies LiveAnswer);
      case `GET ${RENDER_PATH.ready}`:
        return answerReady(app);
      default:
        throw new RenderError("bad-request", `nothing answers ${request.method} ${pathname}`);
    }
  }

  return async (request, waitUntil = () => {}) => {
    try {
      return await answer(request, waitUntil);
    } catch (error) {
      return answerFailure(renderer, null, error);
    }
  };
}

/** Loads every module: what does not load is said now, and none has to be loaded later. */
async function answerReady(app: RenderApp): Promise<Response> {
  const components = Object.entries(app.components);
  const broken: Record<string, string> = {};
  for (const [name, { load }] of components) {
    try {
      const loaded = await load();
      if (loaded.default === undefined) broken[name] = "it has no default export";
    } catch (error) {
      broken[name] = describeError(error);
    }
  }
  const ready: ReadyAnswer = { bundle: app.bundle, components: components.length, broken };
  return Response.json(ready);
}
