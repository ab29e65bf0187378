/**
 * The one place that holds numbers and open intents (edge-consistency 1): a state machine whose
 * operations are single synchronous steps. Time is an argument; deadlines are looked at when asked.
 */

import type {
  AuthorityOptions,
  AuthorityReport,
  IntentRequest,
  Obstacle,
  Opening,
  Reading,
  Settlement,
} from "./authority-interface.ts";
import {
  type AuthorityRecord,
  buildRecordKey,
  type Hold,
  type Persist,
} from "./authority-record.ts";
import { Intents } from "./intents.ts";
import { type Admission, type InvalidateMessage, MessageMemory } from "./message-memory.ts";
import { Numbers, type Question } from "./numbers.ts";
import { RecentBumps } from "./recent-bumps.ts";
import { buildScopeTags, findScope, mergeScopes, type Scope, type Tag } from "./target.ts";
import { computeHardAgeMs, DEFAULT_TIMES, type Times } from "./times.ts";

export class Authority {
  readonly incarnation: string;
  readonly #quarantineUntilMs: number;
  #times: Times;
  readonly #persist: Persist | null;
  readonly #numbers: Numbers;
  readonly #intents: Intents;
  readonly #messages: MessageMemory;
  readonly #recentBumps: RecentBumps;
  readonly #holds = new Map<string, Hold>();

  constructor(options: AuthorityOptions) {
    const { times = DEFAULT_TIMES, persist = null } = options;
    this.incarnation = options.incarnation;
    this.#quarantineUntilMs = options.quarantineUntilMs ?? 0;
    this.#times = times;
    this.#persist = persist;
    this.#numbers = new Numbers({ maxRows: options.maxRows ?? 10_000, persist });
    this.#intents = new Intents({
      maxOpen: options.maxOpenIntents ?? 1024,
      hardAgeMs: computeHardAgeMs(times),
      persist,
    });
    this.#messages = new MessageMemory({
      maxMessages: options.maxMessages ?? 10_000,
      clockDifferenceMs: times.clockDifferenceMs,
      persist,
    });
    this.#recentBumps = new RecentBumps(options.originLagMs ?? 0);
    this.#restore(options.records ?? []);
  }

  /**
   * Numbers of a read, to be asked before the origin is.
   * @param questions every context concerned
   */
  read(questions: readonly Question[], nowMs: number): Reading {
    this.#endExpired(nowMs);
    const obstacle = this.#findObstacle(questions, nowMs);
    if (obstacle !== null) return { obstacle };
    const numbers = this.getNumbers(questions);
    const isLagging = numbers.some((number) => this.#recentBumps.has(number, nowMs));
    return { obstacle: null, incarnation: this.incarnation, numbers, isLagging };
  }

  /** Of a later release. What is open keeps the longer of both limits, so that nothing ends early. */
  configure(requestLimitMs: number, originLagMs: number): void {
    this.#times = { ...this.#times, requestLimitMs };
    this.#intents.raiseHardAge(computeHardAgeMs(this.#times));
    this.#recentBumps.setLag(originLagMs);
  }

  /** For `explain`; a key is built from `read` alone. */
  getNumbers(questions: readonly Question[]): readonly number[] {
    return questions.map((question) => this.#numbers.getNumber(question));
  }

  bump(tags: readonly Tag[], nowMs: number): void {
    this.#endExpired(nowMs);
    this.#bump(tags, nowMs);
  }

  /** Before the forward. */
  openIntent(request: IntentRequest, nowMs: number): Opening {
    this.#endExpired(nowMs);
    const opened = this.#intents.open({ ...request, openedAtMs: nowMs });
    if (typeof opened === "string") return { refusal: opened };
    // Counted from the opening and not from the forward: a late forward has less time, not more.
    return { refusal: null, deadlineMs: opened.openedAtMs + this.#times.requestLimitMs };
  }

  /** Bumps and ends in one step. An intent that has ended by age was bumped then. */
  settleIntent(id: string, settlement: Settlement, nowMs: number): void {
    this.#endExpired(nowMs);
    const scope = this.#intents.end(id) ?? [];
    this.#bump(buildSettlementTags(settlement, scope), nowMs);
  }

  /** At the headers of an answer that may still write: bumped now, dirty until it is settled. */
  beginStream(id: string, settlement: Settlement, nowMs: number): void {
    this.#endExpired(nowMs);
    const scope = this.#intents.markStreaming(id, findScope(settlement.tags)) ?? [];
    this.#bump(buildSettlementTags(settlement, scope), nowMs);
  }

  /** The connection was lost before the answer: dirty at once, until nothing can commit any more. */
  loseIntent(id: string, nowMs: number): void {
    this.#intents.markUnknown(id);
    this.#endExpired(nowMs);
  }

  /**
   * An upload, which had no intent, was lost.
   * @param nowMs not before the end of its body, from which the origin counts its limit
   */
  loseUpload(request: IntentRequest, nowMs: number): void {
    this.#intents.addUnknown({ ...request, openedAtMs: nowMs });
    this.#endExpired(nowMs);
  }

  /**
   * Held from now on. The same id again: both scopes are, until the later of their ends.
   * @param untilMs released by itself then; null: never
   */
  hold(id: string, scope: Scope, untilMs: number | null = null): void {
    const held = mergeHolds(this.#holds.get(id), { scope, untilMs });
    this.#holds.set(id, held);
    this.#persist?.(buildRecordKey("hold", id), { kind: "hold", id, hold: held });
  }

  /** Bumped once and released, in one step; an unknown id does nothing. */
  releaseHold(id: string, nowMs: number): void {
    this.#endExpired(nowMs);
    this.#releaseHold(id, nowMs);
  }

  /** Looks up, bumps and remembers in one step. */
  acceptMessage(
    message: Pick<InvalidateMessage, "id" | "sentAtMs">,
    tags: readonly Tag[],
    nowMs: number,
  ): Admission {
    this.#endExpired(nowMs);
    const admission = this.#messages.admit(message, nowMs);
    if (admission === "new") this.#bump(tags, nowMs);
    return admission;
  }

  buildReport(nowMs: number): AuthorityReport {
    this.#endExpired(nowMs);
    return {
      incarnation: this.incarnation,
      bumps: this.#numbers.counter,
      openIntents: this.#intents.aliveCount,
      unknownIntents: this.#intents.unknownCount,
      oldestIntentOpenedAtMs: this.#intents.oldestOpenedAtMs,
      holds: [...this.#holds.keys()],
      quarantineUntilMs: nowMs < this.#quarantineUntilMs ? this.#quarantineUntilMs : null,
    };
  }

  #findObstacle(questions: readonly Question[], nowMs: number): Obstacle | null {
    if (questions.some(({ context }) => this.#isHeld(context))) return "held";
    if (nowMs < this.#quarantineUntilMs) return "quarantine";
    return questions.some(({ context }) => this.#intents.isDirty(context)) ? "dirty" : null;
  }

  #isHeld(context: string): boolean {
    for (const { scope } of this.#holds.values()) {
      if (scope === "*" || scope.includes(context)) return true;
    }
    return false;
  }

  /** Entries stored before an intent was lost, or by reads that asked before, are not found again. */
  #endExpired(nowMs: number): void {
    const scope = this.#intents.endExpired(nowMs);
    this.#bump(buildScopeTags(scope), nowMs);
    for (const [id, { untilMs }] of this.#holds) {
      if (untilMs !== null && untilMs <= nowMs) this.#releaseHold(id, nowMs);
    }
  }

  #releaseHold(id: string, nowMs: number): void {
    const scope = this.#holds.get(id)?.scope;
    if (scope === undefined) return;
    this.#bump(buildScopeTags(scope), nowMs);
    this.#holds.delete(id);
    this.#persist?.(buildRecordKey("hold", id), null);
  }

  #bump(tags: readonly Tag[], nowMs: number): void {
    if (tags.length === 0) return;
    this.#numbers.bump(tags);
    this.#recentBumps.note(this.#numbers.counter, nowMs);
  }

  #restore(records: Iterable<AuthorityRecord>): void {
    for (const record of records) {
      if (record.kind === "hold") this.#holds.set(record.id, record.hold);
      this.#numbers.restore(record);
      this.#intents.restore(record);
      this.#messages.restore(record);
    }
    this.#numbers.finishRestore();
  }
}

function mergeHolds(one: Hold | undefined, other: Hold): Hold {
  if (one === undefined) return other;
  const isEndless = one.untilMs === null || other.untilMs === null;
  const untilMs = isEndless ? null : Math.max(one.untilMs ?? 0, other.untilMs ?? 0);
  return { scope: mergeScopes(one.scope, other.scope), untilMs };
}

/** Tags of a mutation without an intent (an upload), or of one whose scope is known. */
export function buildSettlementTags(
  { tags, bumpsScope }: Settlement,
  scope: Scope,
): readonly Tag[] {
  return bumpsScope ? [...tags, ...buildScopeTags(scope)] : tags;
}
