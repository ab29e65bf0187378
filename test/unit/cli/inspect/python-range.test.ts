import { expect, test } from "vitest";
import { isVersionInRange, parseExactVersion } from "../../../../cli/inspect/python-range.ts";

test.each([
  ["3.12", ">=3.11,<4", true],
  ["3.12", "^3.11", true],
  ["3.10", "^3.11", false],
  ["3.12.4", "~3.12", true],
  ["3.13", "~3.12", false],
  ["3.12", "3.12.4", true],
  ["3.12.4", "3.12", true],
  ["3.1", "3.12", false],
  ["3.12", "==3.12.*", true],
  ["3.12", ">=3.12.3", true],
  ["3.9", ">=3.8,<3.9 || >=3.9.1", true],
  ["3.11", "*", null],
  ["3.11", "nonsense", null],
])("Python %s in %s is %s", (version, range, expected) => {
  expect(isVersionInRange(version, range)).toBe(expected);
});

test("a range is no exact version", () => {
  expect(parseExactVersion("3.12")).toBe("3.12");
  expect(parseExactVersion(">=3.12")).toBeNull();
});
