/** Findings that follow from the settings alone; ids are those of reference/django.md, section 1. */

import type { AskedVariable, SettingsFacts } from "../../runtime/origin/contract.ts";
import { checkMizan } from "./check-mizan.ts";
import type { Facts, Finding } from "./facts.ts";
import { locateSetting } from "./locate-setting.ts";

/** Severity is that of a local deploy, where the overlay mends the first three; a cloud refuses them. */
export function checkSettings(
  settings: SettingsFacts,
  facts: Facts,
  variables: readonly AskedVariable[],
): readonly Finding[] {
  return [
    ...checkSafety(settings),
    ...checkFiles(settings),
    ...checkDatabases(settings, facts),
    ...checkServices(settings),
    ...checkVariables(variables),
    ...(settings.mizan === null ? [] : checkMizan(settings, settings.mizan)),
  ];
}

function checkSafety(settings: SettingsFacts): readonly Finding[] {
  const findings: Finding[] = [];
  const find = createFinder(settings, findings);
  if (settings.debug) {
    find("DJ16", "warning", "DEBUG", "DEBUG is on", 'DEBUG = os.environ.get("DEBUG") == "1"');
  }
  if (settings.allowedHosts.length === 0 || settings.allowedHosts.includes("*")) {
    const value = settings.allowedHosts.length === 0 ? "empty" : '"*"';
    find(
      "DJ01",
      "warning",
      "ALLOWED_HOSTS",
      `ALLOWED_HOSTS is ${value}`,
      'ALLOWED_HOSTS = os.environ["ALLOWED_HOSTS"].split(",")',
    );
  }
  if (settings.secretKey !== "present") {
    find(
      "DJ04",
      "warning",
      "SECRET_KEY",
      settings.secretKey === "absent" ? "There is no SECRET_KEY" : "SECRET_KEY is a placeholder",
      'SECRET_KEY = os.environ["SECRET_KEY"]',
    );
  }
  return findings;
}

function checkFiles(settings: SettingsFacts): readonly Finding[] {
  const findings: Finding[] = [];
  const find = createFinder(settings, findings);
  if (settings.static.installed && settings.static.root === null) {
    find(
      "DJ05",
      "warning",
      "STATIC_ROOT",
      "Static files are used, but STATIC_ROOT is not set, so nothing is collected",
      'STATIC_ROOT = BASE_DIR / "staticfiles"',
    );
  }
  if (settings.media.local && settings.media.root !== null) {
    find(
      "DJ15",
      "info",
      "MEDIA_ROOT",
      "Uploads are kept on this machine's disk, which does for one machine only",
      "Nothing to do for the local target.",
    );
  }
  return findings;
}

function checkDatabases(settings: SettingsFacts, facts: Facts): readonly Finding[] {
  const findings: Finding[] = [];
  const find = createFinder(settings, findings);
  const isAsgi = facts["backend.interface"]?.value === "asgi";
  for (const [alias, database] of Object.entries(settings.databases)) {
    if (isAsgi && database.connMaxAge !== 0 && database.vendor !== "sqlite") {
      find(
        "DJ09",
        "warning",
        "DATABASES",
        `Under ASGI, CONN_MAX_AGE ${database.connMaxAge ?? "None"} of database "${alias}" leaks connections`,
        "Set CONN_MAX_AGE to 0, or use the connection pool of Django 5.1 and psycopg.",
      );
    }
    if (database.vendor === "sqlite") {
      find(
        "DATABASE_SQLITE",
        "info",
        "DATABASES",
        `Database "${alias}" is a SQLite file: it stays in the environment's data folder of this machine`,
        "Nothing to do for the local target; a cloud needs a database server.",
      );
    }
  }
  return findings;
}

function checkServices(settings: SettingsFacts): readonly Finding[] {
  const findings: Finding[] = [];
  const find = createFinder(settings, findings);
  if (settings.channels !== null && settings.channels.layer === "memory") {
    find(
      "DJ12",
      "warning",
      "CHANNEL_LAYERS",
      "The channel layer is in memory: a message does not reach the other worker processes",
      "Use channels_redis.core.RedisChannelLayer.",
    );
  }
  if (settings.celery !== null && settings.celery.broker === "memory") {
    find(
      "CELERY_BROKER_MEMORY",
      "warning",
      "CELERY_BROKER_URL",
      "The Celery broker is in memory: tasks never reach the worker",
      "Set CELERY_BROKER_URL to a Redis URL.",
    );
  }
  return findings;
}

/** DJ24: all missing names in one finding. */
function checkVariables(variables: readonly AskedVariable[]): readonly Finding[] {
  const missing = variables.filter(({ required, present }) => required && !present);
  const [first] = missing;
  if (first === undefined) return [];
  const names = missing.map(({ name }) => name).join(", ");
  const evidence = first.file === null ? "settings" : `${first.file}:${first.line ?? 1}`;
  return [
    {
      code: "DJ24",
      severity: "warning",
      message: `The settings do not load without ${names}`,
      evidence,
      hint: `Add to .env: ${missing.map(({ name }) => `${name}=…`).join(" ")}`,
    },
  ];
}

type Find = (
  code: string,
  severity: Finding["severity"],
  setting: string,
  message: string,
  hint: string,
) => void;

function createFinder(settings: SettingsFacts, findings: Finding[]): Find {
  return (code, severity, setting, message, hint) => {
    findings.push({ code, severity, message, evidence: locateSetting(settings, setting), hint });
  };
}
