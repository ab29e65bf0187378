/** A visitor of the deployed `examples/shop`: signs up or in as the React app does, reads contexts, calls functions. */

import { z } from "zod";

/** What the Edge and the app answered. */
export interface ShopAnswer {
  readonly status: number;
  /** `X-Mizan-Edge`, whole: `HIT`, `MISS`, `BYPASS; reason=…`. */
  readonly mark: string;
  /** Of `X-Mizan-Invalidate`; null: none. */
  readonly invalidates: string | null;
  /** Parsed JSON; raw. */
  readonly body: unknown;
  readonly durationMs: number;
}

const userSchema = z.object({ user: z.object({ id: z.number() }) });
const tokenSchema = z.object({ result: z.object({ token: z.string() }) });

export class ShopVisitor {
  readonly #origin: string;
  readonly #cookies = new Map<string, string>();
  #token: string | null = null;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** An `X-Mizan-Token`; null: not signed in. */
  get token(): string | null {
    return this.#token;
  }

  /** Makes an account. @returns the user's id. @throws when the shop refuses */
  signUp(username: string, password: string): Promise<number> {
    return this.#enter("/api/accounts/", { username, password });
  }

  /** @returns the user's id. @throws when the shop refuses */
  signIn(username: string, password: string): Promise<number> {
    return this.#enter("/api/session/", { username, password });
  }

  /** As the frontend reads: with the token, without cookies. */
  async get(path: string): Promise<ShopAnswer> {
    const headers: Record<string, string> =
      this.#token === null ? {} : { "x-mizan-token": this.#token };
    return this.#send(path, { headers });
  }

  call(name: string, args: Readonly<Record<string, unknown>>): Promise<ShopAnswer> {
    return this.#post("/api/mizan/call/", { fn: name, args });
  }

  async #enter(path: string, fields: object): Promise<number> {
    await this.#send("/api/mizan/session/", {});
    const entered = await this.#post(path, fields);
    const { user } = userSchema.parse(entered.body);
    const { body } = await this.call("mwt_obtain", {});
    this.#token = tokenSchema.parse(body).result.token;
    return user.id;
  }

  #post(path: string, body: object): Promise<ShopAnswer> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = {
      cookie,
      origin: this.#origin,
      "content-type": "application/json",
      "x-csrftoken": this.#cookies.get("csrftoken") ?? "",
      ...(this.#token === null ? {} : { "x-mizan-token": this.#token }),
    };
    return this.#send(path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  async #send(path: string, init: RequestInit): Promise<ShopAnswer> {
    const startedAtMs = performance.now();
    const answer = await fetch(new URL(path, this.#origin), { ...init, redirect: "manual" });
    const text = await answer.text();
    const durationMs = performance.now() - startedAtMs;
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.#cookies.set(name, value);
    }
    const isJson = answer.headers.get("content-type")?.startsWith("application/json") === true;
    return {
      status: answer.status,
      mark: answer.headers.get("x-mizan-edge") ?? "none",
      invalidates: answer.headers.get("x-mizan-invalidate"),
      body: isJson ? JSON.parse(text) : text,
      durationMs,
    };
  }
}
