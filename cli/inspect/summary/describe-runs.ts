/** What will run: web server, worker, beat, database, and what of the project's own will not. */

import type { DatabaseFacts } from "../../../runtime/origin/contract.ts";
import type { Fact, Facts } from "../facts.ts";
import { OVERRIDE_SOURCE } from "../override-facts.ts";
import { listWords, type Row } from "./layout.ts";

const VENDOR_NAMES = {
  sqlite: "SQLite",
  postgresql: "PostgreSQL",
  mysql: "MySQL",
  oracle: "Oracle",
  other: "a database of another kind",
} as const;

export function describeRuns(facts: Facts): readonly Row[] {
  if (facts["backend.framework"]?.value !== "django") return [];
  return [
    ...describeWeb(facts),
    ...describeSsr(facts["settings.ssr"]),
    ...describeCelery(facts["backend.celery"]),
    ...describeDatabase(facts),
    ...describeRedis(facts),
    ...describeProcfile(facts),
    ...describeContainers(facts),
  ];
}

function describeWeb(facts: Facts): readonly Row[] {
  const fact = facts["backend.interface"];
  if (fact === undefined) return [];
  const isAsgi = fact.value === "asgi";
  const application = (isAsgi ? facts["backend.asgi"] : facts["backend.wsgi"])?.value;
  const server = isAsgi ? "gunicorn with uvicorn workers (ASGI)" : "gunicorn (WSGI)";
  const what = application == null ? server : `${application} by ${server}`;
  return [{ label: "web", text: `${what}: ${explainInterface(fact)}` }];
}

function explainInterface({ from, considered }: Fact): string {
  if (from.startsWith("default: ")) return from.slice("default: ".length);
  const why = considered?.find(({ isChosen }) => isChosen)?.why;
  const isPlace = /:\d+\b/.test(from) || from === OVERRIDE_SOURCE;
  return why === undefined || !isPlace ? from : `${why} (${from})`;
}

function describeSsr(fact: Facts["settings.ssr"]): readonly Row[] {
  if (fact?.value == null || fact.value.folders.length === 0) return [];
  const where = listWords(fact.value.folders);
  return [
    { label: "ssr", text: `Bun, for the components of templates in ${where} (${fact.from})` },
  ];
}

function describeCelery(fact: Facts["backend.celery"]): readonly Row[] {
  if (fact?.value == null) return [];
  const { app, beat } = fact.value;
  const worker = { label: "worker", text: `Celery worker of ${app} (${fact.from})` };
  const schedule = { label: "beat", text: "Celery beat for the schedule, never twice at once" };
  return beat ? [worker, schedule] : [worker];
}

function describeDatabase(facts: Facts): readonly Row[] {
  const databases = facts["settings.databases"];
  if (databases !== undefined) {
    const isOwn = (facts["settings.overlay"]?.value ?? []).some(({ rule }) => rule === "database");
    return Object.entries(databases.value).map(([alias, database]) => ({
      label: alias === "default" ? "database" : `database ${alias}`,
      text: `${describeOwner(database, isOwn && alias === "default")} (${databases.from})`,
    }));
  }
  const guessed = facts["backend.database"];
  if (guessed === undefined) return [];
  if (guessed.value === null) {
    return [{ label: "database", text: "known when the settings are loaded" }];
  }
  const whose = {
    sqlite: ", a file in the environment's data folder",
    postgresql: "; Mizan runs one on this machine unless an address is given",
  } as const;
  const owner = guessed.value in whose ? whose[guessed.value as keyof typeof whose] : "";
  const doubt = guessed.confidence === "guess" ? "probably " : "";
  const text = `${doubt}${VENDOR_NAMES[guessed.value]}${owner} (${guessed.from})`;
  return [{ label: "database", text }];
}

function describeOwner({ vendor, host }: DatabaseFacts, isOwn: boolean): string {
  const name = VENDOR_NAMES[vendor];
  if (host === "file") return `${name}, a file in the environment's data folder`;
  if (isOwn) return `${name} that Mizan runs on this machine`;
  if (host === "remote") return `${name} on another machine, as the settings say`;
  return `${name} on this machine, as the settings say; Mizan does not run it`;
}

function describeRedis(facts: Facts): readonly Row[] {
  const isOwn = (facts["settings.overlay"]?.value ?? []).some(({ rule }) => rule === "redis");
  return isOwn ? [{ label: "redis", text: "Redis that Mizan runs on this machine" }] : [];
}

/** What becomes of each line. Commands are not shown: they may hold secrets. */
function describeProcfile(facts: Facts): readonly Row[] {
  const { processes, "backend.celery": celery } = facts;
  const entries = Object.entries(processes?.value ?? {});
  return entries.flatMap(([name, command]) => {
    const fate = describeProcess(name, command, celery?.value != null);
    return fate === null ? [] : [{ label: name, text: `${fate} (${processes?.from})` }];
  });
}

/** null: said elsewhere. */
function describeProcess(name: string, command: string, hasCelery: boolean): string | null {
  if (name === "web") return null;
  if (/(^|[\s/])celery\s/.test(command) && hasCelery) return null;
  if (name === "release") {
    return /\bmigrate\b/.test(command)
      ? "not run as it stands: Mizan migrates by itself, once, before the switch"
      : "not run: Mizan has steps of its own before the switch";
  }
  return "not run: Mizan runs the web server and Celery";
}

function describeContainers(facts: Facts): readonly Row[] {
  const list = (fact: Fact<readonly string[]> | undefined) => fact?.value ?? [];
  const paths = [...list(facts.dockerfiles), ...list(facts.compose)];
  if (paths.length === 0) return [];
  const verb = paths.length === 1 ? "is" : "are";
  const text = `${listWords(paths)} ${verb} not used: on this machine the app runs without containers`;
  return [{ label: "containers", text }];
}
