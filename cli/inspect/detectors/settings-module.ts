/** Finds the settings module that production uses. */

import { buildFact } from "../build-fact.ts";
import { findEntryFile } from "../entry-files.ts";
import type { Detection, Detector, Fact, Facts, Finding, ProjectFiles } from "../facts.ts";
import { listProcessCommands } from "../process-commands.ts";
import { folderOf, joinPath, pathsNamed } from "../project-paths.ts";
import { findModuleFile, moduleOf, readPython } from "../python-source.ts";
import { matchText } from "../text-match.ts";

interface Candidate {
  readonly module: string;
  readonly at: string;
}

/** `setdefault("DJANGO_SETTINGS_MODULE", "a.b")`, `environ["DJANGO_SETTINGS_MODULE"] = "a.b"`, and calls around them. */
const IN_PYTHON =
  /DJANGO_SETTINGS_MODULE["'](?:(?!\n\s*\n)[\s\S]){0,160}?["']([A-Za-z_]\w*(?:\.\w+)+|settings)["']/;
const IN_COMMAND = /(?:DJANGO_SETTINGS_MODULE=|--settings[= ])["']?([A-Za-z_][\w.]*)/;
const DEVELOPMENT = /(^|_)(dev|devel|develop|development|local|debug|tests?|testing)$/i;
const PRODUCTION_NAMES = ["production", "prod"];

export const settingsModuleDetector: Detector = {
  name: "settings-module",
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

/** The Procfile says what production runs, wsgi.py and asgi.py what a server loads, manage.py what a developer does. */
function chooseSettingsModule(
  files: ProjectFiles,
  known: Facts,
  root: string,
): Fact<string> | null {
  const manage = readCandidates(files, known["backend.manage"]?.value ?? null);
  const package_ = manage[0]?.module.split(".")[0];
  const candidates = [
    ...readCommandCandidates(files, known),
    ...readCandidates(files, findEntryFile(files, root, "wsgi.py", package_)),
    ...readCandidates(files, findEntryFile(files, root, "asgi.py", package_)),
    ...manage,
  ];
  const chosen = candidates.find(({ module }) => !isDevelopment(module)) ?? candidates[0];
  if (chosen === undefined) return guessSettingsModule(files, root);
  const other = manage[0];
  const why =
    other === undefined || other.module === chosen.module
      ? ""
      : ` (production; ${other.at} has ${other.module} for development)`;
  return buildFact("backend.settingsModule", chosen.module, `${chosen.at}${why}`, "certain");
}

function readCandidates(files: ProjectFiles, path: string | null): readonly Candidate[] {
  const source = path === null ? null : readPython(files, path);
  if (source === null) return [];
  return matchText(source.path, source.text, IN_PYTHON).map(({ groups, at }) => ({
    module: groups[0] ?? "",
    at,
  }));
}

function readCommandCandidates(files: ProjectFiles, known: Facts): readonly Candidate[] {
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
  if (!isDevelopment(fact.value) || fact.from === "mizan.config") return [];
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
    message: "Nothing names the settings module: not manage.py, wsgi.py, asgi.py nor the Procfile",
    evidence: root,
    hint: 'Set facts: { "backend.settingsModule": "package.settings" } in mizan.config.',
  };
}

function isDevelopment(module: string): boolean {
  return DEVELOPMENT.test(module.split(".").at(-1) ?? "");
}
