import { expect, test } from "vitest";
import { parseInvalidateHeader } from "../../../../edge/authority/invalidate-header.ts";

test("twenty contexts in one header are read", () => {
  const names = Array.from({ length: 20 }, (_, at) => `context_${at}`);
  const read = parseInvalidateHeader(names.join(", "));
  expect(read?.map(({ name }) => name)).toEqual(names);
});

test("a value is decoded once", () => {
  const [target] = parseInvalidateHeader("search;q=%2535+%3B") ?? [];
  expect(target?.values.get("q")).toBe("%35+;");
});

test("a parameter that is named twice narrows nothing", () => {
  const [target] = parseInvalidateHeader("user;user_id=5;user_id=6") ?? [];
  expect([...(target?.values ?? [])]).toEqual([["user_id", null]]);
});

test.each([
  "",
  " ",
  ",",
  "user,",
  "user;",
  "user;user_id",
  "user;=5",
  "user;user_id=5;",
  "user user",
  "us%65r",
  "*",
  "5",
  '"user"',
  "user;user_id=%",
  "user;user_id=%5",
  "user;user_id=%zz",
  "user;user_id=%ff",
  "user;user_id=é",
  "user;user_id=a b",
  "user;user_id=5\u00a0",
])("%j is of another grammar", (header) => {
  expect(parseInvalidateHeader(header)).toBeNull();
});
