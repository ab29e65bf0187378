/**
 * An origin that speaks the Edge's wire, written from the page (`edge-consistency.md` 10) and not from
 * the Edge's own code, so that one misreading does not hide in both.
 */

import { createHmac } from "node:crypto";
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import type { EdgeKey } from "../../../edge/cache/contract.ts";
import type { EdgeFixture } from "./edge-fixture.ts";

/** A request as it reached the origin. */
export interface Asked {
  readonly method: string;
  /** Raw target. */
  readonly url: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** null: no valid `X-Mizan-Intent`. */
  readonly intent: Intent | null;
}

export interface Intent {
  readonly mode: string;
  readonly id: string;
  readonly deadlineMs: number | null;
}

/** What the origin says, beside the body. */
export interface Saying {
  readonly status?: number;
  readonly headers?: OutgoingHttpHeaders;
  /** `w`; null: no `X-Mizan-Wrote` at all. */
  readonly wrote?: boolean | null;
  /** `session` [false]. */
  readonly session?: boolean;
  /** `r`: resolved URL pattern. */
  readonly route?: string;
  readonly invalidate?: string;
  readonly body?: string | Buffer;
}

export interface Exchange {
  readonly asked: Asked;
  readonly response: ServerResponse;
  /** Sends a whole answer. */
  readonly say: (saying: Saying) => void;
  /** The same with a JSON body. */
  readonly sayJson: (value: unknown, saying?: Saying) => void;
  /** Headers, signed, for an answer that is written by hand. */
  readonly sign: (saying: Saying) => OutgoingHttpHeaders;
}

export type Handler = (exchange: Exchange) => unknown;

export class ScriptedOrigin {
  /** Every request so far, in its order. */
  readonly asked: Asked[] = [];
  /** Path to what answers it. */
  readonly handlers = new Map<string, Handler>();
  /** Answers every other path; null: 404. */
  otherwise: Handler | null = null;
  readonly #keys: readonly EdgeKey[];

  constructor(keys: readonly EdgeKey[]) {
    this.#keys = keys;
  }

  async listen(fixture: EdgeFixture, slot = 0): Promise<void> {
    await fixture.startOrigin(slot, this.listener);
  }

  readonly listener = (request: IncomingMessage, response: ServerResponse): void => {
    void this.#answer(request, response);
  };

  on(path: string, handler: Handler): void {
    this.handlers.set(path, handler);
  }

  /** Requests of one path. */
  of(path: string): readonly Asked[] {
    return this.asked.filter((asked) => asked.path === path);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? "";
    const [path = "", query = ""] = url.split("?");
    const handler = this.handlers.get(path) ?? this.otherwise ?? undefined;
    const body = await buffer(request).catch(() => null);
    if (body === null) return; // the Edge broke off
    const asked: Asked = {
      method: request.method ?? "",
      url,
      path,
      query: new URLSearchParams(query),
      headers: request.headers as Record<string, string>,
      body,
      intent: this.#readIntent(request),
    };
    this.asked.push(asked);
    const sign = (saying: Saying) => this.#sign(asked, saying);
    const say = (saying: Saying) => {
      const content = saying.body ?? "";
      response.writeHead(saying.status ?? 200, {
        "content-length": Buffer.byteLength(content),
        ...sign(saying),
      });
      response.end(request.method === "HEAD" ? undefined : content);
    };
    const sayJson = (value: unknown, saying: Saying = {}) => {
      const headers = { "content-type": "application/json", "cache-control": "no-store" };
      say({ ...saying, headers: { ...headers, ...saying.headers }, body: JSON.stringify(value) });
    };
    if (handler === undefined) say({ status: 404, headers: { "x-mizan-unresolved": "1" } });
    else await handler({ asked, response, say, sayJson, sign });
  }

  #readIntent({ headers, method, url }: IncomingMessage): Intent | null {
    const header = headers["x-mizan-intent"];
    if (typeof header !== "string") return null;
    const fields = header.split(";").map((field) => field.split("=") as [string, string]);
    const values = new Map(fields);
    const before = header.slice(0, header.indexOf(";k="));
    const lines = [method, url, ...before.split(";")].join("\n");
    const key = this.#keys.find(({ kid }) => kid === values.get("k"));
    if (key === undefined || values.get("s") !== mac(key, lines)) return null;
    const deadline = values.get("d");
    return {
      mode: values.get("m") ?? "",
      id: values.get("i") ?? "",
      deadlineMs: deadline === undefined ? null : Number(deadline),
    };
  }

  #sign({ intent }: Asked, saying: Saying): OutgoingHttpHeaders {
    const { status = 200, headers = {}, wrote = false, session = false } = saying;
    const { route = "", invalidate } = saying;
    const named = invalidate === undefined ? {} : { "x-mizan-invalidate": invalidate };
    const key = this.#keys.find(({ state }) => state === "sign");
    if (wrote === null || intent === null || key === undefined) return { ...headers, ...named };
    const fields = [
      `w=${wrote ? 1 : 0}`,
      `session=${session ? 1 : 0}`,
      `r=${encodeURIComponent(route)}`,
      `i=${intent.id}`,
    ];
    const signature = mac(key, [status, ...fields, invalidate ?? ""].join("\n"));
    const value = [...fields, `k=${key.kid}`, `s=${signature}`].join(";");
    return { ...headers, ...named, "x-mizan-wrote": value };
  }
}

export function mac({ secret }: EdgeKey, message: string | Buffer): string {
  return createHmac("sha256", secret).update(message).digest("base64url");
}
