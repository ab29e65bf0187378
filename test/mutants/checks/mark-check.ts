/** Marks of intents against a list of them that is searched from end to end. */

import fc from "fast-check";
import type { AuthorityModules } from "../load-authority.ts";
import { type RunOptions, runProperty } from "./run-property.ts";

const HARD_AGE_MS = 10;

/** More than that many unknown ones share marks, which may be dirty for longer, never shorter. */
const MAX_OPEN = 8;

const CONTEXTS = ["item", "news", "cart"];

interface Mark {
  readonly id: string;
  scope: readonly string[] | "*";
  readonly openedAtMs: number;
  state: "open" | "streaming" | "unknown";
}

const someStep = fc.record({
  do: fc.constantFrom("open", "open", "stream", "lose", "lose", "upload", "end", "tick"),
  scope: fc.oneof(
    { weight: 9, arbitrary: fc.subarray(CONTEXTS, { minLength: 1 }) },
    { weight: 1, arbitrary: fc.constant("*" as const) },
  ),
  pick: fc.nat(100),
});
type Step = typeof someStep extends fc.Arbitrary<infer T> ? T : never;

/** @returns steps after which a context was clean too early, or dirty for ever; null: none found */
export function checkMarks(modules: AuthorityModules, options: RunOptions): string | null {
  const someSteps = fc.array(someStep, { minLength: 1, maxLength: 60, size: "max" });
  const property = fc.property(someSteps, (steps) => new MarkReplay(modules).run(steps));
  return runProperty(property, options);
}

class MarkReplay {
  readonly #intents: InstanceType<AuthorityModules["Intents"]>;
  #marks: Mark[] = [];
  #nowMs = 0;
  #ids = 0;
  #wasFull = false;

  constructor(modules: AuthorityModules) {
    const options = { maxOpen: MAX_OPEN, hardAgeMs: HARD_AGE_MS, persist: null };
    this.#intents = new modules.Intents(options);
  }

  run(steps: readonly Step[]): void {
    for (const step of steps) {
      this.#take(step);
      this.#compare();
    }
    this.#nowMs += HARD_AGE_MS;
    this.#expire();
    for (const { id } of this.#marks) this.#intents.end(id);
    const left = CONTEXTS.filter((context) => this.#intents.isDirty(context));
    if (left.length > 0) throw new Error(`dirty for ever: ${left.join()}`);
    const { aliveCount, unknownCount } = this.#intents;
    if (aliveCount + unknownCount !== 0) throw new Error(`${aliveCount} and ${unknownCount} left`);
  }

  #take({ do: name, scope, pick }: Step): void {
    const alive = this.#marks.filter(({ state }) => state !== "unknown");
    const mark = alive[pick % Math.max(alive.length, 1)];
    if (name === "open") this.#open(scope);
    if (name === "upload") {
      const request = { id: this.#createId(), scope, clientId: "", openedAtMs: this.#nowMs };
      this.#intents.addUnknown(request);
      this.#marks.push({ ...request, state: "unknown" });
    }
    if (name === "tick") {
      this.#nowMs += 1 + (pick % (pick % 2 === 0 ? 3 : HARD_AGE_MS));
      this.#expire();
    }
    if (mark === undefined) return;
    if (name === "stream") {
      this.#intents.markStreaming(mark.id, scope);
      mark.scope = mark.scope === "*" || scope === "*" ? "*" : [...mark.scope, ...scope];
      mark.state = "streaming";
    }
    if (name === "lose") {
      this.#intents.markUnknown(mark.id);
      mark.state = "unknown";
    }
    if (name === "end") {
      this.#intents.end(mark.id);
      this.#marks = this.#marks.filter((other) => other !== mark);
    }
  }

  #open(scope: Mark["scope"]): void {
    const request = { id: this.#createId(), scope, openedAtMs: this.#nowMs };
    const opened = this.#intents.open({ ...request, clientId: request.id });
    const aliveCount = this.#marks.filter(({ state }) => state !== "unknown").length;
    const isFull = aliveCount >= MAX_OPEN;
    if ((opened === "full") !== isFull) throw new Error(`${aliveCount} alive: ${String(opened)}`);
    if (opened !== "full") this.#marks.push({ ...request, state: "open" });
  }

  /** What ends is bumped, else what was stored before it stays. */
  #expire(): void {
    const bumped = this.#intents.endExpired(this.#nowMs);
    const isOver = (mark: Mark) =>
      mark.state !== "open" && mark.openedAtMs + HARD_AGE_MS <= this.#nowMs;
    const over = this.#marks.filter(isOver);
    this.#marks = this.#marks.filter((mark) => !isOver(mark));
    for (const context of CONTEXTS) {
      const isBumped = bumped === "*" || bumped.includes(context);
      const isLate = this.#intents.isDirty(context); // bumped when the last mark ends
      if (covers(over, context) && !isBumped && !isLate) throw new Error(`${context} not bumped`);
    }
  }

  #compare(): void {
    const dirty = this.#marks.filter(({ state }) => state !== "open");
    this.#wasFull ||= dirty.length >= MAX_OPEN;
    for (const context of CONTEXTS) {
      const isDirty = this.#intents.isDirty(context);
      if (covers(dirty, context) && !isDirty) throw new Error(`${context} is clean`);
      if (!covers(dirty, context) && isDirty && !this.#wasFull) throw new Error(`${context} dirty`);
    }
  }

  #createId(): string {
    this.#ids += 1;
    return `id-${this.#ids}`;
  }
}

function covers(marks: readonly Mark[], context: string): boolean {
  return marks.some(({ scope }) => scope === "*" || scope.includes(context));
}
