/** The shape of a check of the doctor: what it looks at, and what it may say. */

import type {
  AppError,
  AskedVariable,
  OverlayRule,
  SettingsFacts,
} from "../../runtime/origin/contract.ts";
import type { DoctorFailure, DoctorMeasures } from "../../runtime/origin/doctor/contract.ts";
import type { Facts, Finding } from "../inspect/facts.ts";
import { locateSetting } from "../inspect/locate-setting.ts";

export type TargetKind = "local" | "cloud";
export type Severity = Finding["severity"];

/** What a target does with a release that no setting says. */
export interface Mechanisms {
  /** Worker processes of the origin; null: from CPU and memory. */
  readonly workers: number | null;
  /** Seconds that a Celery worker has for its running tasks when it is stopped. */
  readonly workerStopSeconds: number;
  /** Static files were collected for this release before it was switched to. */
  readonly isReleased: boolean;
}

/** All that is known of an app when it is judged. */
export interface DoctorSubject {
  readonly target: TargetKind;
  readonly facts: Facts;
  /** Of the static inspection: some of them are a check's. */
  readonly staticFindings: readonly Finding[];
  readonly variables: readonly AskedVariable[];
  /** null: they could not be imported, for `reason`. */
  readonly settings: SettingsFacts | null;
  /** null: only facts are known (`mizan inspect`), or nothing could be measured, for `reason`. */
  readonly measures: DoctorMeasures | null;
  readonly failures: readonly DoctorFailure[];
  /** Why the app does not start; null: it does, or that is told elsewhere. */
  readonly loadError: AppError | null;
  readonly mechanisms: Mechanisms | null;
  /** A sentence without a full stop. */
  readonly reason: string;
}

export type Outcome =
  | { readonly status: "ok"; readonly message: string; readonly evidence: string }
  | { readonly status: "not-checked"; readonly message: string }
  | {
      readonly status: "finding";
      readonly message: string;
      readonly evidence: string;
      readonly hint: string;
      /** Less than the check's own. */
      readonly severity?: Severity;
    };

/** Without settings a check that needs them is not made, nor called. */
export type DoctorCheck = {
  /** `DJ01`, as in reference/django.md. */
  readonly code: string;
  readonly title: string;
  readonly severity: Readonly<Record<TargetKind, Severity>>;
} & (
  | { readonly needs: "files"; check(subject: DoctorSubject): Outcome }
  | { readonly needs: "settings"; check(subject: ReadSubject): Outcome }
  | { readonly needs: "measures"; check(subject: MeasuredSubject): Outcome }
);

export interface ReadSubject extends DoctorSubject {
  readonly settings: SettingsFacts;
}
export interface MeasuredSubject extends ReadSubject {
  readonly measures: DoctorMeasures;
}

export function pass(message: string, evidence: string): Outcome {
  return { status: "ok", message, evidence };
}

export function skip(message: string): Outcome {
  return { status: "not-checked", message };
}

export function find(message: string, evidence: string, hint: string): Outcome {
  return { status: "finding", message, evidence, hint };
}

/** A measure that is null though it should be there: why. */
export function skipUnmeasured(subject: DoctorSubject, measure: string): Outcome {
  const own = subject.failures.find((failure) => failure.measure === measure);
  const failure = own ?? subject.failures.find((one) => one.measure === "setup");
  if (failure === undefined) return skip(subject.reason);
  return skip(`it could not be measured: ${failure.type}: ${failure.message}`);
}

/** Where a setting stands. */
export function at(subject: ReadSubject, setting: string): string {
  return locateSetting(subject.settings, setting);
}

/** The overlay of this target has changed a setting by this rule. */
export function isMended(subject: ReadSubject, rule: OverlayRule): boolean {
  return subject.settings.overlay.some((change) => change.rule === rule);
}

/** Behind a finding that the overlay mends for this deploy. */
export function tellMended(subject: ReadSubject, rule: OverlayRule): string {
  return isMended(subject, rule) ? "; mizan's settings overlay replaces it here" : "";
}
