import { expect, test } from "vitest";
import { Numbers, type Question } from "../../../../edge/authority/numbers.ts";
import type { Tag } from "../../../../edge/authority/target.ts";

const create = (maxRows = 100) => new Numbers({ maxRows, persist: null });

function ask(values: Record<string, string>, context = "user"): Question {
  return { context, params: ["user_id", "page"], values };
}

const row = (value: string, param = "user_id"): Tag => ({
  kind: "row",
  context: "user",
  param,
  value,
});

test("a row spares other plain values and reaches what may mean it", () => {
  const numbers = create();
  numbers.bump([row("5")]);
  expect(numbers.getNumber(ask({ user_id: "5" }))).toBe(1);
  expect(numbers.getNumber(ask({ user_id: "5", page: "2" }))).toBe(1);
  expect(numbers.getNumber(ask({ user_id: "05" }))).toBe(1);
  expect(numbers.getNumber(ask({}))).toBe(1);
  expect(numbers.getNumber(ask({ user_id: "6" }))).toBe(0);
  expect(numbers.getNumber(ask({}, "other"))).toBe(0);
});

test("several tags of one bump take one number", () => {
  const numbers = create();
  numbers.bump([row("5"), { kind: "context", context: "news" }]);
  expect(numbers.counter).toBe(1);
  numbers.bump([]);
  expect(numbers.counter).toBe(1);
});

test("everything and a context overtake their rows", () => {
  const numbers = create();
  numbers.bump([row("5")]);
  numbers.bump([{ kind: "context", context: "user" }]);
  expect(numbers.getNumber(ask({ user_id: "5" }))).toBe(2);
  expect(numbers.getNumber(ask({ user_id: "6" }))).toBe(2);
  numbers.bump([{ kind: "everything" }]);
  expect(numbers.getNumber(ask({ user_id: "6" }))).toBe(3);
  expect(numbers.getNumber(ask({}, "never bumped"))).toBe(3);
});

test("the smallest rows are dropped first, and their numbers stay", () => {
  const numbers = create(2);
  for (const value of ["1", "2", "1", "3"]) numbers.bump([row(value)]);
  const seen = ["1", "2", "3", "4"].map((value) => numbers.getNumber(ask({ user_id: value })));
  expect(seen).toEqual([3, 2, 4, 2]);
});

test("a parameter that every object has is not there", () => {
  const numbers = create();
  numbers.bump([{ kind: "row", context: "user", param: "constructor", value: "5" }]);
  const question = { context: "user", params: ["constructor"], values: {} };
  expect(numbers.getNumber(question)).toBe(1);
});
