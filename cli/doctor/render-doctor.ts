/** Shows a doctor's report to people: the worst first, each with its one fix, then the rest in a line. */

import type { DoctorReport } from "./doctor-report.ts";
import type { CheckResult } from "./run-checks.ts";

const SEVERITIES = [
  ["error", "Must be repaired"],
  ["warning", "Should be repaired"],
  ["info", "To know"],
] as const;

/** @returns Lines without trailing newline. */
export function renderDoctor(report: DoctorReport): readonly string[] {
  const { checks, environment, target, release } = report;
  const whose = release === null ? "the working tree" : `release ${release}`;
  const what = report.settingsRead ? `settings of ${whose}` : `files of ${whose} only`;
  return [
    `Environment ${environment} (${target}): ${what}`,
    ...SEVERITIES.flatMap(([severity, title]) =>
      section(
        title,
        checks.filter((check) => check.severity === severity),
      ),
    ),
    ...renderUnchecked(checks.filter(({ status }) => status === "not-checked")),
    ...renderPassed(checks.filter(({ status }) => status === "ok")),
  ];
}

function section(title: string, checks: readonly CheckResult[]): readonly string[] {
  if (checks.length === 0) return [];
  const lines = checks.flatMap(({ code, message, evidence, hint }) => [
    `  ${code} ${message} (${evidence})`,
    `       ${hint}`,
  ]);
  return [title, ...lines];
}

/** One reason for several checks is told once. */
function renderUnchecked(checks: readonly CheckResult[]): readonly string[] {
  if (checks.length === 0) return [];
  const reasons = [...new Set(checks.map(({ message }) => message))];
  const lines = reasons.map((reason) => {
    const codes = checks.filter(({ message }) => message === reason).map(({ code }) => code);
    return `  ${codes.join(" ")}: ${reason}`;
  });
  return ["Not checked", ...lines];
}

function renderPassed(checks: readonly CheckResult[]): readonly string[] {
  if (checks.length === 0) return [];
  return [`In order: ${checks.map(({ code }) => code).join(" ")}`];
}
