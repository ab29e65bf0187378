/** The SSR server: HTTP outside, renderers inside. */

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type LiveAnswer, RENDER_LIMIT, RENDER_PATH } from "../../edge/render/contract.ts";
import { SSR_DRAIN_SECONDS } from "./contract.ts";
import { NO_IDLE_TIMEOUT } from "./no-idle-timeout.ts";
import { buildFailure } from "./render-failure.ts";
import { RendererPool } from "./renderer-pool.ts";
import { RequestBody } from "./request-body.ts";
import type { Bind, ServerOptions } from "./server-options.ts";

const DRAIN_POLL_MS = 20;

export interface RenderServer {
  /** Finishes what is under way, then ends the renderers. Then nothing keeps this process running. */
  readonly end: () => Promise<void>;
}

/** @param env what the renderers get */
export function startRenderServer(
  options: ServerOptions,
  env: Readonly<Record<string, string | undefined>>,
): RenderServer {
  const sockets = prepareSockets(options.bind);
  const pool = new RendererPool({
    ...options,
    env,
    socketPath: sockets.pathOf,
    log: (line) => console.error(line),
  });
  const common = {
    ...NO_IDLE_TIMEOUT, // how long a page may take is for the renderer to say
    development: false as const, // answers are ours, not Bun's error page
    fetch: (request: Request) => answer(request, pool),
  };
  const { bind } = options;
  const server =
    "unix" in bind ? Bun.serve({ ...common, ...bind }) : Bun.serve({ ...common, ...bind });
  pool.begin();
  return {
    end: async () => {
      void server.stop();
      const deadlineMs = performance.now() + SSR_DRAIN_SECONDS * 1000;
      while (server.pendingRequests > 0 && performance.now() < deadlineMs) {
        await sleep(DRAIN_POLL_MS);
      }
      await pool.end();
      await server.stop(true);
      sockets.remove();
    },
  };
}

async function answer(request: Request, pool: RendererPool): Promise<Response> {
  const path = new URL(request.url).pathname;
  if (path === RENDER_PATH.live) {
    return Response.json({ bundle: pool.ready?.bundle ?? "" } satisfies LiveAnswer);
  }
  if (path === RENDER_PATH.ready) {
    return pool.isReady
      ? Response.json(pool.ready)
      : buildFailure("overloaded", "no renderer is ready");
  }
  // The renderer says the same of bodies without a length, which stream.
  if (Number(request.headers.get("content-length")) > RENDER_LIMIT.propsBytes) {
    return buildFailure("bad-request", `the body has more than ${RENDER_LIMIT.propsBytes} bytes`);
  }
  const body = await RequestBody.of(request).catch(() => null);
  if (body === null) return buildFailure("bad-request", "the body broke off");
  return pool.render({ method: request.method, path, body, signal: request.signal });
}

/** Removes what a server that was killed left behind: its own socket, and those of its renderers. */
function prepareSockets(bind: Bind) {
  if (!("unix" in bind)) {
    const folder = mkdtempSync(join(tmpdir(), "mizan-ssr-"));
    return {
      pathOf: (number: number) => join(folder, `${number}.sock`),
      remove: () => rmSync(folder, { recursive: true, force: true }),
    };
  }
  const own = basename(bind.unix);
  for (const name of readdirSync(dirname(bind.unix))) {
    const isOwn = name === own || (name.startsWith(`${own}.`) && /\.\d+$/.test(name));
    if (isOwn) rmSync(join(dirname(bind.unix), name));
  }
  return {
    pathOf: (number: number) => `${bind.unix}.${number}`,
    remove: () => rmSync(bind.unix, { force: true }),
  };
}
