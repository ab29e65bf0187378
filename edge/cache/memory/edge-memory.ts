/** What one isolate knows: the release that it was told to serve, its cache, the requests under way. */

import { BINDING, type EdgeState } from "../contract.ts";
import type { Env } from "../env.ts";
import { AnswersAhead } from "../origin/answers-ahead.ts";
import { createPipe } from "../origin/create-pipe.ts";
import { RelayedSockets } from "../origin/relayed-sockets.ts";
import { RequestBodies } from "../origin/request-bodies.ts";
import { SlotTraffic } from "../origin/slot-traffic.ts";
import { ContextRoom } from "../pages/context-room.ts";
import { RendersUnderWay } from "../pages/renders-under-way.ts";
import { parseEdgeState } from "../release/parse-edge-state.ts";
import { parseEdgeStart } from "../release/parse-policy.ts";
import { type PreparedRelease, prepareRelease } from "../release/prepared-release.ts";
import { StateError } from "../release/state-fields.ts";
import { CacheMemory } from "./cache-memory.ts";
import { EdgeCounters } from "./edge-counters.ts";

export class EdgeMemory {
  readonly traffic = new SlotTraffic();
  readonly sockets = new RelayedSockets();
  readonly bodies = new RequestBodies(createPipe);
  readonly answers = new AnswersAhead(createPipe);
  readonly counters = new EdgeCounters();
  readonly contextRoom = new ContextRoom();
  readonly renders = new RendersUnderWay();
  /** null: the process was started without an incarnation, so it caches nothing. */
  cache: CacheMemory | null = null;
  /** null: nothing was pushed. undefined: the bindings were not looked at, which only a request can do. */
  live: PreparedRelease | null | undefined;
  #loading: Promise<void> | null = null;
  /** Pushes so far, and which of them is live. */
  #pushes = 0;
  #livePush = 0;

  /** What the process was started with; afterwards `live` is known. */
  async load(env: Env): Promise<PreparedRelease | null> {
    this.#loading ??= this.#load(env);
    await this.#loading;
    return this.live ?? null;
  }

  /**
   * Every request that comes later uses the new state; those under way keep theirs. Of two at once
   * the later one stays, whichever is prepared first.
   */
  async replace(env: Env, state: EdgeState): Promise<void> {
    this.#pushes += 1;
    const push = this.#pushes;
    await this.load(env);
    const release = await prepareRelease(state);
    if (push < this.#livePush) return;
    this.#livePush = push;
    const before = this.live?.policy ?? null;
    if (release.policy !== null) this.cache?.follow(before, release.policy, Date.now());
    this.live = release;
    this.sockets.moveTo(state.live);
  }

  async #load(env: Env): Promise<void> {
    const start = readStart(env);
    if (start !== null) this.cache = new CacheMemory(start, this.counters);
    const release = await readInitialState(env);
    if (release?.policy) this.cache?.follow(null, release.policy, Date.now());
    this.live = release;
    if (release !== null) this.sockets.moveTo(release.state.live);
  }
}

function readStart(env: Env) {
  try {
    return parseEdgeStart(env[BINDING.start]);
  } catch (error) {
    return refuse("start", error);
  }
}

/** A broken initial state must not end the process: whoever started it can still push a good one. */
async function readInitialState(env: Env): Promise<PreparedRelease | null> {
  const raw = env[BINDING.initial];
  if (raw === null || raw === undefined) return null;
  let state: EdgeState | null = null;
  try {
    state = parseEdgeState(raw);
    return await prepareRelease(state);
  } catch (error) {
    refuse("initial state", error);
    // Without its manifest or keys the app is still served, past the cache.
    return state === null ? null : { state, policy: null, pages: null };
  }
}

function refuse(what: string, error: unknown): null {
  if (!(error instanceof StateError)) throw error;
  console.error(`${what} refused: ${error.message}`);
  return null;
}
