/** The SSR server as a program: see `contract.ts` for how it is started. */

import { startRenderServer } from "./render-server.ts";
import { parseServerOptions } from "./server-options.ts";

const { env } = process;
const server = startRenderServer(parseServerOptions(env), env);

let isEnding = false;
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => {
    if (isEnding) return;
    isEnding = true;
    void server.end();
  });
}
