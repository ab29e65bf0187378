/** Finds the Celery app and whether it has a schedule. */

import { buildFact } from "../build-fact.ts";
import { listCandidates } from "../candidates.ts";
import { readDependencies } from "../dependencies.ts";
import type { Detection, Detector, Fact, Facts, FactValues, ProjectFiles } from "../facts.ts";
import {
  listContainerCommands,
  listProcessCommands,
  type ProcessCommand,
} from "../process-commands.ts";
import {
  fileNameOf,
  folderOf,
  isInNonAppFolder,
  joinPath,
  pathBelow,
  pathsNamed,
} from "../project-paths.ts";
import {
  findImportFolder,
  findModuleFile,
  moduleOf,
  type PythonSource,
  readPython,
  readSettingsSources,
} from "../python-source.ts";
import { findInSources, findInstalledApp } from "../settings-text.ts";
import { matchText } from "../text-match.ts";

interface CeleryApp {
  /** `package.module:attribute`, or what a command gives to `celery -A`. */
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
  finds: ["backend.celery"],
  detect(files: ProjectFiles, known: Facts): Detection {
    if (known["backend.root"] === undefined) return { facts: {} };
    return { facts: { "backend.celery": findCelery(files, known) } };
  },
};

function findCelery(files: ProjectFiles, known: Facts): Fact<FactValues["backend.celery"]> {
  const listed = readDependencies(files, known).get("celery");
  const ofProcfile = listProcessCommands(files, known).filter(isCelery);
  if (ofProcfile.length === 0 && listed === undefined) {
    return buildFact("backend.celery", null, "not a dependency", "likely");
  }
  // The Procfile first: it says what production runs. Containers may be another project's.
  const ofContainers = listContainerCommands(files, "celery").filter(
    (command) => isCelery(command) && isOfBackend(files, known, command),
  );
  const commands = [...ofProcfile, ...ofContainers];
  const named = commands.map(({ command, at }) => ({ name: appArgument(command), at }));
  const byCommand = named.find(({ name }) => name !== null) ?? null;
  const app = chooseApp(files, known, byCommand);
  const chosenBy =
    byCommand === null
      ? "the one in the settings' package, else the first"
      : `the one that ${byCommand.at} runs`;
  if (app === null) {
    const from = `${listed ?? "a command"}, but no Celery app`;
    return buildFact("backend.celery", null, from, "guess");
  }
  const beat =
    commands.some(({ command }) => /\bbeat\b|\s-B\b/.test(command)) ||
    hasSchedule(files, known, app);
  const others = listApps(files, known)
    .filter((other) => other.app !== app.app)
    .map((other) => ({ value: { app: other.app, beat }, from: other.at, why: `not ${chosenBy}` }));
  const value = { app: app.app, beat };
  const considered = listCandidates({ value, from: app.at, why: chosenBy }, others);
  return buildFact("backend.celery", value, app.at, "likely", considered);
}

function isCelery({ command }: ProcessCommand): boolean {
  return /(^|[\s/])celery\s/.test(command);
}

/** The module that it names lies in the backend. */
function isOfBackend(files: ProjectFiles, known: Facts, { command }: ProcessCommand): boolean {
  const root = known["backend.root"]?.value ?? ".";
  const module = appArgument(command)?.split(":")[0];
  return module !== undefined && findModuleFile(files, root, module) !== null;
}

function appArgument(command: string): string | null {
  return /\s(?:-A|--app)[\s=]+([\w.:]+)/.exec(command)?.[1] ?? null;
}

/** The app that a command runs, else the one in the settings' package, else the first. */
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
    return found ?? readNamedApp(files, known, name) ?? { app: name, at: named.at, source: null };
  }
  const package_ = known["backend.settingsModule"]?.value.split(".")[0];
  return apps.find(({ app }) => app.startsWith(`${package_}.`)) ?? apps[0] ?? null;
}

/** Files with a usual name, and those beside the settings' package's __init__.py, whatever their name. */
function listApps(files: ProjectFiles, known: Facts): readonly CeleryApp[] {
  const root = known["backend.root"]?.value ?? ".";
  const importFolder = findImportFolder(files, known);
  const package_ = known["backend.settingsModule"]?.value.split(".")[0];
  const settingsFolder = package_ === undefined ? null : joinPath(importFolder, package_);
  const paths = pathsNamed(files, /\.py$/, root).filter(
    (path) =>
      (APP_FILE.test(fileNameOf(path)) || folderOf(path) === settingsFolder) &&
      !isInNonAppFolder(path, root) &&
      pathBelow(path, root).includes("/"),
  );
  return paths.flatMap((path) => readApp(files, path, importFolder));
}

function readApp(files: ProjectFiles, path: string, importFolder: string): readonly CeleryApp[] {
  const source = readPython(files, path);
  const match = source === null ? undefined : matchText(path, source.text, APP)[0];
  if (source === null || match === undefined) return [];
  return [{ app: `${moduleOf(path, importFolder)}:${match.groups[0]}`, at: match.at, source }];
}

/** The module that `celery -A` names, wherever it is. */
function readNamedApp(files: ProjectFiles, known: Facts, name: string): CeleryApp | null {
  const root = known["backend.root"]?.value ?? ".";
  const path = findModuleFile(files, root, name.split(":")[0] ?? name);
  if (path === null) return null;
  return readApp(files, path, findImportFolder(files, known))[0] ?? null;
}

function hasSchedule(files: ProjectFiles, known: Facts, app: CeleryApp): boolean {
  const settings = readSettingsSources(files, known);
  const sources = app.source === null ? settings : [app.source, ...settings];
  return (
    findInSources(sources, SCHEDULE) !== null ||
    findInSources(settings, /^[ \t]*CELERY_?BEAT_SCHEDULE\s*(?::[^=\n]+)?=/m) !== null ||
    findInstalledApp(settings, "django_celery_beat") !== null
  );
}
