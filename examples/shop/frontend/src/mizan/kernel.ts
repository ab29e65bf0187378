/**
 * A small Mizan kernel: every context is fetched once, by the server with the page or by the browser,
 * shared by all who show it, and fetched again when a call says that it changed.
 */

import { RequestError, request } from "./request.ts";
import { TokenKeeper } from "./token-keeper.ts";
import {
  type Bundle,
  type CallAnswer,
  type Held,
  isMadeFor,
  isMergeOf,
  isTargetOf,
  type Merge,
  type Params,
  type Seed,
  type Target,
} from "./wire.ts";

const BASE_PATH = "/api/mizan/";

export interface ContextState {
  /** The newest bundle; kept while the next one is under way. */
  readonly bundle: Bundle | null;
  readonly error: RequestError | null;
  readonly isLoading: boolean;
}

interface Entry extends Held {
  state: ContextState;
  /** Number of the newest fetch: an older answer that comes late is dropped. */
  fetchNumber: number;
  readonly bundle: Bundle | null;
  readonly listeners: Set<() => void>;
}

/** A context that comes later carries React's own fields: what is settled is used without waiting. */
type ArrivingBundle = Promise<Bundle> & { readonly status?: string; readonly value?: Bundle };

const NOT_YET: ContextState = { bundle: null, error: null, isLoading: true };

export class Kernel {
  readonly #entries = new Map<string, Entry>();
  /** As the server rendered them: what is hydrated must look the same, whatever came since. */
  readonly #seeded = new Map<string, ContextState>();
  readonly #late = new Map<string, Promise<void>>();
  readonly #tokens = new TokenKeeper();
  readonly #onSessionEnd: () => void;
  /** Id of the signed-in user as answers carry it in `made_for`; undefined: not known yet. */
  #userId: string | null | undefined = undefined;
  #sayUserIsKnown = () => {};
  readonly #userIsKnown = new Promise<void>((resolve) => {
    this.#sayUserIsKnown = resolve;
  });

  /** @param onSessionEnd called when the backend no longer knows the user that was set. */
  constructor(onSessionEnd: () => void = () => {}) {
    this.#onSessionEnd = onSessionEnd;
  }

  get isUserKnown(): boolean {
    return this.#userId !== undefined;
  }

  /**
   * Takes over what the server has fetched with the page, before anything is shown.
   * @param userId for whom the page was made; undefined: it does not say.
   */
  seed(seed: Seed, userId: string | null | undefined): void {
    const { context, params } = seed;
    const key = buildPath(context, params);
    const keep = (bundle: Bundle | null, error: RequestError | null) => {
      if (bundle !== null && userId !== undefined && !isMadeFor(bundle, userId)) return;
      const state = { bundle, error, isLoading: false };
      this.#seeded.set(key, state);
      this.#entries.set(key, createEntry(context, params, state));
    };
    if ("error" in seed) {
      keep(null, seed.error);
    } else if (seed.bundle instanceof Promise) {
      const { status, value }: ArrivingBundle = seed.bundle;
      if (status === "fulfilled" && value !== undefined) {
        // Here already: shown at once, without a placeholder, also to those without scripts.
        keep(value, null);
        return;
      }
      const arrival = seed.bundle.then(
        (bundle) => keep(bundle, null),
        () => {}, // the browser asks for it, and shows what is wrong
      );
      this.#late.set(
        key,
        arrival.finally(() => this.#late.delete(key)),
      );
    } else {
      keep(seed.bundle, null);
    }
  }

  /** Gets the cookie with the CSRF token, without which no call is accepted. */
  async initSession(): Promise<void> {
    await request(`${BASE_PATH}session/`);
  }

  /**
   * From now on everything is fetched for this user, or for nobody; nothing of the one before
   * stays. Until the first call nothing is fetched at all: it would be for whomever the cookies say;
   * then what came with the page stays, if it was made for this user.
   */
  setUser(userId: string | null): void {
    this.#tokens.forget();
    if (userId === this.#userId) return;
    const isFirst = !this.isUserKnown;
    this.#userId = userId;
    this.#sayUserIsKnown();
    for (const [key, entry] of this.#entries) {
      const { bundle, isLoading } = entry.state;
      if (isFirst && !isLoading && isMadeFor(bundle ?? {}, userId)) continue;
      this.#publish(entry, NOT_YET);
      if (entry.listeners.size > 0) void this.#fetch(entry);
      else this.#entries.delete(key);
    }
  }

  getState(context: string, params: Params): ContextState {
    return this.#entries.get(buildPath(context, params))?.state ?? NOT_YET;
  }

  /** As it was when the page came; for hydration. */
  getSeededState(context: string, params: Params): ContextState {
    return this.#seeded.get(buildPath(context, params)) ?? NOT_YET;
  }

  /** Until a context is there that comes later than the page; never rejects. null: it is there, or does not come. */
  getLate(context: string, params: Params): Promise<void> | null {
    return this.#late.get(buildPath(context, params)) ?? null;
  }

  /** Fetches the context if nobody has, and calls `listener` at every change of its state. */
  subscribe(context: string, params: Params, listener: () => void): () => void {
    const entry = this.#ensureEntry(context, params);
    entry.listeners.add(listener);
    return () => entry.listeners.delete(listener);
  }

  /** @throws {RequestError} */
  async call<T>(fn: string, args: object): Promise<T> {
    await this.#userIsKnown; // else it would be without the token and the cookie that come first
    const answer = await request<CallAnswer>(`${BASE_PATH}call/`, {
      method: "POST",
      body: { fn, args },
      token: await this.#getToken(),
    });
    this.merge(answer.merge ?? []);
    this.invalidate(answer.invalidate ?? []);
    return answer.result as T; // the function's own shape
  }

  /** Fetches what is shown, forgets what is not. */
  invalidate(targets: readonly Target[]): void {
    for (const [key, entry] of this.#entries) {
      if (!targets.some((target) => isTargetOf(target, entry))) continue;
      if (entry.listeners.size > 0) void this.#fetch(entry);
      else this.#entries.delete(key);
    }
  }

  /** Puts new values in their slots, without a fetch. */
  merge(merges: readonly Merge[]): void {
    for (const merge of merges) {
      for (const entry of this.#entries.values()) {
        if (entry.bundle === null || !isMergeOf(merge, entry)) continue;
        entry.fetchNumber += 1; // a fetch that is under way may hold the old value
        const bundle = { ...entry.bundle, [merge.slot]: merge.value };
        this.#publish(entry, { bundle, error: null, isLoading: false });
      }
    }
  }

  #ensureEntry(context: string, params: Params): Entry {
    const key = buildPath(context, params);
    const known = this.#entries.get(key);
    if (known) return known;
    const entry = createEntry(context, params, NOT_YET);
    this.#entries.set(key, entry);
    void this.#fetch(entry);
    return entry;
  }

  async #fetch(entry: Entry): Promise<void> {
    const userId = this.#userId;
    if (userId === undefined) return;
    entry.fetchNumber += 1;
    const { fetchNumber } = entry;
    this.#publish(entry, { ...entry.state, isLoading: true });
    const state = await this.#load(entry, userId);
    if (fetchNumber === entry.fetchNumber && userId === this.#userId) this.#publish(entry, state);
  }

  async #load(entry: Entry, userId: string | null): Promise<ContextState> {
    try {
      const token = await this.#getToken();
      const bundle = await request<Bundle>(buildPath(entry.context, entry.params), { token });
      refuseForeign(bundle, userId);
      return { bundle, error: null, isLoading: false };
    } catch (error) {
      return { bundle: null, error: asRequestError(error), isLoading: false };
    }
  }

  async #getToken(): Promise<string | null> {
    if (typeof this.#userId !== "string") return null;
    try {
      return await this.#tokens.get();
    } catch (error) {
      if (error instanceof RequestError && error.status === 401) this.#onSessionEnd();
      throw error;
    }
  }

  #publish(entry: Entry, state: ContextState): void {
    entry.state = state;
    for (const listener of entry.listeners) listener();
  }
}

function createEntry(context: string, params: Params, state: ContextState): Entry {
  return {
    context,
    params,
    state,
    fetchNumber: 0,
    listeners: new Set(),
    get bundle() {
      return this.state.bundle;
    },
  };
}

/** A failure as one that can be shown. */
export function asRequestError(cause: unknown): RequestError {
  if (cause instanceof RequestError) return cause;
  console.error(cause);
  return new RequestError(0, "Something went wrong in this page. Please reload it.");
}

function buildPath(context: string, params: Params): string {
  const names = Object.keys(params).sort();
  const query = new URLSearchParams(names.map((name) => [name, String(params[name])]));
  return `${BASE_PATH}ctx/${context}/${query.size > 0 ? `?${query}` : ""}`;
}

/** What was made for somebody else is not shown, whoever mixed it up on the way. */
function refuseForeign(bundle: Bundle, userId: string | null): void {
  if (isMadeFor(bundle, userId)) return;
  throw new RequestError(0, "This answer was not made for you. Please reload the page.");
}
