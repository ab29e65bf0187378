/** Adds up what the test runners themselves report; a runner that broke counts as a failure, by name. */

import { existsSync, readFileSync } from "node:fs";
import type { StepResult } from "./steps.ts";

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface Totals extends Counts {
  /** Failures that are no failed test, and the tests that were skipped: one line each. */
  readonly problems: readonly string[];
}

/** The part of vitest's JSON report that we read. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** Sums the tests of all steps. A failed step without a failed test counts as one failure. */
export function countTests(results: readonly StepResult[]): Totals {
  const problems: string[] = [];
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const result of results) {
    const counts = countStep(result, problems);
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
  }
  return { ...total, problems };
}

function countStep(result: StepResult, problems: string[]): Counts {
  const { step, ok, ending } = result;
  const counts = readCounts(result, problems);
  if (!ok && (counts === null || counts.failed === 0)) {
    problems.push(`FAILED ${step.name}: ${ending}`);
    return { passed: 0, skipped: 0, ...counts, failed: 1 };
  }
  if (counts === null) {
    if (step.counts === undefined) return { passed: 0, failed: 0, skipped: 0 };
    problems.push(`FAILED ${step.name}: it left no report`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  if (counts.passed + counts.failed + counts.skipped === 0) {
    problems.push(`FAILED ${step.name}: it ran no test`);
    return { ...counts, failed: 1 };
  }
  return counts;
}

/** @returns null when the step left no report that can be read. */
function readCounts({ step, log }: StepResult, problems: string[]): Counts | null {
  if (step.counts === undefined) return null;
  if (step.counts === "last-line") return parseLastLine(log);
  return readVitestCounts(step.counts.vitestReport, (test) => problems.push(`SKIPPED ${test}`));
}

/**
 * Reads vitest's JSON report.
 * @returns null when there is none, or only a part of one.
 */
export function readVitestCounts(file: string, onSkipped?: (test: string) => void): Counts | null {
  const report = readReport(file);
  if (report === null) return null;
  const tests = report.testResults.flatMap((suite) => suite.assertionResults);
  for (const { status, fullName } of tests) {
    if (["skipped", "pending", "todo"].includes(status)) onSkipped?.(fullName);
  }
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function readReport(file: string): VitestReport | null {
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, "utf8")) as VitestReport; // vitest's own format
  } catch {
    return null; // it was killed while it wrote; the caller counts that as a failure
  }
}

/** Reads the summary of Django's test runner: `Ran 12 tests in 0.4s`, `FAILED (failures=1, skipped=2)`. */
export function parseDjangoSummary(output: string): Counts {
  const ran = /^Ran (\d+) tests? in /m.exec(output)?.[1];
  const verdict = /^(?:OK|FAILED)(?: \((.*)\))?$/m.exec(output);
  if (ran === undefined || verdict === null) return { passed: 0, failed: 1, skipped: 0 };
  const numbers = [...(verdict[1] ?? "").matchAll(/(\w[\w ]*)=(\d+)/g)];
  const countOf = (...names: string[]) =>
    numbers.reduce((sum, [, name = "", n]) => sum + (names.includes(name) ? Number(n) : 0), 0);
  const failed = countOf("failures", "errors", "unexpected successes");
  const skipped = countOf("skipped");
  return { passed: Math.max(0, Number(ran) - failed - skipped), failed, skipped };
}

/** Reads `12 passed, 0 failed, 1 skipped` from the last line of a runner's output. */
export function parseLastLine(output: string): Counts | null {
  const lastLine = output.trimEnd().split("\n").at(-1) ?? "";
  const match = /^(\d+) passed, (\d+) failed, (\d+) skipped$/.exec(lastLine);
  if (match === null) return null;
  return { passed: Number(match[1]), failed: Number(match[2]), skipped: Number(match[3]) };
}
