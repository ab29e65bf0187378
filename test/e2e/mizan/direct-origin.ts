/** The deployed app past its Edge: what it says to exactly this question, so that nothing cached can be in it. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { environmentPaths } from "../../../cli/targets/local/environment-paths.ts";
import { requestOverSocket } from "../../../cli/tools/request-over-socket.ts";
import type { EdgeState } from "../../../edge/cache/contract.ts";

export interface DirectQuestion {
  readonly path: string;
  readonly host: string;
  /** null: anonymous. */
  readonly token: string | null;
  readonly language: string;
}

export interface DirectAnswer {
  readonly status: number;
  readonly language: string;
  readonly body: string;
}

export class DirectOrigin {
  readonly #socketPath: string;
  readonly #answers = new Map<string, Promise<DirectAnswer>>();

  /** @param projectFolder of a project whose environment `local` is live */
  constructor(projectFolder: string) {
    const paths = environmentPaths(projectFolder, "local");
    const text = readFileSync(join(paths.folder, "edge-state.json"), "utf8");
    const { live }: EdgeState = JSON.parse(text);
    this.#socketPath = paths.slotSocket(live.slot);
  }

  /** Once each: what is asked about stands still meanwhile, or `forget` is called. */
  ask(question: DirectQuestion): Promise<DirectAnswer> {
    const key = JSON.stringify(question);
    const known = this.#answers.get(key) ?? this.#send(question);
    this.#answers.set(key, known);
    return known;
  }

  forget(): void {
    this.#answers.clear();
  }

  async #send({ path, host, token, language }: DirectQuestion): Promise<DirectAnswer> {
    const { status, headers, body } = await requestOverSocket({
      socketPath: this.#socketPath,
      path,
      headers: {
        host,
        "x-forwarded-host": host,
        "x-forwarded-proto": "http",
        "accept-language": language,
        ...(token === null ? {} : { "x-mizan-token": token }),
      },
      timeoutMs: 30_000,
    });
    return { status, language: String(headers["content-language"]), body };
  }
}
