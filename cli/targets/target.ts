/** What every target can do. One implementation a folder; the use-cases behind it are its own. */

import type { EdgeStats, ExplainAnswer } from "../../edge/cache/contract.ts";
import type { StepRecord } from "../context.ts";
import type { DoctorReport } from "../doctor/doctor-report.ts";
import type { Finding, Inspection } from "../inspect/facts.ts";
import type { Secret } from "../output/secret.ts";
import type { Check } from "../verify/check.ts";

export interface DeployOptions {
  /** Make a release though nothing changed. */
  readonly force: boolean;
  /** How long to wait for another command's lease; null: do not wait. */
  readonly waitSeconds: number | null;
}

export interface DeployResult {
  readonly environment: string;
  readonly target: string;
  readonly release: string;
  readonly url: string;
  /** The inputs equal those of the live release: no release was made. */
  readonly unchanged: boolean;
  /** What the Edge does and does not do here, as in `StatusResult`. */
  readonly edge: string;
  readonly durationMs: number;
  readonly steps: readonly StepRecord[];
}

export interface PlanResult {
  readonly environment: string;
  readonly target: string;
  /** Live now, or null. */
  readonly release: string | null;
  readonly changes: readonly PlannedChange[];
  readonly findings: readonly Finding[];
}

export interface PlannedChange {
  /** `source`, `python`, `frontend`, `service`, `migration`, `variable`, `edge`, `render`, `overlay`. */
  readonly area: string;
  readonly action: "create" | "change" | "keep" | "run" | "missing";
  readonly text: string;
}

export interface ProcessReport {
  readonly name: string;
  readonly release: string | null;
  readonly pid: number | null;
  readonly state: string;
  readonly restarts: number;
}

export interface StatusResult {
  readonly environment: string;
  readonly target: string;
  readonly url: string | null;
  /** null when nothing is live. */
  readonly release: string | null;
  /** `up`, `down` (by `mizan down`), `none` (never deployed). */
  readonly state: "up" | "down" | "none";
  readonly processes: readonly ProcessReport[];
  /** Process id of what supervises them, or null. */
  readonly agentPid: number | null;
  /** What the Edge does and does not do here. */
  readonly edge: string;
}

export interface ReleaseReport {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly status: string;
  readonly current: boolean;
  readonly gitCommit: string | null;
  readonly dirty: boolean | null;
}

export interface RollbackOptions {
  /** Release id; null: the one that was live before. */
  readonly to: string | null;
  /** Go back though later migrations may not fit the older code. */
  readonly allowMigrations: boolean;
  readonly waitSeconds: number | null;
}

export interface RollbackResult {
  readonly from: string;
  readonly to: string;
  readonly url: string;
  readonly durationMs: number;
}

export interface LogsOptions {
  readonly follow: boolean;
  /** `origin`, `worker`, …; null: all of the app's. */
  readonly process: string | null;
  readonly lines: number;
}

/** A public shape: `mizan verify --json`. */
export interface VerifyResult {
  readonly release: string;
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

/** A public shape: `mizan edge explain --json`. */
export type EdgeExplanation = ExplainAnswer;

/** A public shape: `mizan edge stats --json`. Counted since the Edge's start. */
export type EdgeCounts = Omit<EdgeStats, "unknownIntents" | "bumps" | "unknownNames">;

export interface EdgeQuestion {
  /** Absolute, or a path of the live site. */
  readonly url: string;
  /** Value of `X-Mizan-Token`; null: anonymous. */
  readonly token: Secret | null;
}

export interface PurgeRequest {
  /** null: everything. */
  readonly context: string | null;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface PurgeResult {
  /** `*`, `catalog` or `product;product_id=3`. */
  readonly purged: string;
}

/** Idempotent and cancellable through the context's signal. */
export interface Target {
  readonly name: string;
  deploy(options: DeployOptions): Promise<DeployResult>;
  plan(): Promise<PlanResult>;
  inspect(): Promise<Inspection>;
  /** DJ01 to DJ25 on the live release's settings. Changes nothing. */
  doctor(): Promise<DoctorReport>;
  status(): Promise<StatusResult>;
  releases(): Promise<readonly ReleaseReport[]>;
  rollback(options: RollbackOptions): Promise<RollbackResult>;
  /** Calls back with each line, `process` being where it comes from. */
  logs(options: LogsOptions, onLine: (process: string, line: string) => void): Promise<void>;
  /** Runs `manage.py <args>` in the live release. @returns its exit status. */
  run(args: readonly string[]): Promise<number>;
  /** The conformance probe (D10) against the live release. */
  verify(): Promise<VerifyResult>;
  /** What the Edge would do with a GET, and why. Asks the app nothing. */
  explainEdge(question: EdgeQuestion): Promise<EdgeExplanation>;
  readEdgeStats(): Promise<EdgeCounts>;
  /** After it no read is answered with what was stored before. */
  purgeEdge(request: PurgeRequest): Promise<PurgeResult>;
  up(options: { readonly atBoot: boolean }): Promise<StatusResult>;
  /** @returns false where nothing was ever deployed; likewise `destroy`. */
  down(): Promise<boolean>;
  destroy(options: { readonly keepData: boolean }): Promise<boolean>;
}
