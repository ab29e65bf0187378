/** Says what becomes of a command that the other tool runs. */

import { automatic, type Becomes, kept, none, type Place } from "./key-rule.ts";
import { holdsSecret } from "./looks-secret.ts";

const SERVER = /(^|[\s/])(gunicorn|uvicorn|daphne|hypercorn|waitress-serve|granian|uwsgi)\b/;
const CELERY = /(^|[\s/])celery\s/;
const WORKERS = /(?:^|\s)(?:--workers|-w)[\s=]+(\d+)(?=\s|$)/;
const FRONTEND = /(^|[\s/])(npm|npx|yarn|pnpm|bun|node|vite)\b/;

export interface ImportedCommand {
  /** Of the process: what it is called in `facts.processes`. */
  readonly name: string;
  readonly command: string;
  /** It stands where `mizan inspect` looks anyway: nothing is copied. */
  readonly isRead?: boolean;
}

/** A server or Celery is kept as a process, what Mizan does in a deploy is said, the rest is named. */
export function describeCommand(imported: ImportedCommand, place: Place): Becomes {
  const { command } = imported;
  if (holdsSecret(command) && imported.isRead !== true) {
    return none("not copied: it holds what may be a secret; put that into .env");
  }
  if (SERVER.test(command)) return describeServer(imported, place);
  return CELERY.test(command) ? keepProcess(imported, place) : describeOther(command);
}

function keepProcess({ name, command, isRead }: ImportedCommand, place: Place): Becomes {
  if (isRead === true) return automatic("the Procfile is read in each deploy");
  return place.collector.addToFact("processes", name, command, place);
}

function describeServer(imported: ImportedCommand, place: Place): Becomes {
  const { command } = imported;
  const becomes = keepProcess(imported, place);
  const workers = WORKERS.exec(command)?.[1];
  if (workers === undefined || becomes.outcome === "none") return withMigrations(becomes, command);
  const also = place.collector.keepEnvironment("workers", Number(workers), place);
  if (also.outcome !== "kept") return withMigrations(becomes, command);
  if (becomes.outcome === "automatic") {
    return withMigrations(kept(`${also.text}; ${becomes.text}`), command);
  }
  return withMigrations({ ...becomes, text: `${becomes.text} and ${also.text}` }, command);
}

/** `migrate && gunicorn …`: each process would run migrations (DJ07). */
function withMigrations(becomes: Becomes, command: string): Becomes {
  if (!/\bmigrate\b/.test(command)) return becomes;
  return { ...becomes, text: `${becomes.text}; migrations run once in each deploy instead` };
}

function describeOther(command: string): Becomes {
  const isManage = /\b(manage\.py|django-admin)\b/.test(command);
  if (/\brunserver\b/.test(command)) {
    return automatic("starts a production server in place of runserver");
  }
  if (/\bmigrate\b/.test(command)) {
    return automatic("migrations run once in each deploy, under a lock");
  }
  if (/\bcollectstatic\b/.test(command))
    return automatic("static files are collected in the build");
  if (FRONTEND.test(command))
    return automatic("frontends are found and built by their package.json");
  if (/\b(pip|poetry|uv|pdm|pipenv)3?\s+(install|sync)\b/.test(command)) {
    return automatic("dependencies are installed from the lock file");
  }
  if (isManage) return none("run it when you need it: mizan run <command>");
  return none("Mizan runs Django, Celery and the frontend: run this beside them");
}
