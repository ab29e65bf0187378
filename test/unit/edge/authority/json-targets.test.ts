import { expect, test } from "vitest";
import { parseCallTargets, parseTargets } from "../../../../edge/authority/json-targets.ts";

test("an envelope without invalidate and merge names nothing", () => {
  expect(parseCallTargets({ result: 1 })).toEqual([]);
  expect(parseCallTargets({ result: null, invalidate: [], merge: null })).toEqual([]);
  expect(parseCallTargets({ error: { code: "BAD_REQUEST", message: "no" } })).toEqual([]);
});

test("invalidate and merge both count", () => {
  const answer = {
    result: {},
    invalidate: ["news"],
    merge: [
      { context: "user", slot: "user_profile", value: { name: "x" }, params: { user_id: 5 } },
    ],
  };
  expect(parseCallTargets(answer)).toEqual([
    { name: "news", values: new Map() },
    { name: "user", values: new Map([["user_id", "5"]]) },
  ]);
});

test("a target that names a context and a function names both", () => {
  const names = [{ name: "a" }, { name: "b" }];
  expect(parseTargets([{ context: "a", function: "b" }])).toMatchObject(names);
});

test.each<[unknown]>([
  [null],
  ["text"],
  [[]],
  [{ invalidate: "user" }],
  [{ invalidate: { context: "user" } }],
  [{ invalidate: [5] }],
  [{ invalidate: [null] }],
  [{ invalidate: [{}] }],
  [{ invalidate: [{ context: 5 }] }],
  [{ invalidate: [{ context: "user", function: null }] }],
  [{ invalidate: [{ context: "user", params: [5] }] }],
  [{ merge: [{ slot: "user_profile", value: 1 }] }],
])("%j is not read as naming nothing", (answer) => {
  expect(parseCallTargets(answer)).toBeNull();
});

test("names that every object has are only names", () => {
  const params = JSON.parse('{"__proto__": 5, "constructor": "x"}');
  expect(parseTargets([{ context: "__proto__", params }])).toEqual([
    {
      name: "__proto__",
      values: new Map([
        ["__proto__", "5"],
        ["constructor", "x"],
      ]),
    },
  ]);
});
