/** What one check of the conformance probe (D10) says. */

/** A public shape: `mizan verify --json`. */
export interface Check {
  /** `ready`, `edge`, `context catalog`. */
  readonly name: string;
  /** True also where it was skipped. */
  readonly ok: boolean;
  /** It was not made; `message` says why. */
  readonly skipped: boolean;
  readonly message: string;
  /** What was asked and what came back; empty: nothing. Of a check that is ok it shows a finding. */
  readonly evidence: string;
}

/** It passed, and something is odd all the same. */
export function isFinding({ ok, evidence }: Check): boolean {
  return ok && evidence !== "";
}

export function pass(name: string, message: string, evidence = ""): Check {
  return { name, ok: true, skipped: false, message, evidence };
}

export function fail(name: string, message: string, evidence = ""): Check {
  return { name, ok: false, skipped: false, message, evidence };
}

export function skip(name: string, message: string): Check {
  return { name, ok: true, skipped: true, message, evidence: "" };
}
