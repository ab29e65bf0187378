import { expect, test } from "vitest";
import { checkHistory } from "../../../helpers/history/check-history.ts";
import type { History, Mutation, Read } from "../../../helpers/history/history.ts";

function write(sentAt: number, answeredAt: number | null, n: number | null): Mutation {
  const isDone = n === null ? null : true;
  return { key: "a", name: "add", sentAt, answeredAt, raises: 1, isDone, n };
}

function read(sentAt: number, answeredAt: number, n: number, fields: Partial<Read> = {}): Read {
  return { key: "a", entry: "ana /a", sentAt, answeredAt, n, mark: "HIT", revision: 0, ...fields };
}

function check(history: Partial<History>): readonly string[] {
  return checkHistory({ mutations: [], reads: [], switches: [], ...history }).violations;
}

test("a read sent before the answer to a write may see it or not, whatever became of others", () => {
  const mutations = [write(1, 10, 1), write(20, null, null)];
  const reads = [read(2, 3, 0), read(2, 9, 1), read(11, 12, 1), read(21, 22, 2)];
  expect(check({ mutations, reads })).toEqual([]);
});

test.each([
  ["of a write that was answered before", { mutations: [write(1, 2, 1)], reads: [read(3, 4, 0)] }],
  [
    "of the second of two, though each was seen once",
    { mutations: [write(1, 2, 1), write(3, 4, 2)], reads: [read(3, 9, 1), read(5, 6, 1)] },
  ],
  [
    "where the answer says no value, by what was written before",
    {
      mutations: [
        { ...write(1, 2, 7), raises: 7 },
        { ...write(3, 4, null), isDone: true },
      ],
      reads: [read(5, 6, 7)],
    },
  ],
  [
    "where the answer says no value, by what was read before",
    {
      mutations: [write(1, null, null), { ...write(4, 5, null), isDone: true }],
      reads: [read(2, 3, 1), read(6, 7, 1)],
    },
  ],
])("a stale read is found: %s", (_, history) => {
  expect(check(history)).toEqual([expect.stringMatching(/^stale: .*sent/)]);
});

test("a value that nobody had begun to write is found, and so is one that was undone", () => {
  const undone = { ...write(1, 2, null), isDone: false, raises: 0 };
  const one = { mutations: [undone, write(5, 6, 1)], reads: [read(3, 4, 1)] };
  expect(check(one)).toEqual([expect.stringMatching(/^invented: /)]);
});

test("an entry that goes back after a write without an answer is found, another entry's is none", () => {
  const mutations = [write(1, null, null)];
  const back = { mutations, reads: [read(2, 3, 1), read(4, 5, 0)] };
  expect(check(back)).toEqual([expect.stringMatching(/^went back: /)]);
  const other = { mutations, reads: [read(2, 3, 1), read(4, 5, 0, { entry: "tom /a" })] };
  expect(check(other)).toEqual([]);
  const atOnce = { mutations, reads: [read(2, 5, 1), read(4, 6, 0)] };
  expect(check(atOnce)).toEqual([]);
});

test("an answer of the release that has gone is found, one during the switch is none", () => {
  const switches = [
    { key: "a", revision: 1, beganAt: 0, doneAt: 0 },
    { key: "a", revision: 2, beganAt: 10, doneAt: 20 },
  ];
  const one = (sentAt: number, answeredAt: number, revision: number) =>
    check({ switches, reads: [read(sentAt, answeredAt, 0, { revision })] });
  expect(one(5, 6, 1)).toEqual([]);
  expect(one(15, 16, 1)).toEqual([]);
  expect(one(15, 16, 2)).toEqual([]);
  expect(one(21, 22, 2)).toEqual([]);
  expect(one(5, 6, 2)).toHaveLength(1);
  expect(one(21, 22, 1)).toHaveLength(1);
});

test("writes without a value that are under way at once count once in what must be seen", () => {
  const isDone = true;
  const mutations = [
    { ...write(1, 5, null), isDone },
    { ...write(2, 6, null), isDone },
  ];
  expect(check({ mutations, reads: [read(7, 8, 2)] })).toEqual([]);
  expect(check({ mutations, reads: [read(7, 8, 0)] })).toHaveLength(1);
});

test("a write counts as a sample if a read was sent after its answer", () => {
  const mutations = [write(1, 2, 1), write(3, 8, 2), write(4, null, null), write(9, 20, 3)];
  const reads = [read(4, 5, 1), read(9, 10, 2)];
  expect(checkHistory({ mutations, reads, switches: [] }).samples).toBe(2);
});
