/** What waits for a renderer, in order, and not for ever. */

import { RENDER_LIMIT } from "../../edge/render/contract.ts";

export class RenderQueue<Job> {
  readonly #timers = new Map<Job, ReturnType<typeof setTimeout>>();
  readonly #refuse: (job: Job) => void;
  readonly #waitMs: number;

  /** @param refuse called with what has waited for `waitMs` in vain */
  constructor(refuse: (job: Job) => void, waitMs: number = RENDER_LIMIT.shellMs) {
    this.#refuse = refuse;
    this.#waitMs = waitMs;
  }

  get size(): number {
    return this.#timers.size;
  }

  put(job: Job): void {
    const timer = setTimeout(() => {
      this.#timers.delete(job);
      this.#refuse(job);
    }, this.#waitMs);
    this.#timers.set(job, timer);
  }

  /** The one that has waited longest. */
  take(): Job | null {
    const first = this.#timers.entries().next();
    if (first.done === true) return null;
    const [job, timer] = first.value;
    clearTimeout(timer);
    this.#timers.delete(job);
    return job;
  }
}
