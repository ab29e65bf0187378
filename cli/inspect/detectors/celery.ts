/** Finds the Celery app and whether it has a schedule. */

import { buildFact } from "../build-fact.ts";
import { readDependencies } from "../dependencies.ts";
import type { Detection, Detector, Fact, Facts, FactValues, ProjectFiles } from "../facts.ts";
import { listProcessCommands } from "../process-commands.ts";
import { isInNonAppFolder, pathBelow, pathsNamed } from "../project-paths.ts";
import {
  findImportFolder,
  moduleOf,
  type PythonSource,
  readPython,
  readSettingsSources,
} from "../python-source.ts";
import { findInSources, findInstalledApp } from "../settings-text.ts";
import { matchText } from "../text-match.ts";

interface CeleryApp {
  /** `package.module:attribute`, or what the Procfile gives to `celery -A`. */
  readonly app: string;
  readonly at: string;
  readonly source: PythonSource | null;
}

/** Where people put it: celery.py, celery_app.py, worker.py, tasks.py, a package's __init__.py. */
const APP_FILE = /^(celery\w*|\w*_celery|workers?|tasks|__init__)\.py$/;
const APP = /^(\w+)(?:\s*:\s*[\w.]+)?\s*=\s*(?:celery\.)?Celery\s*\(/m;
const SCHEDULE = /\bbeat_schedule\b|\badd_periodic_task\b|\bon_after_(?:configure|finalize)\b/;

export const celeryDetector: Detector = {
  name: "celery",
  detect(files: ProjectFiles, known: Facts): Detection {
    if (known["backend.root"] === undefined) return { facts: {} };
    return { facts: { "backend.celery": findCelery(files, known) } };
  },
};

function findCelery(files: ProjectFiles, known: Facts): Fact<FactValues["backend.celery"]> {
  const commands = listProcessCommands(files, known).filter(({ command }) => isCelery(command));
  const listed = readDependencies(files, known).get("celery");
  if (commands.length === 0 && listed === undefined) {
    return buildFact("backend.celery", null, "not a dependency", "likely");
  }
  const named = commands.map(({ command, at }) => ({ name: appArgument(command), at }));
  const app = chooseApp(files, known, named.find(({ name }) => name !== null) ?? null);
  if (app === null) {
    return buildFact("backend.celery", null, `${listed ?? "Procfile"}, but no Celery app`, "guess");
  }
  const beat =
    commands.some(({ command }) => /\bbeat\b|\s-B\b/.test(command)) ||
    hasSchedule(files, known, app);
  return buildFact("backend.celery", { app: app.app, beat }, app.at, "likely");
}

function isCelery(command: string): boolean {
  return /(^|[\s/])celery\s/.test(command);
}

function appArgument(command: string): string | null {
  return /\s(?:-A|--app)[\s=]+([\w.:]+)/.exec(command)?.[1] ?? null;
}

/** The app that the Procfile runs, else the one in the settings' package, else the first. */
function chooseApp(
  files: ProjectFiles,
  known: Facts,
  named: { readonly name: string | null; readonly at: string } | null,
): CeleryApp | null {
  const apps = listApps(files, known);
  const name = named?.name ?? null;
  if (named !== null && name !== null) {
    const found = apps.find(
      ({ app }) => app === name || app.startsWith(`${name}.`) || app.startsWith(`${name}:`),
    );
    return found ?? { app: name, at: named.at, source: null };
  }
  const package_ = known["backend.settingsModule"]?.value.split(".")[0];
  return apps.find(({ app }) => app.startsWith(`${package_}.`)) ?? apps[0] ?? null;
}

function listApps(files: ProjectFiles, known: Facts): readonly CeleryApp[] {
  const root = known["backend.root"]?.value ?? ".";
  const importFolder = findImportFolder(files, known);
  return pathsNamed(files, APP_FILE, root)
    .filter((path) => !isInNonAppFolder(path, root) && pathBelow(path, root).includes("/"))
    .flatMap((path) => {
      const source = readPython(files, path);
      const match = source === null ? undefined : matchText(path, source.text, APP)[0];
      if (source === null || match === undefined) return [];
      return [{ app: `${moduleOf(path, importFolder)}:${match.groups[0]}`, at: match.at, source }];
    });
}

function hasSchedule(files: ProjectFiles, known: Facts, app: CeleryApp): boolean {
  const settings = readSettingsSources(files, known);
  const sources = app.source === null ? settings : [app.source, ...settings];
  return (
    findInSources(sources, SCHEDULE) !== null ||
    findInSources(settings, /^\s*CELERY_?BEAT_SCHEDULE\s*(?::[^=\n]+)?=/m) !== null ||
    findInstalledApp(settings, "django_celery_beat") !== null
  );
}
