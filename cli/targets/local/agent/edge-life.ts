/**
 * What a process of the Edge is born with, and what must be remembered for it: the holds, and how
 * long what its predecessor had forwarded may still commit (cache protocol, 5).
 */

import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import type {
  EdgeHold,
  EdgeScope,
  EdgeStart,
  HoldRequest,
} from "../../../../edge/cache/contract.ts";
import { computeHardAgeMs, DEFAULT_TIMES } from "../../../../edge/index.ts";
import { writeFileAtomically } from "./write-file-atomically.ts";

interface EdgeLife {
  readonly version: 1;
  /** The longest that was ever pushed; null: no process has cached or forwarded under one. */
  readonly requestLimitSeconds: number | null;
  readonly holds: readonly EdgeHold[];
}

/** How the process before ended, if there was one. */
export type Predecessor =
  /** It goes on until the new one is ready and its own requests are over: at most that long. */
  | { readonly kind: "replaced"; readonly drainMs: number; readonly holdId: string }
  | {
      readonly kind: "dead";
      /** Unix ms: at the latest since then. */
      readonly sinceMs: number;
      /** Unix ms: starts of all origin processes that run. */
      readonly originStartsMs: readonly number[];
    };

/** Kept in a file: an Edge may be started by another agent than the one that saw it die. */
export class EdgeLifeFile {
  readonly #path: string;
  #life: EdgeLife;

  constructor(path: string) {
    this.#path = path;
    this.#life = existsSync(path)
      ? (JSON.parse(readFileSync(path, "utf8")) as EdgeLife) // our own file, written in one step
      : { version: 1, requestLimitSeconds: null, holds: [] };
  }

  /** Before the Edge is told: from then on it forwards under that limit. */
  noteLimit(requestLimitSeconds: number): void {
    const known = this.#life.requestLimitSeconds ?? 0;
    if (requestLimitSeconds <= known) return;
    this.#write({ ...this.#life, requestLimitSeconds });
  }

  noteHold(request: HoldRequest): void {
    const others = this.#life.holds.filter(({ id }) => id !== request.id);
    const known = this.#life.holds.find(({ id }) => id === request.id);
    const holds = request.action === "hold" ? [...others, mergeHolds(known, request)] : others;
    this.#write({ ...this.#life, holds });
  }

  /** Those whose time is over: the Edge has released them by itself. */
  forgetEndedHolds(nowMs: number): void {
    const holds = this.#listStanding(nowMs);
    if (holds.length < this.#life.holds.length) this.#write({ ...this.#life, holds });
  }

  buildStart(predecessor: Predecessor, nowMs: number): EdgeStart {
    const holds = this.#listStanding(nowMs);
    const start = { incarnation: randomUUID(), quarantineUntilMs: 0, holds };
    const { requestLimitSeconds } = this.#life;
    if (requestLimitSeconds === null) return start;
    const times = { ...DEFAULT_TIMES, requestLimitMs: requestLimitSeconds * 1000 };
    const limitMs = computeHardAgeMs(times);
    if (predecessor.kind === "replaced") {
      const { holdId: id, drainMs } = predecessor;
      const hold: EdgeHold = { id, scope: "*", untilMs: nowMs + drainMs + limitMs };
      return { ...start, holds: [...holds, hold] };
    }
    const { sinceMs, originStartsMs } = predecessor;
    // What it had forwarded is lost with the origin that it was forwarded to.
    const isOver = originStartsMs.every((startMs) => startMs > sinceMs);
    return isOver ? start : { ...start, quarantineUntilMs: nowMs + limitMs };
  }

  #listStanding(nowMs: number): readonly EdgeHold[] {
    return this.#life.holds.filter(({ untilMs }) => untilMs === null || untilMs > nowMs);
  }

  #write(life: EdgeLife): void {
    writeFileAtomically(this.#path, JSON.stringify(life), 0o600);
    this.#life = life;
  }
}

/** As the Edge does: both scopes, until the later end. */
function mergeHolds(known: EdgeHold | undefined, { id, scope, untilMs }: EdgeHold): EdgeHold {
  if (known === undefined) return { id, scope, untilMs };
  const isEndless = known.untilMs === null || untilMs === null;
  return {
    id,
    scope: mergeScopes(known.scope, scope),
    untilMs: isEndless ? null : Math.max(known.untilMs ?? 0, untilMs ?? 0),
  };
}

function mergeScopes(one: EdgeScope, other: EdgeScope): EdgeScope {
  if (one === "*" || other === "*") return "*";
  return [...new Set([...one, ...other])];
}
