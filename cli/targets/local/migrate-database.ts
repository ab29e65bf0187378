/** Applies the release's migrations once, under a lock of the database, beside the running release. */

import { join } from "node:path";
import { MizanError } from "../../../infra/contract/errors.ts";
import type { PendingMigration, SettingsFacts } from "../../../runtime/origin/contract.ts";
import type { StepHandle } from "../../context.ts";
import { updateRelease } from "../../state/releases.ts";
import type { LaunchPlan } from "./launch-plan.ts";
import type { LocalSession } from "./local-session.ts";
import { buildRuntimeEnv } from "./process-specs.ts";
import { runRuntime } from "./run-runtime.ts";
import { migrateResultSchema } from "./runtime-schemas.ts";

/** Data migrations of big tables take long; the environment's lease is held meanwhile. */
const TIMEOUT_SECONDS = 3_600;

export interface MigrateOptions {
  readonly plan: LaunchPlan;
  readonly facts: SettingsFacts;
  readonly signal: AbortSignal;
  readonly step: StepHandle;
}

/** @throws {MizanError} MIGRATION_FAILED naming the migration, and what was applied before it. */
export async function migrateDatabase(
  session: LocalSession,
  options: MigrateOptions,
): Promise<void> {
  const { heads, pending, databaseError } = options.facts.migrations;
  if (databaseError !== null) throw databaseUnreachable(options.plan, databaseError);
  if (pending === null || pending.length === 0) {
    options.step.skip("nothing to apply");
    await updateRelease(session.store, options.plan.release, { migrationHeads: { ...heads } });
    return;
  }
  options.step.progress(pending.map((each) => `${each.app}.${each.name}`).join(", "));
  const logFile = join(session.paths.logs, `migrate-${options.plan.release}.log`);
  const { result } = await runRuntime(
    {
      verb: "migrate",
      plan: options.plan,
      env: buildRuntimeEnv(options.plan, session.specs),
      logFile,
      signal: options.signal,
      timeoutSeconds: TIMEOUT_SECONDS,
    },
    migrateResultSchema,
  );
  await updateRelease(session.store, options.plan.release, {
    migrationHeads: { ...result.heads },
    migrations: pending.filter((each) => result.applied.includes(nameOf(each))).map(toRecord),
  });
  options.step.note(`${result.applied.length} applied`);
  if (result.error === null) return;
  const { type, message, location, traceback } = result.error;
  const applied = result.applied.length === 0 ? "none" : result.applied.join(", ");
  const backup = result.backup === null ? "" : ` A copy from before is ${result.backup}.`;
  throw new MizanError(
    "MIGRATION_FAILED",
    `A migration failed: ${type}: ${message} (applied before it: ${applied}). Release ${options.plan.release} took no traffic.${backup}`,
    {
      hint: "Fix the migration, then: mizan deploy",
      details: { location, applied: result.applied, logFile, output: traceback },
    },
  );
}

function databaseUnreachable(plan: LaunchPlan, message: string): MizanError {
  return new MizanError(
    "RELEASE_UNHEALTHY",
    `The database does not answer: ${message}. Release ${plan.release} took no traffic.`,
    { hint: "Check the address in your settings or .env, then: mizan deploy" },
  );
}

function nameOf(migration: PendingMigration): string {
  return `${migration.app}.${migration.name}`;
}

function toRecord(migration: PendingMigration) {
  return { ...migration, operations: migration.operations.map((each) => ({ ...each })) };
}
