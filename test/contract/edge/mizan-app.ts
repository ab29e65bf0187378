/** A small app on contexts behind a real Edge, for one test file: a manifest, its state, its origin. */

import { createHmac, randomUUID } from "node:crypto";
import { type ClientRequest, request } from "node:http";
import type {
  EdgeKey,
  EdgeSecrets,
  EdgeStart,
  EdgeState,
  MizanPolicy,
} from "../../../edge/cache/contract.ts";
import {
  type Answer,
  type AskOptions,
  ask,
  buildState,
  EdgeFixture,
  type RunningEdge,
} from "./edge-fixture.ts";
import { type Handler, mac, ScriptedOrigin } from "./scripted-origin.ts";

export const HOST = "shop.test:8000";
export const CALL = "/api/mizan/call/";

export function contextPath(name: string): string {
  return `/api/mizan/ctx/${name}/`;
}

function context(name: string, fields: Readonly<Record<string, unknown>> = {}) {
  return {
    endpoints: [contextPath(name)],
    functions: [{ name: `${name}_data`, path: "rpc" }],
    params: [],
    page_routes: [],
    user_scoped: false,
    render_strategy: "psr",
    ...fields,
  };
}

/** Contexts `news`, `item;item_id`, `user;user_id` (user-scoped), `page;slug` with a page route. */
export const MANIFEST = {
  version: 1,
  contexts: {
    news: context("news"),
    item: context("item", { params: ["item_id"] }),
    user: context("user", { params: ["user_id"], user_scoped: true }),
    page: context("page", { params: ["slug"], page_routes: ["/p/:slug/"] }),
    brief: context("brief", { cache: 1 }),
    never: context("never", { cache: false }),
  },
  mutations: {
    set_news: { affects: ["news"], auto_scoped_params: [], private: false },
    set_item: { affects: ["item"], auto_scoped_params: ["item_id"], private: false },
    set_page: { affects: ["page"], auto_scoped_params: [], private: false },
    hook: { affects: ["news"], auto_scoped_params: [], private: true, route: "/hooks/news/" },
  },
} as const;

export const SECRETS: EdgeSecrets = {
  edge: [
    { kid: "e1", state: "sign", secret: "edge-secret-1" },
    { kid: "e0", state: "verify", secret: "edge-secret-0" },
  ],
  cache: [{ kid: "c1", state: "sign", secret: "cache-secret-1" }],
  mwt: [
    { kid: "m1", state: "sign", secret: "mwt-secret-1" },
    { kid: "m0", state: "verify", secret: "mwt-secret-0" },
  ],
};

export const POLICY: MizanPolicy = {
  manifest: MANIFEST,
  buildId: "build-1",
  isCacheOff: false,
  hosts: [HOST, "other.test:8000"],
  sessionCookie: "sessionid",
  identityCookies: ["jwt"],
  locale: null,
  audience: null,
  requestLimitSeconds: 3,
  originLagMs: 0,
  ttlCapSeconds: 300,
};

export function buildMizanState(
  policy: Partial<MizanPolicy> = {},
  live: Partial<EdgeState["live"]> = {},
): EdgeState {
  return { ...buildState({ mizan: { ...POLICY, ...policy }, ...live }), secrets: SECRETS };
}

/** A token as the framework makes it (protocol 5.1). */
export function mintToken(
  claims: Readonly<Record<string, unknown>>,
  { header = {}, key = SECRETS.mwt[0] as EdgeKey } = {}, // the ring is not empty
): string {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const times = { iat: nowSeconds, nbf: nowSeconds, exp: nowSeconds + 300 };
  const permissions = { pkey: "0".repeat(64), staff: false, super: false };
  const parts = [
    { alg: "HS256", typ: "JWT", kid: key.kid, ...header },
    { ...times, ...permissions, ...claims },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
  const signed = parts.join(".");
  const signature = createHmac("sha256", key.secret).update(signed).digest("base64url");
  return `${signed}.${signature}`;
}

export class MizanApp {
  readonly fixture = new EdgeFixture();
  readonly origin = new ScriptedOrigin(SECRETS.edge);
  /** Values that contexts show, by context; changed by tests and mutations. */
  readonly values = new Map<string, number>();
  port = 0;
  #edge: RunningEdge | null = null;

  /** After `start`. */
  get edge(): RunningEdge {
    if (this.#edge === null) throw new Error("not started");
    return this.#edge;
  }

  /** Starts origin and Edge. */
  async start(
    policy: Partial<MizanPolicy> = {},
    start: Partial<EdgeStart> = {},
    live: Partial<EdgeState["live"]> = {},
  ): Promise<void> {
    await this.origin.listen(this.fixture);
    for (const name of Object.keys(MANIFEST.contexts)) {
      this.origin.on(contextPath(name), this.#showContext(name));
    }
    this.#edge = await this.fixture.startEdge(buildMizanState(policy, live), "127.0.0.1", start);
    this.port = this.#edge.port;
  }

  end(): Promise<void> {
    return this.fixture.end();
  }

  /** One request as a browser of the shop makes it. */
  ask(path: string, options: AskOptions = {}): Promise<Answer> {
    return ask(this.port, path, { ...options, headers: { host: HOST, ...options.headers } });
  }

  /** A request whose client goes away: destroy it. */
  leave(path: string, { method = "GET", headers = {}, body }: AskOptions = {}): ClientRequest {
    const own = { host: HOST, ...headers };
    const asked = request({ port: this.port, path, method, headers: own, agent: false });
    asked.on("error", () => undefined); // it is destroyed
    asked.end(body);
    return asked;
  }

  /** What the Edge did. */
  async mark(path: string, options: AskOptions = {}): Promise<string> {
    return String((await this.ask(path, options)).headers["x-mizan-edge"]);
  }

  call(fn: string, args: unknown = {}, headers: AskOptions["headers"] = {}): Promise<Answer> {
    const body = JSON.stringify({ fn, args });
    const own = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    return this.ask(CALL, { method: "POST", headers: { ...own, ...headers }, body });
  }

  /** What a call does at the origin. */
  onCall(handler: Handler): void {
    this.origin.on(CALL, handler);
  }

  /** A signed message about a write past the Edge. */
  invalidate(targets: unknown, fields: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    const body = JSON.stringify({ id: randomUUID(), sentAtMs: Date.now(), targets, ...fields });
    return this.sendInvalidation(body, mac(SECRETS.edge[0] as EdgeKey, body));
  }

  sendInvalidation(body: string, signature: string, kid = "e1"): Promise<Answer> {
    const headers = {
      "content-length": Buffer.byteLength(body),
      "x-mizan-signature": `k=${kid};s=${signature}`,
    };
    return this.ask("/_mizan/invalidate", { method: "POST", headers, body });
  }

  /** Names the identity that it was made for, so that a leak shows. */
  #showContext(name: string): Handler {
    return ({ asked, sayJson }) => {
      const token = asked.headers["x-mizan-token"];
      const claims = token?.split(".")[1];
      const user: unknown =
        claims === undefined ? null : JSON.parse(Buffer.from(claims, "base64url").toString()).sub;
      const query = Object.fromEntries(asked.query);
      sayJson({ [name]: { value: this.values.get(name) ?? 0, user, query } });
    };
  }
}

export function readValue({ body }: Answer): number {
  const bundle: Record<string, { value: number }> = JSON.parse(body);
  return Object.values(bundle)[0]?.value ?? Number.NaN;
}
