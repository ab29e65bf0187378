/** Finds the Python package manager by lock file, and the files to install from. */

import { MizanError } from "../../../infra/contract/errors.ts";
import { buildFact } from "../build-fact.ts";
import { readDependencies } from "../dependencies.ts";
import type {
  Confidence,
  Detection,
  Detector,
  Facts,
  Finding,
  PackageManager,
  ProjectFiles,
} from "../facts.ts";
import { findLockDisagreement, LOCK_KINDS, type LockKind } from "../lock-files.ts";
import { listMisspeltFiles } from "../misspelt-names.ts";
import { explainPackageFiles, listPackageManifests } from "../package-files.ts";
import { fileNameOf, foldersUpwards, joinPath } from "../project-paths.ts";
import { readPyproject } from "../pyproject.ts";
import { chooseRequirementFiles, listRequirementFiles } from "../requirement-files.ts";

/** Names that say by themselves which Python packages to install. */
const LISTS_PACKAGES: ReadonlySet<string> = new Set([
  "requirements.txt",
  ...LOCK_KINDS.flatMap(({ lock, manifest }) => [lock, manifest]),
]);

interface Choice {
  readonly manager: PackageManager;
  readonly dependencyFiles: readonly string[];
  readonly from: string;
  readonly confidence: Confidence;
  readonly findings: readonly Finding[];
}

export const packageManagerDetector: Detector = {
  name: "package-manager",
  finds: ["backend.packageManager", "backend.dependencyFiles"],
  /** @throws {MizanError} LOCK_FILES_DISAGREE, APP_INVALID */
  detect(files: ProjectFiles, known: Facts): Detection {
    const root = known["backend.root"]?.value;
    if (root === undefined) return { facts: {} };
    const given = known["backend.packageManager"]?.value;
    const choice = choose(files, root, given);
    if (choice === null) {
      const named = known["backend.dependencyFiles"];
      if (named === undefined) return { facts: {}, findings: [buildNone(files, root)] };
      // Files of other names, which the config gives: pip's format unless it says otherwise.
      const manager = given ?? "requirements";
      const { from, confidence } = named;
      return {
        facts: {
          "backend.packageManager": buildFact("backend.packageManager", manager, from, confidence),
        },
      };
    }
    const facts = buildFacts(files, root, choice);
    const isDjangoListed = readDependencies(files, { ...facts, ...known }).has("django");
    return {
      facts,
      findings: isDjangoListed ? choice.findings : [...choice.findings, buildNoDjango(choice)],
    };
  },
};

function buildFacts(files: ProjectFiles, root: string, choice: Choice): Facts {
  const { manager, dependencyFiles, from, confidence } = choice;
  const considered = explainPackageFiles(files, root, choice);
  return {
    "backend.packageManager": buildFact(
      "backend.packageManager",
      manager,
      from,
      confidence,
      considered.managers,
    ),
    "backend.dependencyFiles": buildFact(
      "backend.dependencyFiles",
      dependencyFiles,
      from,
      confidence,
      considered.dependencyFiles,
    ),
  };
}

/** The nearest folder upwards that says anything; a uv workspace has its lock at its own root. */
function choose(
  files: ProjectFiles,
  root: string,
  given: PackageManager | undefined,
): Choice | null {
  let unlocked: Choice | null = null;
  for (const folder of foldersUpwards(root)) {
    if (unlocked !== null && !isUvWorkspace(files, folder)) continue;
    const locked = chooseLock(files, folder, given, unlocked);
    if (locked !== null) return locked;
    if (unlocked !== null) continue;
    const requirements = chooseRequirements(files, folder, given);
    if (requirements !== null) return requirements;
    unlocked = chooseUnlocked(files, folder, given);
  }
  return unlocked;
}

function isUvWorkspace(files: ProjectFiles, folder: string): boolean {
  const pyproject = readPyproject(files, joinPath(folder, "pyproject.toml"));
  return pyproject?.tool?.uv?.workspace !== undefined;
}

function chooseLock(
  files: ProjectFiles,
  folder: string,
  given: PackageManager | undefined,
  member: Choice | null,
): Choice | null {
  const kinds = LOCK_KINDS.filter(({ lock }) => files.has(joinPath(folder, lock)));
  const [kind, ...others] = given === undefined ? kinds : kinds.filter((k) => k.manager === given);
  if (kind === undefined) return null;
  const lock = joinPath(folder, kind.lock);
  const manifest = joinPath(folder, kind.manifest);
  const manifests = [manifest, ...(member?.dependencyFiles ?? [])];
  return {
    manager: kind.manager,
    dependencyFiles: [lock, ...manifests.filter((path) => files.has(path))],
    from: lock,
    confidence: "certain",
    findings: [
      ...others.map((other) => compareLocks(files, folder, kind, other)),
      ...warnOfRequirements(files, folder, lock),
    ],
  };
}

function compareLocks(
  files: ProjectFiles,
  folder: string,
  kind: LockKind,
  other: LockKind,
): Finding {
  const [first, second] = [joinPath(folder, kind.lock), joinPath(folder, other.lock)];
  const disagreement = findLockDisagreement(files, first, second);
  if (disagreement !== null) {
    throw new MizanError(
      "LOCK_FILES_DISAGREE",
      `${first} and ${second} disagree: ${disagreement}`,
      {
        hint: `Delete the one that is not used, or set facts: { "backend.packageManager": "${kind.manager}" }.`,
        details: { files: [first, second], candidates: [kind.manager, other.manager] },
      },
    );
  }
  return {
    code: "LOCK_FILES_SEVERAL",
    severity: "warning",
    message: `${first} and ${second} pin the same versions; ${first} is used`,
    evidence: second,
    hint: `Delete ${second} before they drift apart.`,
  };
}

function warnOfRequirements(files: ProjectFiles, folder: string, lock: string): readonly Finding[] {
  return chooseRequirementFiles(files, listRequirementFiles(files, folder)).map((path) => ({
    code: "REQUIREMENTS_IGNORED",
    severity: "warning",
    message: `${path} is not used, since ${lock} is there`,
    evidence: path,
    hint: `Delete ${path}, or set facts: { "backend.packageManager": "requirements" }.`,
  }));
}

function chooseRequirements(
  files: ProjectFiles,
  folder: string,
  given: PackageManager | undefined,
): Choice | null {
  if (given !== undefined && given !== "requirements") return null;
  const paths = chooseRequirementFiles(files, listRequirementFiles(files, folder));
  if (paths.length === 0) return null;
  const from = paths.join(", ");
  return {
    manager: "requirements",
    dependencyFiles: paths,
    from,
    confidence: paths.length === 1 ? "certain" : "likely",
    findings: [],
  };
}

/** A manifest without its lock: what is installed may differ from one deploy to the next. */
function chooseUnlocked(
  files: ProjectFiles,
  folder: string,
  given: PackageManager | undefined,
): Choice | null {
  const manifest = listPackageManifests(files, folder).find(
    ({ manager }) => given === undefined || given === manager,
  );
  if (manifest === undefined) return null;
  const { manager, path: from, lockCommand } = manifest;
  const finding: Finding = {
    code: "LOCK_MISSING",
    // Poetry and Pipenv install from their lock only; PEP 621 dependencies can be resolved anew.
    severity: manager === "pep621" ? "warning" : "error",
    message: `${from} has no lock file: two deploys of the same commit may install different versions`,
    evidence: from,
    hint: `Run \`${lockCommand}\` and commit the result.`,
  };
  return { manager, dependencyFiles: [from], from, confidence: "likely", findings: [finding] };
}

function buildNone(files: ProjectFiles, root: string): Finding {
  const misspelt = listMisspeltFiles(files, foldersUpwards(root)).find(({ meant }) =>
    LISTS_PACKAGES.has(fileNameOf(meant)),
  );
  return {
    code: "DEPENDENCIES_NOT_FOUND",
    severity: "error",
    message: "Nothing lists the backend's Python packages: no lock, requirements or pyproject.toml",
    evidence: root,
    hint:
      misspelt === undefined
        ? "Write requirements.txt beside manage.py, e.g. with `pip freeze`, and commit it."
        : `Rename ${misspelt.path} to ${misspelt.meant}.`,
  };
}

function buildNoDjango(choice: Choice): Finding {
  return {
    code: "DJANGO_NOT_LISTED",
    severity: "warning",
    message: `Django is not among the packages of ${choice.from}`,
    evidence: choice.from,
    hint: "Add Django to it, unless another package brings it.",
  };
}
