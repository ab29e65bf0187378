/** Render: a worker that carries the app's components with it. */

import {
  createRenderHandler,
  type RenderHandler,
  type RenderHandlerOptions,
} from "./create-render-handler.ts";
import type { RenderApp } from "./render-app.ts";

/** As far as a worker's runtime needs it. */
export interface RenderWorker {
  readonly fetch: (
    request: Request,
    env: unknown,
    context: { waitUntil(promise: Promise<unknown>): void },
  ) => ReturnType<RenderHandler>;
}

export function createRenderWorker(app: RenderApp, options?: RenderHandlerOptions): RenderWorker {
  const handle = createRenderHandler(app, options);
  return {
    fetch(request, _env, context) {
      const answer = handle(request, (promise) => context.waitUntil(promise));
      // A client that goes away must not keep its slot: the answer is seen to its end.
      context.waitUntil(answer);
      return answer;
    },
  };
}
