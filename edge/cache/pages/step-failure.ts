/** Why a step of rendering did not do, and the line in the log that says so. */

import type { RenderFailure } from "../../render/contract.ts";
import { readBody } from "../origin/read-body.ts";

export interface StepFailure {
  /** Of `RenderFailure`, or: `no-answer`, `cut-off` (begun and not ended), `status` (none that is known). */
  readonly kind: RenderFailure["error"]["kind"] | "no-answer" | "cut-off" | "status";
  readonly message: string;
  /** Mapped: file, line, column; null: not known. */
  readonly location: string | null;
}

const LARGEST_FAILURE_BYTES = 64 * 1024;
const LONGEST_FAILURE_MS = 2000;

const KINDS = ["bad-request", "unknown-component", "threw", "overloaded", "timeout"] as const;

/** @param response other than 200; it is read to its end. Never rejects */
export async function parseFailure(response: Response): Promise<StepFailure> {
  const limits = { maxBytes: LARGEST_FAILURE_BYTES, timeoutMs: LONGEST_FAILURE_MS };
  const admit = () => true;
  const unknown = { kind: "status", message: `status ${response.status}`, location: null } as const;
  if (response.body === null) return unknown;
  const body = await readBody(response.body, { ...limits, admit });
  if (typeof body === "string") return unknown;
  const error = readError(body);
  const kind = KINDS.find((known) => known === error?.["kind"]);
  if (error === null || kind === undefined) return unknown;
  const { message, location } = error;
  return {
    kind,
    message: typeof message === "string" ? message : "",
    location: typeof location === "string" ? location : null,
  };
}

function readError(body: Uint8Array): Readonly<Record<string, unknown>> | null {
  try {
    const failure: unknown = JSON.parse(new TextDecoder().decode(body));
    if (typeof failure !== "object" || failure === null || !("error" in failure)) return null;
    const { error } = failure;
    return typeof error === "object" && error !== null ? { ...error } : null;
  } catch {
    return null; // no JSON: not our renderer's word
  }
}

export interface StepLine {
  readonly pattern: string;
  readonly component: string;
  /** What answers instead. */
  readonly step: "ssr" | "shell";
  /** Something of the page had been sent. */
  readonly isBegun: boolean;
  readonly failure: StepFailure;
}

/** One JSON line per step below what the page was to be rendered by. */
export function logStep({ pattern, component, step, isBegun, failure }: StepLine): void {
  const { kind, message, location } = failure;
  const line = {
    event: "page-step",
    page: pattern,
    component,
    step,
    isBegun,
    reason: kind,
    message,
    location,
  };
  console.error(JSON.stringify(line));
}
