/** What a renderer is: the app's components behind one socket, for the server that started it. */

import { createRenderHandler } from "../../edge/render/create-render-handler.ts";
import type { RenderApp } from "../../edge/render/render-app.ts";
import { SSR_ENV } from "./contract.ts";
import { holdAnswer } from "./held-answer.ts";
import { NO_IDLE_TIMEOUT } from "./no-idle-timeout.ts";

export {
  createReactAdapter,
  createSvelteAdapter,
  createVueAdapter,
} from "../../edge/render/index.ts";

/**
 * Answers until the server that started this process has ended.
 * @throws {Error} when it was not started by one
 */
export function serveRenders(app: RenderApp): void {
  // biome-ignore lint/style/noProcessEnv: the renderer is a program of its own
  const socketPath = process.env[SSR_ENV.rendererSocket];
  if (socketPath === undefined) throw new Error(`${SSR_ENV.rendererSocket} is not set`);
  const handle = createRenderHandler(app);
  Bun.serve({
    unix: socketPath,
    ...NO_IDLE_TIMEOUT,
    development: false, // answers are ours, not Bun's error page
    fetch: async (request) => {
      const response = await handle(request);
      // A page whose contexts come late (its body has no length) waits for them, so it streams.
      return request.headers.has("content-length") ? holdAnswer(response) : response;
    },
  });
  keepRunning();
  void endWithServer();
}

/**
 * What a component left behind (a timer, a promise that nobody awaits) ends no render of another
 * one, as in workerd. The server's signals are for the server: it ends us once we have finished.
 */
function keepRunning(): void {
  process.on("uncaughtException", (error) => console.error(error));
  process.on("unhandledRejection", (error) => console.error(error));
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => undefined);
}

/** stdin is a pipe from the server: it closes when that ends, however it ends. */
async function endWithServer(): Promise<void> {
  for await (const _ of Bun.stdin.stream()) {
    // Nothing is ever written to it.
  }
  process.kill(process.pid, "SIGKILL");
}
