/** `mizan doctor` on one machine: in the live release's environment, else in the one a deploy has built. */

import { join } from "node:path";
import type { DoctorSubject, Mechanisms } from "../../doctor/doctor-check.ts";
import { type DoctorReport, hasErrors } from "../../doctor/doctor-report.ts";
import { runChecks } from "../../doctor/run-checks.ts";
import type { Inspection } from "../../inspect/facts.ts";
import { inspectStatic, requireBackend } from "../../inspect/inspect-static.ts";
import { mergeSettingsFacts } from "../../inspect/merge-settings-facts.ts";
import { readCurrent } from "../../state/pointer.ts";
import { withTrialPlan } from "./doctor-trial.ts";
import { type LaunchPlan, readLaunchPlan } from "./launch-plan.ts";
import { type LocalSession, releaseFolder } from "./local-session.ts";
import { buildRuntimeEnv, WORKER_STOP_SECONDS } from "./process-specs.ts";
import { runRuntime } from "./run-runtime.ts";
import { type DoctorResult, doctorResultSchema } from "./runtime-schemas.ts";

/** What the runtime said, and of which plan. */
interface Examined {
  readonly plan: LaunchPlan;
  readonly result: DoctorResult;
}

/**
 * Changes nothing of the app or its data; starts nothing that stays.
 * @throws {MizanError} as inspection: APP_NOT_FOUND, APP_AMBIGUOUS, APP_INVALID, LOCK_FILES_DISAGREE
 */
export async function doctorApp(session: LocalSession): Promise<DoctorReport> {
  const pointer = await readCurrent(session.store);
  const live =
    pointer === null ? null : await readLaunchPlan(releaseFolder(session, pointer.release));
  const root = live?.appFolder ?? session.projectRoot;
  const inspection = inspectStatic(root, session.loaded.config.facts);
  requireBackend(inspection);
  const examined =
    live === null
      ? await examineWorkingTree(session, inspection)
      : await examine(session, live, session.paths.logs);
  const checks = runChecks(buildSubject(inspection, examined, live !== null));
  return {
    environment: session.environment.name,
    target: session.environment.target,
    release: pointer?.release ?? null,
    settingsRead: examined !== null && examined.result.probe.facts !== null,
    ok: !hasErrors(checks),
    checks,
  };
}

/** Twice where the settings ask for variables that the shell has: only those are taken from it. */
async function examineWorkingTree(
  session: LocalSession,
  inspection: Inspection,
): Promise<Examined | null> {
  const tryWith = (names: readonly string[]) =>
    withTrialPlan(session, inspection, names, (plan, folder) => examine(session, plan, folder));
  const first = await tryWith([]);
  const names = (first?.result.probe.variables ?? [])
    .map(({ name }) => name)
    .filter((name) => session.context.env[name] !== undefined);
  return names.length === 0 ? first : tryWith(names);
}

async function examine(
  session: LocalSession,
  plan: LaunchPlan,
  logFolder: string,
): Promise<Examined> {
  const { result } = await runRuntime(
    {
      verb: "doctor",
      plan,
      env: {
        ...buildRuntimeEnv(plan, session.specs),
        // Its folders stay as they are.
        PYTHONDONTWRITEBYTECODE: "1",
      },
      logFile: join(logFolder, `doctor-${plan.release}.log`),
      signal: session.context.signal,
    },
    doctorResultSchema,
  );
  return { plan, result };
}

function buildSubject(
  inspection: Inspection,
  examined: Examined | null,
  isReleased: boolean,
): DoctorSubject {
  const known = { target: "local", staticFindings: inspection.findings } as const;
  if (examined === null) {
    return {
      ...known,
      facts: inspection.facts,
      variables: [],
      settings: null,
      measures: null,
      failures: [],
      loadError: null,
      mechanisms: null,
      reason: "the settings were not imported: mizan deploy makes their Python environment",
    };
  }
  const { plan, result } = examined;
  const { facts: settings, variables, error } = result.probe;
  const merged =
    settings === null ? inspection : mergeSettingsFacts(inspection, settings, variables);
  return {
    ...known,
    facts: merged.facts,
    variables,
    settings,
    measures: result.measures,
    failures: result.failures,
    loadError: error,
    mechanisms: describeMechanisms(plan, isReleased),
    reason: explainUnmeasured(result),
  };
}

function describeMechanisms(plan: LaunchPlan, isReleased: boolean): Mechanisms {
  return { workers: plan.workers, workerStopSeconds: WORKER_STOP_SECONDS, isReleased };
}

function explainUnmeasured({ probe, failures }: DoctorResult): string {
  if (probe.facts === null) return "the settings cannot be imported";
  const [first] = failures;
  return first === undefined
    ? "it could not be measured"
    : `it could not be measured: ${first.type}: ${first.message}`;
}
