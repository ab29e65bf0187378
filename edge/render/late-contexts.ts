/** Contexts that come while the page is sent: promises here and in the browser, settled by what arrives. */

import { type ContextError, DATA_GLOBAL, type LateContext } from "./contract.ts";
import { buildScriptJson } from "./script-json.ts";

/** `status`, `value`, `reason` are React's own: what is settled already is used without suspending. */
type TrackedPromise = Promise<unknown> & { status?: string; value?: unknown; reason?: unknown };

interface Deferred {
  readonly promise: TrackedPromise;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: Error) => void;
}

/** `window.<name>(context, value, error)`: what a late context's script calls. */
const LATE_GLOBAL = "__MIZAN_SSR_LATE__";

/** In the browser: the same promises, with the same fields, made before anything of the page is there. */
const CREATE_PROMISES = `(function(c,l){var s={};l.forEach(function(n){var p=new Promise(function(f,r){s[n]=function(v,e){if(e){e=Object.assign(new Error("context "+n+": "+e.status+" "+e.code),{context:n},e);p.status="rejected";p.reason=e;r(e)}else{p.status="fulfilled";p.value=v;f(v)}}});p.status="pending";p.catch(function(){});c[n]=p});window.${LATE_GLOBAL}=function(n,v,e){s[n](v,e)}})`;

/** Of one page. */
export class LateContexts {
  /** By their names. */
  readonly promises: Readonly<Record<string, Promise<unknown>>>;
  /** Called after each arrival; the one who sets it calls `takeScripts` where a script may stand. */
  onArrival: (() => void) | null = null;
  readonly #names: readonly string[];
  /** Names that have not arrived. */
  readonly #missing: Set<string>;
  /** Not settled yet. */
  readonly #deferred = new Map<string, Deferred>();
  /** Not written yet. */
  #arrived: LateContext[] = [];
  #isGivenUp = false;

  constructor(names: readonly string[]) {
    this.#missing = new Set(names);
    this.#names = [...this.#missing];
    for (const name of this.#names) this.#deferred.set(name, createDeferred());
    const promises = [...this.#deferred].map(([name, { promise }]) => [name, promise] as const);
    this.promises = Object.fromEntries(promises);
  }

  /** Whether none is to come any more. What has arrived may still be to be taken. */
  get isComplete(): boolean {
    return this.#missing.size === 0;
  }

  /** A second word on the same context, or one on another, is ignored. */
  add(late: LateContext): void {
    if (!this.#missing.delete(late.context)) return;
    this.#arrived.push(late);
    if (this.onArrival === null) this.#settle(late);
    else this.onArrival();
  }

  /** Whoever asked has not said so: another time they may come. */
  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  /** Those that have not come never will. */
  failRest(): void {
    this.#isGivenUp ||= !this.isComplete;
    for (const context of [...this.#missing]) this.add({ context, error: { status: 0, code: "" } });
  }

  /** Script that makes the browser's promises. Stands after the payload. */
  buildStart(): string {
    if (this.#names.length === 0) return "";
    const names = buildScriptJson(this.#names);
    return `<script>${CREATE_PROMISES}(window.${DATA_GLOBAL}.contexts,${names})</script>`;
  }

  /** Scripts for what has arrived. Then the renderer goes on with it: what it writes comes after them. */
  takeScripts(): string {
    const arrived = this.#arrived;
    this.#arrived = [];
    for (const late of arrived) this.#settle(late);
    return arrived.map(buildScript).join("");
  }

  #settle(late: LateContext): void {
    const deferred = this.#deferred.get(late.context);
    if (deferred === undefined) return;
    this.#deferred.delete(late.context);
    const { promise, resolve, reject } = deferred;
    if ("error" in late) {
      const reason = buildError(late.context, late.error);
      Object.assign(promise, { status: "rejected", reason });
      reject(reason);
    } else {
      Object.assign(promise, { status: "fulfilled", value: late.value });
      resolve(late.value);
    }
  }
}

function createDeferred(): Deferred {
  let resolve: Deferred["resolve"] = () => {};
  let reject: Deferred["reject"] = () => {};
  const promise: TrackedPromise = new Promise((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  promise.catch(() => {}); // a component need not use what it asked for
  return { promise, resolve, reject };
}

function buildError(context: string, error: Omit<ContextError, "context">): Error {
  const message = `context ${context}: ${error.status} ${error.code}`;
  return Object.assign(new Error(message), { context, ...error });
}

function buildScript(late: LateContext): string {
  const name = buildScriptJson(late.context);
  const isFailed = "error" in late;
  const rest = isFailed
    ? `null,${buildScriptJson(late.error)}`
    : buildScriptJson(late.value ?? null);
  return `<script>${LATE_GLOBAL}(${name},${rest})</script>`;
}
