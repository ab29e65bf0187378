/** How many large request bodies an origin bears at once without being held up by slow clients. Pure. */

import type { LaunchPlan } from "./launch-plan.ts";

/** `THREADS_PER_WSGI_WORKER` of `mizan_runtime/serve/run.py`; a test compares the two. */
export const THREADS_PER_WSGI_WORKER = 4;

/** Under ASGI a body that comes in keeps no thread: this bounds temporary files alone. */
const ASGI_STREAMS = 64;

/** A WSGI thread waits for the body that it reads: half of them stay free for all else. */
export function countStreams({
  interface: kind,
  workers,
}: Pick<LaunchPlan, "interface" | "workers">): number {
  return kind === "asgi" ? ASGI_STREAMS : ((workers ?? 1) * THREADS_PER_WSGI_WORKER) / 2;
}
