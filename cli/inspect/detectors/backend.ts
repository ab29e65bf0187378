/** Finds the backend: the folder of the one `manage.py` that starts Django. */

import { MizanError } from "../../../infra/contract/errors.ts";
import { buildFact } from "../build-fact.ts";
import { type Contender, listCandidates } from "../candidates.ts";
import type { Detection, Detector, Facts, Finding, ProjectFiles } from "../facts.ts";
import {
  fileNameOf,
  folderOf,
  isBelow,
  isInNonAppFolder,
  isTemplateText,
  joinPath,
  pathsNamed,
} from "../project-paths.ts";
import { lineAt } from "../text-match.ts";

/** Endings that Copier, `startproject --extension` and others take off. */
const TEMPLATE_FILE = /^manage\.py(?:\.(?:jinja2?|j2|tmpl|tpl|template)|-tpl)$/;
/** What Django's own manage.py contains; Flask-Script's and others do not. */
const STARTS_DJANGO = /DJANGO_SETTINGS_MODULE|django\.core\.management/;

export const backendDetector: Detector = {
  name: "backend",
  finds: ["backend.root", "backend.framework", "backend.manage"],
  /** @throws {MizanError} APP_AMBIGUOUS, CONFIG_INVALID when an overridden root does not exist. */
  detect(files: ProjectFiles, known: Facts): Detection {
    const root = known["backend.root"]?.value;
    return root === undefined ? findBackend(files) : describeGivenRoot(files, root);
  },
};

function findBackend(files: ProjectFiles): Detection {
  const named = pathsNamed(files, /^manage\.py$/);
  const all = named.filter((path) => STARTS_DJANGO.test(files.read(path) ?? ""));
  const candidates = all.filter(
    (path) => !isInNonAppFolder(path) && !isTemplateText(files.read(path) ?? ""),
  );
  const [manage, ...others] = candidates;
  if (manage === undefined) {
    return describeNoBackend(files, all.length > 0 ? all : pathsNamed(files, TEMPLATE_FILE));
  }
  if (others.length > 0) throw createAmbiguousError(candidates);
  return describeBackend(files, manage, explainRejected(files, named, manage));
}

function describeBackend(
  files: ProjectFiles,
  manage: string,
  rejected: readonly Contender[],
): Detection {
  const text = files.read(manage) ?? "";
  const from = lineAt(manage, text, text.search(STARTS_DJANGO));
  const root = folderOf(manage);
  const why = "its manage.py starts Django";
  const roots = rejected.map((each) => ({ ...each, value: folderOf(each.from) }));
  const considerRoots = listCandidates({ value: root, from, why }, roots);
  const considerFiles = listCandidates({ value: manage, from, why: "it starts Django" }, rejected);
  return {
    facts: {
      "backend.root": buildFact("backend.root", root, from, "certain", considerRoots),
      "backend.framework": buildFact("backend.framework", "django", from, "certain"),
      "backend.manage": buildFact("backend.manage", manage, from, "certain", considerFiles),
    },
  };
}

/** Every other manage.py, and why it is not the app's. */
function explainRejected(
  files: ProjectFiles,
  named: readonly string[],
  manage: string,
): readonly Contender[] {
  return named
    .filter((path) => path !== manage)
    .map((path) => ({ value: path, from: path, why: explainNotApp(files.read(path) ?? "", path) }));
}

function explainNotApp(text: string, path: string): string {
  if (!STARTS_DJANGO.test(text)) return "it does not start Django";
  if (isTemplateText(text) || isTemplateText(path)) return "a template with placeholders";
  return "in a folder for tests, examples or templates";
}

function describeGivenRoot(files: ProjectFiles, root: string): Detection {
  if (!files.paths.some((path) => isBelow(path, root))) {
    throw new MizanError(
      "CONFIG_INVALID",
      `facts["backend.root"]: no folder "${root}" with files`,
      {
        hint: "Correct it in mizan.config, relative to the project's folder.",
        details: { path: 'facts["backend.root"]', value: root },
      },
    );
  }
  const manage = joinPath(root, "manage.py");
  if (files.has(manage)) return describeBackend(files, manage, []);
  // Without manage.py Django still runs: the settings module is all that is needed.
  const from = "backend.root in mizan.config";
  return {
    facts: { "backend.framework": buildFact("backend.framework", "django", from, "likely") },
  };
}

function describeNoBackend(files: ProjectFiles, rejected: readonly string[]): Detection {
  const from = rejected.length === 0 ? "no manage.py" : `not an app: ${rejected.join(", ")}`;
  return {
    facts: { "backend.framework": buildFact("backend.framework", null, from, "certain") },
    findings: [buildNotFound(files, rejected)],
  };
}

function buildNotFound(files: ProjectFiles, rejected: readonly string[]): Finding {
  const base = { code: "APP_NOT_FOUND", severity: "error" } as const;
  const [first] = rejected;
  if (first === undefined) {
    return {
      ...base,
      message:
        "No Django app: no manage.py here or up to four folders down (files that git ignores do not count)",
      evidence: ".",
      hint: "Run mizan in the app's folder, or name it with --cwd.",
    };
  }
  const isTemplate = [first, files.read(first) ?? ""].some(isTemplateText);
  if (isTemplate || TEMPLATE_FILE.test(fileNameOf(first))) {
    return {
      ...base,
      message: `This is a template for projects, not an app: ${first} has placeholders`,
      evidence: first,
      hint: "Generate a project from the template, and run mizan there.",
    };
  }
  return {
    ...base,
    message: `No Django app: ${rejected.join(", ")} lies in a folder for tests, examples or templates`,
    evidence: first,
    hint: `If that is the app, set facts: { "backend.root": "${folderOf(first)}" } in mizan.config.`,
  };
}

function createAmbiguousError(candidates: readonly string[]): MizanError {
  const roots = candidates.map(folderOf);
  return new MizanError("APP_AMBIGUOUS", `Several Django apps: ${candidates.join(", ")}`, {
    hint: `Say which one in mizan.config: facts: { "backend.root": "${roots[0]}" }`,
    details: { candidates: roots, files: candidates },
  });
}
