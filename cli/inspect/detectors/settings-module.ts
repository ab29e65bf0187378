/** Finds the settings module that production uses. */

import { buildFact } from "../build-fact.ts";
import { type Contender, listCandidates } from "../candidates.ts";
import { findEntryFile } from "../entry-files.ts";
import type {
  Candidate,
  Detection,
  Detector,
  Fact,
  Facts,
  Finding,
  ProjectFiles,
} from "../facts.ts";
import { listProcessCommands } from "../process-commands.ts";
import { fileNameOf, folderOf, joinPath, pathsNamed } from "../project-paths.ts";
import { findModuleFile, moduleOf } from "../python-source.ts";
import { findSettingsBranch } from "../settings-branch.ts";
import { type Mention, readDockerfileMentions, readMentions } from "../settings-mentions.ts";

const IN_COMMAND = /(?:DJANGO_SETTINGS_MODULE=|--settings[= ])["']?([A-Za-z_][\w.]*)/;
const DEVELOPMENT = /(^|_)(dev|devel|develop|development|local|debug|tests?|testing)$/i;
/** Files of settings whose names say where they are for, beside what is not a settings module. */
const ENVIRONMENT_FILE =
  /^(?:settings_)?(?:dev|devel|develop|development|local|debug|tests?|testing|ci|staging|stage|production|prod|live|heroku)\.py$/i;
const PRODUCTION_NAMES = ["production", "prod"];

export const settingsModuleDetector: Detector = {
  name: "settings-module",
  finds: ["backend.settingsModule"],
  detect(files: ProjectFiles, known: Facts): Detection {
    const root = known["backend.root"]?.value;
    if (root === undefined) return { facts: {} };
    const given = known["backend.settingsModule"];
    const fact = given ?? chooseSettingsModule(files, known, root);
    if (fact === null) return { facts: {}, findings: [buildUnknown(root)] };
    return {
      facts: { "backend.settingsModule": fact },
      findings: checkSettingsModule(files, root, fact),
    };
  },
};

/** Procfile and Dockerfile say what production runs, wsgi.py and asgi.py what a server loads, manage.py what a developer does. */
function chooseSettingsModule(
  files: ProjectFiles,
  known: Facts,
  root: string,
): Fact<string> | null {
  const manage = readMentions(files, root, known["backend.manage"]?.value ?? null);
  const package_ = manage[0]?.module.split(".")[0];
  const mentions = [
    ...readCommandMentions(files, known),
    ...readDockerfileMentions(files, root),
    ...readMentions(files, root, findEntryFile(files, root, "wsgi.py", package_)),
    ...readMentions(files, root, findEntryFile(files, root, "asgi.py", package_)),
    ...manage,
  ];
  const chosen = mentions.find(({ module }) => !isDevelopment(module)) ?? mentions[0];
  if (chosen === undefined) return guessSettingsModule(files, root);
  const other = manage[0];
  const why =
    other === undefined || other.module === chosen.module
      ? ""
      : ` (production; ${other.at} has ${other.module} for development)`;
  return buildFact(
    "backend.settingsModule",
    chosen.module,
    `${chosen.at}${why}`,
    "certain",
    explainSettingsModule(files, root, chosen, mentions),
  );
}

function explainSettingsModule(
  files: ProjectFiles,
  root: string,
  chosen: Mention,
  mentions: readonly Mention[],
): readonly Candidate[] {
  const named = mentions
    .filter((mention) => mention !== chosen)
    .map((mention) => ({
      value: mention.module,
      from: mention.at,
      why: explainBeaten(chosen, mention),
    }));
  const modules = new Set(mentions.map(({ module }) => module));
  const unnamed: readonly Contender[] = listSettingsModules(files, root, chosen.module)
    .filter(({ module }) => !modules.has(module))
    .map(({ module, at }) => ({ value: module, from: at, why: "nothing names it" }));
  const why = explainChosen(chosen);
  return listCandidates({ value: chosen.module, from: chosen.at, why }, [...named, ...unnamed]);
}

function explainChosen({ module, at }: Mention): string {
  const file = fileOf(at);
  if (isDevelopment(module)) return `${file} names it, and nothing names one for production`;
  if (file === "manage.py") return "manage.py names it, and no place that production uses does";
  if (/^[aw]sgi\.py$/.test(file)) return `${file} is what a server loads`;
  return `${file} says what production runs`;
}

function explainBeaten(chosen: Mention, { module, at }: Mention): string {
  if (module === chosen.module) return "says the same";
  if (isDevelopment(module)) return "its name says development or tests";
  if (fileOf(at) === "manage.py") return "manage.py is for developers";
  return `${fileOf(chosen.at)} comes first`;
}

/** File name of `folder/file:line`. */
function fileOf(at: string): string {
  return fileNameOf(at).replace(/:\d+$/, "");
}

/** Modules beside the chosen one whose names say where they are for: `production`, `local`, … */
function listSettingsModules(
  files: ProjectFiles,
  root: string,
  chosen: string,
): readonly Mention[] {
  const file = findModuleFile(files, root, chosen);
  if (file === null) return [];
  const folder = folderOf(file);
  const isPackage = fileNameOf(file) === "__init__.py";
  const package_ = isPackage ? chosen : chosen.split(".").slice(0, -1).join(".");
  return files.paths
    .filter((path) => folderOf(path) === folder && ENVIRONMENT_FILE.test(fileNameOf(path)))
    .map((path) => {
      const name = fileNameOf(path).replace(/\.py$/, "");
      return { module: package_ === "" ? name : `${package_}.${name}`, at: path };
    })
    .filter(({ module }) => module !== chosen);
}

function readCommandMentions(files: ProjectFiles, known: Facts): readonly Mention[] {
  return listProcessCommands(files, known).flatMap(({ command, at }) => {
    const module = IN_COMMAND.exec(command)?.[1];
    return module === undefined ? [] : [{ module, at }];
  });
}

/** Nothing names the module: a single `settings.py` or `settings/` package is likely it. */
function guessSettingsModule(files: ProjectFiles, root: string): Fact<string> | null {
  const [file, ...others] = [
    ...pathsNamed(files, /^settings\.py$/, root),
    ...pathsNamed(files, /^__init__\.py$/, root).filter((path) =>
      folderOf(path).endsWith("/settings"),
    ),
  ];
  if (file === undefined || others.length > 0) return null;
  return buildFact("backend.settingsModule", moduleOf(file, root), file, "guess");
}

function checkSettingsModule(
  files: ProjectFiles,
  root: string,
  fact: Fact<string>,
): readonly Finding[] {
  const file = findModuleFile(files, root, fact.value);
  if (file === null) return [buildMissing(fact)];
  const branch = findSettingsBranch(files, root, fact.value);
  if (!isDevelopment(fact.value) || fact.from === "mizan.config") return branch;
  const production = PRODUCTION_NAMES.find((name) =>
    files.has(joinPath(folderOf(file), `${name}.py`)),
  );
  if (production === undefined) return [];
  const better = [...fact.value.split(".").slice(0, -1), production].join(".");
  return [
    {
      code: "SETTINGS_DEVELOPMENT",
      severity: "warning",
      message: `Settings module ${fact.value} looks like development, and ${better} exists beside it`,
      evidence: fact.from,
      hint: `facts: { "backend.settingsModule": "${better}" }`,
    },
  ];
}

function buildMissing(fact: Fact<string>): Finding {
  return {
    code: "SETTINGS_NOT_IN_PROJECT",
    severity: "warning",
    message: `Settings module ${fact.value} is not among the project's files: missing, ignored by git, or of an installed package`,
    evidence: fact.from,
    hint: 'If another module is meant, set facts: { "backend.settingsModule": "…" }.',
  };
}

function buildUnknown(root: string): Finding {
  return {
    code: "SETTINGS_MODULE_UNKNOWN",
    severity: "error",
    message:
      "Nothing names the settings module: not manage.py, wsgi.py, asgi.py, the Procfile nor a Dockerfile",
    evidence: root,
    hint: 'Set facts: { "backend.settingsModule": "package.settings" } in mizan.config.',
  };
}

function isDevelopment(module: string): boolean {
  return DEVELOPMENT.test(module.split(".").at(-1) ?? "");
}
