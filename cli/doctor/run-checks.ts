/** Judges an app by every check of the table. */

import type { Finding } from "../inspect/facts.ts";
import {
  type DoctorCheck,
  type DoctorSubject,
  type Outcome,
  type Severity,
  skip,
} from "./doctor-check.ts";
import { DOCTOR_CHECKS } from "./doctor-checks.ts";

/** One line of `mizan doctor --json`: a public shape. */
export interface CheckResult {
  readonly code: string;
  readonly title: string;
  readonly status: "ok" | "finding" | "not-checked";
  /** Of a finding; null for the rest. */
  readonly severity: Severity | null;
  readonly message: string;
  /** `file:line`, a setting, or what was asked; empty where nothing was checked. */
  readonly evidence: string;
  /** The one thing to do; null where there is nothing. */
  readonly hint: string | null;
}

/** All 25, in the order of their codes. */
export function runChecks(subject: DoctorSubject): readonly CheckResult[] {
  return DOCTOR_CHECKS.map((check) => describe(check, subject, judge(check, subject)));
}

/** What `mizan inspect` and a deploy tell: the checks that facts alone decide. */
export function listFindings(subject: DoctorSubject): readonly Finding[] {
  return runChecks(subject).flatMap(({ code, severity, message, evidence, hint }) =>
    severity === null ? [] : [{ code, severity, message, evidence, hint: hint ?? "" }],
  );
}

function judge(check: DoctorCheck, subject: DoctorSubject): Outcome {
  if (check.needs === "files") return check.check(subject);
  const { settings, measures } = subject;
  if (settings === null) return skip(subject.reason);
  if (check.needs === "settings") return check.check({ ...subject, settings });
  if (measures === null) return skip(subject.reason);
  return check.check({ ...subject, settings, measures });
}

function describe(check: DoctorCheck, subject: DoctorSubject, outcome: Outcome): CheckResult {
  const { code, title } = check;
  const { status, message } = outcome;
  if (outcome.status !== "finding") {
    const evidence = outcome.status === "ok" ? outcome.evidence : "";
    return { code, title, status, severity: null, message, evidence, hint: null };
  }
  const severity = outcome.severity ?? check.severity[subject.target];
  const { evidence, hint } = outcome;
  return { code, title, status, severity, message, evidence, hint };
}
