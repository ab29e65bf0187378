/** The app that is flooded: a few contexts and pages with versions, behind an Edge with a small memory. */

import type { IncomingMessage, ServerResponse } from "node:http";
import { EdgeFixture, type RunningEdge } from "../edge-fixture.ts";
import { buildMizanState, CALL, contextPath, MANIFEST, SECRETS } from "../mizan-app.ts";
import { type Exchange, ScriptedOrigin } from "../scripted-origin.ts";

/** Small, so that a flood of seconds does what one of minutes would do to 128 MiB. */
export const CACHE_BYTES = 8 * 1024 * 1024;

/** What two gunicorn workers serve at once (`THREADS_PER_WSGI_WORKER`). */
const ORIGIN_THREADS = 8;

/** Requests of one address that the app answers before it throttles it. */
const THROTTLED_AFTER = 30;

/** Asks for an item of this name are answered with as much as an entry may hold. */
const LARGE_TEXT = "x".repeat(960 * 1024);
/** More than the Edge keeps. */
const HUGE_BYTES = Buffer.alloc(12 * 1024 * 1024, "x");
const PADDING = "x".repeat(1024);

const LOCALE = {
  languages: ["en", "de", "fr"].map((code) => ({ code, hasCatalogue: true })),
  fallback: "en",
  cookieName: "django_language",
};

export class FloodApp {
  readonly fixture = new EdgeFixture();
  readonly origin = new ScriptedOrigin(SECRETS.edge);
  /** By what it shows: `news`, `item 3`, `page one`. */
  readonly versions = new Map<string, number>();
  /** The same, of writes whose answer has come. */
  readonly #settled = new Map<string, number>();
  /** Client address, as the app sees it, to its requests; counted while it throttles. */
  readonly #requests = new Map<string, number>();
  readonly #queue: (() => void)[] = [];
  #busyThreads = 0;
  #throttles = false;
  #edge: RunningEdge | null = null;

  get edge(): RunningEdge {
    if (this.#edge === null) throw new Error("not started");
    return this.#edge;
  }

  async start(): Promise<void> {
    await this.fixture.startOrigin(0, (request, response) => this.#enqueue(request, response));
    for (const name of Object.keys(MANIFEST.contexts)) {
      this.origin.on(contextPath(name), (exchange) => this.#showContext(name, exchange));
    }
    this.origin.on(CALL, (exchange) => this.#call(exchange));
    this.origin.on("/hooks/news/", ({ sayJson }) => sayJson({ error: 1 }, { status: 403 }));
    this.origin.on("/huge/", ({ say }) => say({ body: HUGE_BYTES }));
    this.origin.otherwise = (exchange) => this.#showPage(exchange);
    const state = buildMizanState({ locale: LOCALE });
    this.#edge = await this.fixture.startEdge(state, "127.0.0.1", { cacheBytes: CACHE_BYTES });
  }

  end(): Promise<void> {
    return this.fixture.end();
  }

  /** @param throttles whether the app counts and refuses its clients from now on */
  restart(throttles: boolean): void {
    this.#throttles = throttles;
    this.#requests.clear();
    this.origin.asked.length = 0;
  }

  getVersion(name: string): number {
    return this.versions.get(name) ?? 0;
  }

  getSettled(name: string): number {
    return this.#settled.get(name) ?? 0;
  }

  settle(name: string, version: number): void {
    this.#settled.set(name, Math.max(version, this.getSettled(name)));
  }

  /** A thread serves one request from its head to the last byte of its answer. */
  #enqueue(request: IncomingMessage, response: ServerResponse): void {
    const begin = () => {
      this.#busyThreads += 1;
      response.once("close", () => {
        this.#busyThreads -= 1;
        this.#queue.shift()?.();
      });
      this.origin.listener(request, response);
    };
    if (this.#busyThreads < ORIGIN_THREADS) begin();
    else this.#queue.push(begin);
  }

  #showContext(name: string, exchange: Exchange): void {
    const { asked, sayJson } = exchange;
    if (this.#isThrottled(exchange)) return;
    const id = asked.query.get("item_id") ?? asked.query.get("slug") ?? "";
    if (id.startsWith("missing")) {
      sayJson({ error: "NOT_FOUND" }, { status: 404, headers: { vary: "User-Agent" } });
      return;
    }
    const version = this.getVersion(id === "" ? name : `${name} ${id}`);
    const body = { version, user: readUser(asked.headers["x-mizan-token"]) };
    sayJson({ ...body, padding: id.startsWith("large") ? LARGE_TEXT : PADDING });
  }

  #showPage(exchange: Exchange): void {
    const { asked, say } = exchange;
    if (this.#isThrottled(exchange)) return;
    const slug = /^\/p\/([^/]+)\/$/.exec(asked.path)?.[1];
    if (slug === undefined) {
      say({ status: 404, body: "nothing here" });
      return;
    }
    const version = this.getVersion(`page ${slug}`);
    const body = JSON.stringify({ version, user: readUser(asked.headers["x-mizan-token"]) });
    const vary = slug.startsWith("mobile") ? { vary: "User-Agent" } : {};
    say({ route: "/p/:slug/", headers: { "content-type": "text/html", ...vary }, body });
  }

  /** Signed in, one may write. */
  #call({ asked, sayJson }: Exchange): void {
    const user = readUser(asked.headers["x-mizan-token"]);
    if (user === null) {
      sayJson({ error: { code: "UNAUTHORIZED" } }, { status: 401 });
      return;
    }
    const { fn, args }: { fn: string; args: { item_id: string } } = JSON.parse(String(asked.body));
    const [name, target] =
      fn === "set_item"
        ? [`item ${args.item_id}`, `item;item_id=${args.item_id}`]
        : ["news", "news"];
    const version = this.getVersion(name) + 1;
    this.versions.set(name, version);
    sayJson({ result: version }, { wrote: true, invalidate: target });
  }

  #isThrottled({ asked, sayJson }: Exchange): boolean {
    if (!this.#throttles) return false;
    const address = asked.headers["x-real-ip"] ?? "";
    const count = (this.#requests.get(address) ?? 0) + 1;
    this.#requests.set(address, count);
    if (count <= THROTTLED_AFTER) return false;
    sayJson({ error: "THROTTLED" }, { status: 429, headers: { "retry-after": "60" } });
    return true;
  }
}

/** Whoever comes with something that is none is nobody. */
function readUser(token: string | undefined): string | null {
  const claims = token?.split(".")[1];
  if (claims === undefined || !claims.startsWith("ey")) return null;
  const { sub }: { sub: string } = JSON.parse(Buffer.from(claims, "base64url").toString());
  return sub;
}
