import { expect, test } from "vitest";
import { AskedBefore } from "../../../../../edge/cache/read/asked-before.ts";

test("what was noted is known, and nothing else", () => {
  const before = new AskedBefore();
  const subjects = Array.from({ length: 20_000 }, (_, index) => `["context","item",${index}]`);
  expect(subjects.filter((subject) => before.note(subject))).toEqual([]);
  expect(subjects.filter((subject) => !before.note(subject))).toEqual([]);
  before.clear();
  expect(before.note(subjects[0] ?? "")).toBe(false);
});

test("the memory is bounded: what was asked longest ago is forgotten first", () => {
  const before = new AskedBefore(10);
  before.note("often");
  for (let index = 0; index < 100; index += 1) {
    before.note(`once ${index}`);
    expect(before.note("often")).toBe(true);
  }
  expect(before.note("once 95")).toBe(true);
  expect(before.note("once 80")).toBe(false);
});
