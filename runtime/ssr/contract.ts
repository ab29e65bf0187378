/**
 * How the SSR server is started: `bun dist/ssr/server.mjs`. What it answers is
 * `edge/render/contract.ts`. Imports nothing.
 *
 * It renders in processes of its own, `bun <entry>`, which the deploy generates:
 *
 *     import { createReactAdapter, serveRenders } from "<dist/ssr/child.mjs>";
 *     serveRenders(app);
 *
 * They get the server's environment. SIGTERM: what is under way is finished, for 10 s at most.
 * What components print goes to the server's stdout and stderr.
 */

/** Environment variables that the server reads. Paths are absolute. */
export const SSR_ENV = {
  /** Where to listen, `unix:/path` or `host:port`. Beside a socket there are those of its renderers, `<path>.<n>`. */
  bind: "MIZAN_SSR_BIND",
  /** Module that a renderer runs. */
  entry: "MIZAN_SSR_ENTRY",
  /** Processes that render; unset: `SSR_DEFAULT.renderers`. */
  renderers: "MIZAN_SSR_RENDERERS",
  /** Resident memory above which a renderer is ended; unset: `SSR_DEFAULT.memoryBytes`. */
  memoryBytes: "MIZAN_SSR_MEMORY_BYTES",
  /** Only from the server to a renderer: the socket that it answers on. */
  rendererSocket: "MIZAN_SSR_RENDERER_SOCKET",
} as const;

export const SSR_DEFAULT = {
  /** One goes on while the other looks after what may have ended its predecessor. */
  renderers: 2,
  memoryBytes: 512 * 1024 * 1024,
} as const;

/** After SIGTERM: what is under way may take this long. */
export const SSR_DRAIN_SECONDS = 10;
