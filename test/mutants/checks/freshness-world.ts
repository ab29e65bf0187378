/**
 * A small Edge around the authority, with an origin, a clock and a store that survives crashes. It
 * throws as soon as somebody sees what the promises forbid.
 */

import type { Authority } from "../../../edge/authority/authority.ts";
import type { Settlement } from "../../../edge/authority/authority-interface.ts";
import type { Question } from "../../../edge/authority/numbers.ts";
import type { Outcome } from "../../../edge/authority/outcome.ts";
import type { AuthorityModules } from "../load-authority.ts";
import {
  type Entity,
  type MutationKind,
  PARAMS,
  type ReadKind,
  type Versions,
  VIEW,
} from "./freshness-origin.ts";

/** Rules that the Edge around the authority keeps; a mutant breaks one of them. */
export interface HostRules {
  readonly keyHasNumber: boolean;
  readonly asksNumbersFirst: boolean;
  readonly bumpsBeforeResponse: boolean;
  readonly opensIntents: boolean;
  /** Of the hard age, in quarters. */
  readonly quarantineQuarters: number;
  readonly isReborn: boolean;
  readonly holds: boolean;
  readonly drainsBeforeRelease: boolean;
  readonly settlesAtLastByte: boolean;
}

export const RIGHT_RULES: HostRules = {
  keyHasNumber: true,
  asksNumbersFirst: true,
  bumpsBeforeResponse: true,
  opensIntents: true,
  quarantineQuarters: 4,
  isReborn: true,
  holds: true,
  drainsBeforeRelease: true,
  settlesAtLastByte: true,
};

export const TIMES = { forwardWaitMs: 2, requestLimitMs: 8, clockDifferenceMs: 3 };

export interface Answer {
  readonly release: number;
  readonly versions: Versions;
}

export interface Read {
  readonly kind: ReadKind;
  readonly release: number;
  /** What its answer must not be older than. */
  readonly floor: Answer;
  /** null: goes to the origin, and what comes is not stored. */
  key: string | null;
  answer: Answer | null;
}

interface Mutation {
  readonly id: string;
  readonly kind: MutationKind;
  readonly release: number;
  /** The origin's clock may be late by the accepted difference. */
  commitsUntilMs: number;
  stages: readonly string[];
  written: Partial<Record<Entity, number>>;
  /** Its answer has left, or its connection is lost: whatever it wrote and will write is promised. */
  isPromised: boolean;
  isLost: boolean;
  /** The Edge has read its header. */
  hasNamed: boolean;
}

/** A write that did not pass the Edge, with the message that its transaction left behind. */
interface SideWrite {
  readonly id: string;
  readonly written: Versions;
  /** Times in messages that were delivered with success. */
  readonly delivered: number[];
}

type Deployment = "none" | "held" | "switched";

export class FreshnessWorld {
  readonly modules: AuthorityModules;
  readonly rules: HostRules;
  authority: Authority;
  nowMs = 1000;
  release = 1;
  deployment: Deployment = "none";
  readonly reads: Read[] = [];
  readonly mutations: Mutation[] = [];
  readonly sideWrites: SideWrite[] = [];
  /** What the authority keeps in storage, as text. */
  readonly #records = new Map<string, string>();
  #quarantineUntilMs = 0;
  readonly #store = new Map<string, Answer>();
  readonly #data: Record<Entity, number> = { "item/1": 0, "item/2": 0, news: 0 };
  readonly #promised: Record<Entity, number> = { "item/1": 0, "item/2": 0, news: 0 };
  #births = 0;
  #ids = 0;

  constructor(modules: AuthorityModules, rules: HostRules) {
    this.modules = modules;
    this.rules = rules;
    this.authority = this.#bear();
  }

  get hardAgeMs(): number {
    return TIMES.forwardWaitMs + TIMES.requestLimitMs + TIMES.clockDifferenceMs;
  }

  startRead(kind: ReadKind): void {
    const floor = { release: this.release, versions: { ...this.#promised } };
    const read: Read = { kind, release: this.release, floor, key: null, answer: null };
    read.key = this.#buildKey(kind);
    const hit = read.key === null ? undefined : this.#store.get(read.key);
    if (hit === undefined) this.reads.push(read);
    else checkAnswer(hit, read, "from the cache");
  }

  /** Asks the origin, then stores and answers. */
  stepRead(read: Read): void {
    if (read.answer === null) {
      const shown = read.kind.shows.map((entity) => [entity, this.#data[entity]]);
      read.answer = { release: read.release, versions: Object.fromEntries(shown) };
      return;
    }
    if (!this.rules.asksNumbersFirst) read.key = this.#buildKey(read.kind);
    if (read.key !== null) this.#store.set(read.key, read.answer);
    checkAnswer(read.answer, read, "from the origin");
    this.reads.splice(this.reads.indexOf(read), 1);
  }

  startMutation(kind: MutationKind): void {
    const id = this.#createId();
    let deadlineMs = Number.POSITIVE_INFINITY; // an upload's time begins with the end of its body
    if (kind.isUpload === undefined) {
      deadlineMs = this.nowMs + TIMES.requestLimitMs;
      if (this.rules.opensIntents) {
        const request = { id, scope: kind.affects, clientId: id };
        const opening = this.authority.openIntent(request, this.nowMs);
        if (opening.refusal !== null) return;
        deadlineMs = opening.deadlineMs;
      }
    }
    this.mutations.push({
      id,
      kind,
      release: this.release,
      commitsUntilMs: deadlineMs + TIMES.clockDifferenceMs,
      stages: kind.stages,
      written: {},
      isPromised: false,
      isLost: false,
      hasNamed: false,
    });
  }

  stepMutation(mutation: Mutation): void {
    const [stage, ...rest] = mutation.stages;
    mutation.stages = rest;
    if (stage === "commit") this.#commit(mutation);
    else if (!mutation.isLost && stage === "headers") this.#passHeaders(mutation);
    else if (!mutation.isLost) this.#answer(mutation, stage === "late-settle");
    if (mutation.stages.length === 0) this.mutations.splice(this.mutations.indexOf(mutation), 1);
  }

  /** The connection to the origin breaks; what the origin does goes on. */
  lose(mutation: Mutation): void {
    if (mutation.isLost || mutation.stages.at(-1) === "late-settle") return;
    const { id, kind } = mutation;
    if (kind.isUpload) {
      mutation.commitsUntilMs = this.nowMs + TIMES.requestLimitMs + TIMES.clockDifferenceMs;
      this.authority.loseUpload({ id, scope: kind.affects, clientId: id }, this.nowMs);
    } else {
      this.authority.loseIntent(id, this.nowMs);
    }
    mutation.isLost = true;
    this.#promise(mutation);
  }

  crash(): void {
    this.reads.length = 0;
    for (const side of this.sideWrites) side.delivered.length = 0; // the memory of ids is gone too
    for (const mutation of this.mutations) {
      mutation.isLost = true;
      const limitMs = this.nowMs + TIMES.requestLimitMs + TIMES.clockDifferenceMs;
      mutation.commitsUntilMs = Math.min(mutation.commitsUntilMs, limitMs);
      this.#promise(mutation);
    }
    const quarantineMs = Math.floor((this.hardAgeMs * this.rules.quarantineQuarters) / 4);
    this.#quarantineUntilMs = this.nowMs + quarantineMs;
    this.#records.clear();
    if (this.rules.isReborn) this.#births += 1;
    this.authority = this.#bear();
    if (this.deployment !== "none" && this.rules.holds) this.authority.hold("deploy", ["news"]);
  }

  /** Hold, switch, and once no request of the old release can commit: bump and release. */
  stepDeployment(): void {
    if (this.deployment === "none") {
      if (this.rules.holds) this.authority.hold("deploy", ["news"]);
      this.deployment = "held";
    } else if (this.deployment === "held") {
      this.release += 1;
      this.deployment = "switched";
      this.#promised.news = this.#data.news;
    } else if (!this.rules.drainsBeforeRelease || !this.#isOldAlive()) {
      this.authority.releaseHold("deploy", this.nowMs);
      this.deployment = "none";
    }
  }

  writePastEdge(entity: Entity): void {
    this.#data[entity] += 1;
    const written = { [entity]: this.#data[entity] };
    this.sideWrites.push({ id: this.#createId(), written, delivered: [] });
  }

  /** @param skewMs by how much the sender's clock differs */
  deliver(side: SideWrite, skewMs: number): void {
    const sentAtMs = this.nowMs + skewMs;
    const admission = this.#accept(side, sentAtMs);
    if (admission !== "new" && admission !== "repeated") throw new Error(`message ${admission}`);
    side.delivered.push(sentAtMs);
    this.#raisePromised(side.written);
  }

  /** Somebody else sends again what was on the wire. */
  replay(side: SideWrite): void {
    for (const sentAtMs of side.delivered) {
      const before = this.authority.buildReport(this.nowMs).bumps;
      this.#accept(side, sentAtMs);
      const after = this.authority.buildReport(this.nowMs).bumps;
      if (after !== before) throw new Error("a replayed message had an effect");
    }
  }

  #accept({ id, written }: SideWrite, sentAtMs: number) {
    const isItem = written.news === undefined;
    const params = written["item/1"] === undefined ? { id: "2" } : { id: 1 };
    const raw = { id, sentAtMs, targets: isItem ? [{ context: "item", params }] : ["news"] };
    const message = this.modules.parseInvalidateMessage(raw);
    if (message === null) throw new Error("not a message");
    const { tags } = this.modules.resolveTargets(message.targets, VIEW);
    return this.authority.acceptMessage(message, tags, this.nowMs);
  }

  /** A durable host starts again: same incarnation, what was stored. */
  rebuild(): void {
    this.authority = this.#bear();
  }

  #bear(): Authority {
    return new this.modules.Authority({
      incarnation: `birth-${this.#births}`,
      quarantineUntilMs: this.#quarantineUntilMs,
      times: TIMES,
      maxOpenIntents: 8,
      maxRows: 1,
      records: [...this.#records.values()].map((text) => JSON.parse(text)),
      persist: (key, record) => {
        if (record === null) this.#records.delete(key);
        else this.#records.set(key, JSON.stringify(record));
      },
    });
  }

  #buildKey({ context, values }: ReadKind): string | null {
    const question: Question = { context, params: PARAMS[context] ?? [], values };
    const reading = this.authority.read([question], this.nowMs);
    if (reading.obstacle !== null) return null;
    const numbers = this.rules.keyHasNumber ? reading.numbers : [];
    return JSON.stringify([context, values, reading.incarnation, numbers]);
  }

  #commit(mutation: Mutation): void {
    if (this.nowMs > mutation.commitsUntilMs) return;
    for (const entity of mutation.kind.writes) {
      this.#data[entity] += 1;
      mutation.written[entity] = this.#data[entity];
    }
    if (mutation.isPromised) this.#promise(mutation);
    // Held: nobody may miss what the old release still does to it.
    const { news } = mutation.written;
    if (mutation.release < this.release && news !== undefined) this.#raisePromised({ news });
  }

  #passHeaders(mutation: Mutation): void {
    const outcome = this.#decide(mutation, true);
    const settlement = this.#resolve(outcome);
    const isLate = outcome.mayWriteLater && this.rules.settlesAtLastByte;
    if (isLate) this.authority.beginStream(mutation.id, settlement, this.nowMs);
    else this.authority.settleIntent(mutation.id, settlement, this.nowMs);
    this.#promise(mutation);
  }

  #answer(mutation: Mutation, isBumpMissing: boolean): void {
    if (!this.rules.bumpsBeforeResponse && !isBumpMissing) {
      this.#promise(mutation);
      mutation.stages = ["late-settle"];
      return;
    }
    const isStreamed = mutation.kind.stages.includes("headers");
    if (!isStreamed || this.rules.settlesAtLastByte) {
      const settlement = this.#resolve(this.#decide(mutation, isStreamed));
      if (mutation.kind.isUpload) {
        const tags = this.modules.buildSettlementTags(settlement, mutation.kind.affects);
        this.authority.bump(tags, this.nowMs);
      } else {
        this.authority.settleIntent(mutation.id, settlement, this.nowMs);
      }
    }
    this.#promise(mutation);
  }

  #decide(mutation: Mutation, isStreamed: boolean): Outcome {
    const { kind } = mutation;
    mutation.hasNamed = true;
    return this.modules.decideOutcome({
      status: kind.status,
      wrote: kind.wrote,
      invalidateHeader: kind.header ?? null,
      envelope: kind.json === undefined ? { kind: "none" } : { kind: "read", json: kind.json },
      isStreamed,
    });
  }

  #resolve({ targets, bumpsScope }: Outcome): Settlement {
    return { tags: this.modules.resolveTargets(targets, VIEW).tags, bumpsScope };
  }

  #isOldAlive(): boolean {
    return this.mutations.some(
      ({ release, stages, commitsUntilMs }) =>
        release < this.release && stages.includes("commit") && this.nowMs <= commitsUntilMs,
    );
  }

  /** News that neither the manifest nor a header names is not promised. */
  #promise(mutation: Mutation): void {
    mutation.isPromised = true;
    const { kind, written, hasNamed } = mutation;
    const isNamed = hasNamed && kind.header?.includes("news") === true;
    const { news: _, ...items } = written;
    this.#raisePromised(isNamed || kind.affects.includes("news") ? written : items);
  }

  #raisePromised(written: Versions): void {
    for (const [entity, version] of Object.entries(written) as [Entity, number][]) {
      this.#promised[entity] = Math.max(this.#promised[entity], version);
    }
  }

  #createId(): string {
    this.#ids += 1;
    return `id-${this.#ids}`;
  }
}

function checkAnswer(answer: Answer, { kind, floor }: Read, from: string): void {
  const what = `${kind.context} ${JSON.stringify(kind.values)} ${from}`;
  for (const entity of kind.shows) {
    const [seen = -1, promised = 0] = [answer.versions[entity], floor.versions[entity]];
    if (seen < promised) throw new Error(`${what}: ${entity} is ${seen}, promised ${promised}`);
  }
  if (kind.context === "news" && answer.release < floor.release) {
    throw new Error(`${what}: of release ${answer.release}, ${floor.release} is live`);
  }
}
