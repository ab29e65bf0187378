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
import { type AuthorityRecord, buildRecordKey, type Persist } from "./authority-record.ts";
import { Intents } from "./intents.ts";
import { type Admission, type InvalidateMessage, MessageMemory } from "./message-memory.ts";
import { Numbers, type Question } from "./numbers.ts";
import { RecentBumps } from "./recent-bumps.ts";
import { buildScopeTags, findScope, mergeScopes, type Scope, type Tag } from "./target.ts";
import { computeHardAgeMs, DEFAULT_TIMES, type Times } from "./times.ts";

export class Authority {
  readonly incarnation: string;
  readonly #quarantineUntilMs: number;
  readonly #times: Times;
  readonly #persist: Persist | null;
  readonly #numbers: Numbers;
  readonly #intents: Intents;
  readonly #messages: MessageMemory;
  readonly #recentBumps: RecentBumps;
  readonly #holds = new Map<string, Scope>();

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

  /** Held from now on. The same id again: both scopes are. */
  hold(id: string, scope: Scope): void {
    const held = mergeScopes(this.#holds.get(id) ?? [], scope);
    this.#holds.set(id, held);
    this.#persist?.(buildRecordKey("hold", id), { kind: "hold", id, scope: held });
  }

  /** Bumped once and released, in one step; an unknown id does nothing. */
  releaseHold(id: string, nowMs: number): void {
    this.#endExpired(nowMs);
    const scope = this.#holds.get(id);
    if (scope === undefined) return;
    this.#bump(buildScopeTags(scope), nowMs);
    this.#holds.delete(id);
    this.#persist?.(buildRecordKey("hold", id), null);
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
    for (const scope of this.#holds.values()) {
      if (scope === "*" || scope.includes(context)) return true;
    }
    return false;
  }

  /** Entries stored before an intent was lost, or by reads that asked before, are not found again. */
  #endExpired(nowMs: number): void {
    const scope = this.#intents.endExpired(nowMs);
    this.#bump(buildScopeTags(scope), nowMs);
  }

  #bump(tags: readonly Tag[], nowMs: number): void {
    if (tags.length === 0) return;
    this.#numbers.bump(tags);
    this.#recentBumps.note(this.#numbers.counter, nowMs);
  }

  #restore(records: Iterable<AuthorityRecord>): void {
    for (const record of records) {
      if (record.kind === "hold") this.#holds.set(record.id, record.scope);
      this.#numbers.restore(record);
      this.#intents.restore(record);
      this.#messages.restore(record);
    }
    this.#numbers.finishRestore();
  }
}

/** Tags of a mutation without an intent (an upload), or of one whose scope is known. */
export function buildSettlementTags(
  { tags, bumpsScope }: Settlement,
  scope: Scope,
): readonly Tag[] {
  return bumpsScope ? [...tags, ...buildScopeTags(scope)] : tags;
}
