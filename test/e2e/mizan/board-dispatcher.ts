/** Changes lines of the deployed `examples/monorepo`, one change after the other, as fast as it is told. */

import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

const boardSchema = z.object({
  lines: z.array(
    z.object({ id: z.number(), change: z.object({ version: z.number() }).nullable() }),
  ),
});
const madeSchema = z.object({ change: z.object({ version: z.number() }) });

export class BoardDispatcher {
  readonly #origin: string;
  readonly #cookies = new Map<string, string>();
  /** Line to the version of its last change. */
  readonly #seen = new Map<number, number>();
  /** Of the last change that was made. */
  version = 0;

  private constructor(origin: string) {
    this.#origin = origin;
  }

  static async signIn(origin: string, username: string, password: string) {
    const dispatcher = new BoardDispatcher(origin);
    await dispatcher.#ask("GET", "/api/session/");
    await dispatcher.#ask("POST", "/api/session/", { username, password });
    const { lines } = boardSchema.parse(await dispatcher.#ask("GET", "/api/board/"));
    for (const { id, change } of lines) dispatcher.#seen.set(id, change?.version ?? 0);
    return dispatcher;
  }

  /** One change, of a line whose turn it is. @throws unless it was made */
  async change(): Promise<void> {
    const ids = [...this.#seen.keys()];
    const id = ids[this.version % ids.length];
    if (id === undefined) throw new Error("the board has no lines");
    const body = { state: "delays", message: `after ${this.version}`, seen: this.#seen.get(id) };
    const { change } = madeSchema.parse(await this.#ask("POST", `/api/lines/${id}/`, body));
    this.#seen.set(id, change.version);
    this.version = change.version;
  }

  /** Changes for as long as the work takes. @throws as `work` or `change` */
  async changeDuring<T>(work: Promise<T>, everyMs: number): Promise<T> {
    let isDone = false;
    const finish = () => {
      isDone = true;
    };
    work.then(finish, finish);
    while (!isDone) {
      await this.change();
      await sleep(everyMs);
    }
    return work;
  }

  async #ask(method: "GET" | "POST", path: string, body?: object): Promise<unknown> {
    const answer = await fetch(new URL(path, this.#origin), {
      method,
      headers: {
        cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; "),
        "content-type": "application/json",
        origin: this.#origin,
        "x-csrftoken": this.#cookies.get("csrftoken") ?? "",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      this.#cookies.set(name, value);
    }
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }
}
