import { expect, test } from "vitest";
import {
  readGroupMemoryBytes,
  sumPsLines,
} from "../../../../../../cli/targets/local/agent/process-memory.ts";

test("of what ps lists, the members of one group count", () => {
  const lines = "    1  9000\n  412  1000\n 4120  5000\n  412    24\n";
  expect(sumPsLines(lines, 412)).toBe(1024);
  expect(sumPsLines(lines, 7)).toBe(0);
});

test("a group that nobody is in holds nothing", async () => {
  expect(await readGroupMemoryBytes({ pid: 2 ** 22 + 1, start: "" })).toBe(0);
});
