/**
 * The Edge: stands before the origin, serves static and uploaded files, answers contexts, page routes
 * of the manifest and declared pages from its memory, follows mutations, passes on everything else.
 *
 * - Public listener (default export): `/_mizan/*` 404 but for `POST /_mizan/invalidate`; files of the
 *   live release, then of kept ones; uploads under the media prefix; declared pages, rendered by the
 *   release's Render or SSR server; the fallback document at `/` and
 *   for pages that Django does not resolve; reads and mutations of the manifest; else the origin of
 *   the live slot. 400 for a bad Host, 503 before the first release, 502 when the origin does not
 *   answer.
 * - Control (`control`): see `control.ts`.
 *
 * Read: Host, Upgrade, Range, If-*, Accept, Sec-Fetch-Mode, and for reads Origin, X-Mizan-Token,
 * Authorization, Cookie, Accept-Language. Set: see `forwarded-headers.ts`, `edge-wire.ts`, and
 * `X-Mizan-Edge`, `Cache-Status` and `Server-Timing` on every answer. Never stored: a status other
 * than 200, Set-Cookie, answers to requests with a session cookie or Authorization (`decide-*.ts`).
 */

import { answerRequest } from "./answer-request.ts";
import { answerControl } from "./control/control.ts";
import type { Env } from "./env.ts";
import { EdgeMemory } from "./memory/edge-memory.ts";

/** Both entrypoints live in one isolate, so what one is told the other serves. */
const memory = new EdgeMemory();

export default {
  fetch(request, env, context) {
    const waitUntil = (promise: Promise<unknown>) => context.waitUntil(promise);
    return answerRequest({ request, env, memory, waitUntil });
  },
} satisfies ExportedHandler<Env>;

export const control = {
  fetch: (request, env) => answerControl(request, env, memory),
} satisfies ExportedHandler<Env>;
