/** Findings that follow from the settings alone: those of the doctor's table, and a few besides. */

import type { AskedVariable, SettingsFacts } from "../../runtime/origin/contract.ts";
import { listFindings } from "../doctor/run-checks.ts";
import { checkMizan, checkSsr } from "./check-mizan.ts";
import type { Facts, Finding } from "./facts.ts";
import { locateSetting } from "./locate-setting.ts";

/** Severity is that of a local deploy, where the overlay mends unsafe defaults; a cloud refuses them. */
export function checkSettings(
  settings: SettingsFacts,
  facts: Facts,
  variables: readonly AskedVariable[],
): readonly Finding[] {
  const subject = {
    target: "local",
    facts,
    staticFindings: [], // told by the static inspection itself
    variables,
    settings,
    measures: null,
    failures: [],
    loadError: null,
    mechanisms: null,
    reason: "mizan doctor checks it",
  } as const;
  return [
    ...listFindings(subject),
    ...checkServices(settings),
    ...(settings.mizan === null ? [] : checkMizan(settings, settings.mizan)),
    ...checkSsr(settings),
  ];
}

/** What the checklist does not have. */
function checkServices(settings: SettingsFacts): readonly Finding[] {
  const findings: Finding[] = [];
  for (const [alias, database] of Object.entries(settings.databases)) {
    if (database.vendor !== "sqlite") continue;
    findings.push({
      code: "DATABASE_SQLITE",
      severity: "info",
      message: `Database "${alias}" is a SQLite file: it stays in the environment's data folder of this machine`,
      evidence: locateSetting(settings, "DATABASES"),
      hint: "Nothing to do for the local target; a cloud needs a database server.",
    });
  }
  if (settings.celery !== null && settings.celery.broker === "memory") {
    findings.push({
      code: "CELERY_BROKER_MEMORY",
      severity: "warning",
      message: "The Celery broker is in memory: tasks never reach the worker",
      evidence: locateSetting(settings, "CELERY_BROKER_URL"),
      hint: "Set CELERY_BROKER_URL to a Redis URL.",
    });
  }
  return findings;
}
