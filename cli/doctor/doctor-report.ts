/** Result of `mizan doctor`: a public shape (`--json`). */

import type { CheckResult } from "./run-checks.ts";

export interface DoctorReport {
  readonly environment: string;
  readonly target: string;
  /** Whose settings were judged; null: those of the working tree. */
  readonly release: string | null;
  /** false: only files were read, since there is no Python environment to import the settings in. */
  readonly settingsRead: boolean;
  /** No finding of severity `error`; with `--strict` no `warning` either. */
  readonly ok: boolean;
  readonly checks: readonly CheckResult[];
}

export function hasErrors(checks: readonly CheckResult[]): boolean {
  return checks.some(({ severity }) => severity === "error");
}
