/** The sum at the end of `npm test` never hides a suite that broke. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { countTests, parseDjangoSummary, parseLastLine } from "../../tooling/count-tests.ts";
import type { CountSource, StepResult } from "../../tooling/steps.ts";

const folder = mkdtempSync(join(tmpdir(), "mz-count-"));
afterAll(() => rmSync(folder, { recursive: true }));

function createResult(
  counts: CountSource | undefined,
  rest: Partial<Omit<StepResult, "step">> = {},
): StepResult {
  const step = { name: "tests unit", command: ["true"] as const, ...(counts && { counts }) };
  return { step, ok: true, ending: "exit status 0", durationMs: 1, log: "", ...rest };
}

function writeReport(name: string, passed: number, failed: number, skipped: number): CountSource {
  const vitestReport = join(folder, name);
  const names = Array.from({ length: skipped }, (_, n) => ({
    status: "skipped",
    fullName: `skipped ${n}`,
  }));
  writeFileSync(
    vitestReport,
    JSON.stringify({
      numPassedTests: passed,
      numFailedTests: failed,
      numPendingTests: skipped,
      numTodoTests: 0,
      testResults: [{ assertionResults: names }],
    }),
  );
  return { vitestReport };
}

describe("countTests", () => {
  test("adds vitest's reports and last lines, and names what was skipped", () => {
    const sum = countTests([
      createResult(writeReport("a.json", 3, 0, 1)),
      createResult("last-line", { log: "noise\n7 passed, 0 failed, 2 skipped\n" }),
    ]);
    expect(sum).toEqual({ passed: 10, failed: 0, skipped: 3, problems: ["SKIPPED skipped 0"] });
  });

  test("counts a failed step that is no test suite as one failure", () => {
    const sum = countTests([createResult(undefined, { ok: false, ending: "exit status 2" })]);
    expect(sum).toMatchObject({ failed: 1, problems: ["FAILED tests unit: exit status 2"] });
  });

  test("counts nothing for a step that is no test suite and went well", () => {
    expect(countTests([createResult(undefined)])).toMatchObject({ passed: 0, failed: 0 });
  });

  test.each([
    ["left no report", { vitestReport: join(folder, "missing.json") }],
    ["left no sum", "last-line" as const],
  ])("counts a suite that %s as a failure", (_, counts) => {
    expect(countTests([createResult(counts)])).toMatchObject({ passed: 0, failed: 1 });
  });

  test("counts a report that was cut off as a failure", () => {
    const vitestReport = join(folder, "cut.json");
    writeFileSync(vitestReport, '{"numPassedTests": 3');
    expect(countTests([createResult({ vitestReport })])).toMatchObject({ passed: 0, failed: 1 });
  });

  test("counts a suite whose tests pass but which ends badly as a failure", () => {
    const counts = writeReport("b.json", 3, 0, 0);
    const sum = countTests([createResult(counts, { ok: false, ending: "signal SIGKILL" })]);
    expect(sum).toMatchObject({ passed: 3, failed: 1 });
  });

  test("counts a suite that ran nothing as a failure", () => {
    expect(countTests([createResult(writeReport("c.json", 0, 0, 0))])).toMatchObject({ failed: 1 });
  });
});

test("parseLastLine reads the last line only", () => {
  expect(parseLastLine("1 passed, 0 failed, 0 skipped\nTraceback")).toBeNull();
});

test.each([
  ["Ran 12 tests in 0.4s\n\nOK\n", { passed: 12, failed: 0, skipped: 0 }],
  ["Ran 1 test in 0.4s\n\nOK (skipped=1)\n", { passed: 0, failed: 0, skipped: 1 }],
  [
    "Ran 9 tests in 1s\n\nFAILED (failures=1, errors=2, skipped=1)\n",
    { passed: 5, failed: 3, skipped: 1 },
  ],
  ["Traceback\nImportError: no module\n", { passed: 0, failed: 1, skipped: 0 }],
])("parseDjangoSummary reads %j", (output, counts) => {
  expect(parseDjangoSummary(output)).toEqual(counts);
});
