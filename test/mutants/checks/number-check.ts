/** Section 2's number against two small models: its formula, and what a bump must and must not reach. */

import fc from "fast-check";
import type { Question } from "../../../edge/authority/numbers.ts";
import type { Tag, Target } from "../../../edge/authority/target.ts";
import type { AuthorityModules } from "../load-authority.ts";
import { type RunOptions, runProperty } from "./run-property.ts";

/** Texts that a request or a target may hold, and whether the page calls them plain. */
const VALUES: ReadonlyMap<string, boolean> = new Map([
  ["5", true],
  ["05", false],
  ["red", true],
  ["true", false],
  ["7c9e6679-7425-40de-944b-e07fc1f90ae7", true],
  ["7c9e6679742540de944be07fc1f90ae7", false],
]);

const VIEW = {
  contexts: new Map([
    ["item", { params: ["id", "kind"] }],
    ["news", { params: [] }],
  ]),
  functions: new Map([["get_item", ["item"]]]),
};

const QUESTIONS: readonly Question[] = [
  { context: "news", params: [], values: {} },
  ...[undefined, ...VALUES.keys()].flatMap((id) =>
    [undefined, "5", "05"].map((kind) => ({
      context: "item",
      params: ["id", "kind"],
      values: { ...(id === undefined ? {} : { id }), ...(kind === undefined ? {} : { kind }) },
    })),
  ),
];

const someValues = fc.dictionary(
  fc.constantFrom("id", "kind", "other"),
  fc.constantFrom(null, ...VALUES.keys()),
  { maxKeys: 2 },
);
const someTarget = fc.record({
  name: fc.constantFrom("item", "item", "item", "news", "get_item", "nobody", "*"),
  values: someValues.map((values) => new Map(Object.entries(values))),
});

/** @returns the bumps after which a number was wrong, and how; null: none found */
export function checkNumbers(modules: AuthorityModules, options: RunOptions): string | null {
  const property = fc.property(
    fc.array(someTarget, { minLength: 1, maxLength: 25 }),
    fc.constantFrom(1, 2, 1000),
    (targets, maxRows) => replay(modules, targets, maxRows),
  );
  return runProperty(property, options);
}

function replay(modules: AuthorityModules, targets: readonly Target[], maxRows: number): void {
  const numbers = new modules.Numbers({ maxRows, persist: null });
  const formula = new Formula(maxRows);
  for (const target of targets) {
    const before = QUESTIONS.map((question) => numbers.getNumber(question));
    const { tags } = modules.resolveTargets([target], VIEW);
    numbers.bump(tags);
    formula.bump(tags);
    for (const [index, question] of QUESTIONS.entries()) {
      const [old = 0, now] = [before[index], numbers.getNumber(question)];
      const place = `${JSON.stringify(question.values)} of ${question.context}`;
      const expected = formula.compute(question);
      if (now !== expected) throw new Error(`${place}: ${now}, by the formula ${expected}`);
      if (now < old) throw new Error(`${place} fell from ${old} to ${now}`);
      const reach = judgeReach(target, question);
      if (reach === "reached" && now <= old) throw new Error(`${place} was not reached`);
      if (reach === "spared" && maxRows > 100 && now !== old) throw new Error(`${place} rose`);
    }
  }
}

/** May the target mean this request? `open`: no, but covering it is allowed. */
function judgeReach(target: Target, question: Question): "reached" | "spared" | "open" {
  if (target.name === "*") return "reached";
  if (target.name === "nobody") return "spared";
  const isWhole = target.name === "get_item";
  const context = isWhole ? "item" : target.name;
  if (context !== question.context) return "spared";
  if (isWhole) return "reached";
  const pairs = [...target.values];
  if (pairs.some(([param]) => !question.params.includes(param))) return "reached";
  if (pairs.every(([param, value]) => mayMean(question.values[param], value))) return "reached";
  return pairs.length === 1 ? "spared" : "open";
}

function mayMean(asked: string | undefined, named: string | null): boolean {
  if (asked === undefined || named === null || asked === named) return true;
  return VALUES.get(asked) !== true || VALUES.get(named) !== true;
}

/** The formula as the page writes it, over plain lists. */
class Formula {
  readonly #maxRows: number;
  #counter = 0;
  #everything = 0;
  readonly #whole = new Map<string, number>();
  readonly #any = new Map<string, number>();
  readonly #floor = new Map<string, number>();
  #rows: { context: string; key: string; number: number }[] = [];

  constructor(maxRows: number) {
    this.#maxRows = maxRows;
  }

  bump(tags: readonly Tag[]): void {
    if (tags.length > 0) this.#counter += 1;
    for (const tag of tags) {
      if (tag.kind === "everything") this.#everything = this.#counter;
      if (tag.kind === "context") this.#whole.set(tag.context, this.#counter);
      if (tag.kind === "row") this.#bumpRow(tag.context, tag.param, tag.value);
    }
  }

  #bumpRow(context: string, param: string, value: string): void {
    const key = `${param}:${value}`;
    this.#any.set(`${context}:${param}`, this.#counter);
    this.#rows = this.#rows.filter((row) => row.context !== context || row.key !== key);
    this.#rows.push({ context, key, number: this.#counter });
    const own = this.#rows.filter((row) => row.context === context);
    own.sort((one, other) => one.number - other.number);
    for (const dropped of own.slice(0, Math.max(0, own.length - this.#maxRows))) {
      this.#rows = this.#rows.filter((row) => row !== dropped);
      this.#floor.set(context, Math.max(this.#floor.get(context) ?? 0, dropped.number));
    }
  }

  compute({ context, params, values }: Question): number {
    const parts = [this.#everything, this.#whole.get(context) ?? 0];
    for (const param of params) {
      const value = values[param];
      if (value !== undefined && VALUES.get(value) === true) {
        const key = `${param}:${value}`;
        const row = this.#rows.find((one) => one.context === context && one.key === key);
        parts.push(row?.number ?? this.#floor.get(context) ?? 0);
      } else {
        parts.push(this.#any.get(`${context}:${param}`) ?? 0);
      }
    }
    return Math.max(...parts);
  }
}
