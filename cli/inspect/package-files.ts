/** Everything that could say which Python packages to install, and why one of it does. */

import { type Contender, listCandidates } from "./candidates.ts";
import type { Candidate, PackageManager, ProjectFiles } from "./facts.ts";
import { LOCK_KINDS } from "./lock-files.ts";
import { fileNameOf, foldersUpwards, isBelow, joinPath } from "./project-paths.ts";
import { listPyprojectDependencies, type Pyproject, readPyproject } from "./pyproject.ts";
import { explainRequirementFile, listRequirementFiles } from "./requirement-files.ts";

/** A manifest that names packages, with the command that makes its lock file. */
export interface PackageManifest {
  readonly manager: PackageManager;
  readonly path: string;
  readonly lockCommand: string;
}

export interface ChosenPackageFiles {
  readonly manager: PackageManager;
  readonly dependencyFiles: readonly string[];
  /** The file that decided. */
  readonly from: string;
}

interface PackageFile {
  /** The backend's folder or one above it. */
  readonly folder: string;
  readonly manager: PackageManager;
  readonly path: string;
  readonly kind: "lock" | "requirements" | "manifest";
}

/** Manifests of a folder, the one to be taken first. @throws {MizanError} APP_INVALID */
export function listPackageManifests(
  files: ProjectFiles,
  folder: string,
): readonly PackageManifest[] {
  const pipfile = joinPath(folder, "Pipfile");
  const path = joinPath(folder, "pyproject.toml");
  const pyproject = readPyproject(files, path);
  const hasDependencies = pyproject !== null && listPyprojectDependencies(pyproject).length > 0;
  const isPep621 = pyproject?.project?.dependencies !== undefined;
  const manifests: PackageManifest[] = [];
  if (files.has(pipfile)) {
    manifests.push({ manager: "pipenv", path: pipfile, lockCommand: "pipenv lock" });
  }
  if (isPep621) {
    manifests.push({ manager: "pep621", path, lockCommand: chooseLockCommand(pyproject) });
  } else if (hasDependencies)
    manifests.push({ manager: "poetry", path, lockCommand: "poetry lock" });
  return manifests;
}

/** A [project] table says nothing of the manager; the table of a manager's own does. */
function chooseLockCommand({ tool }: Pyproject): string {
  if (tool?.poetry !== undefined) return "poetry lock";
  return tool?.["pdm"] === undefined ? "uv lock" : "pdm lock";
}

/** @returns For `backend.packageManager` and `backend.dependencyFiles`: the chosen one first. */
export function explainPackageFiles(
  files: ProjectFiles,
  root: string,
  choice: ChosenPackageFiles,
): { readonly managers: readonly Candidate[]; readonly dependencyFiles: readonly Candidate[] } {
  const why = explainChoice(choice);
  const all = listPackageFiles(files, root);
  const isOwn = ({ path }: PackageFile) => choice.dependencyFiles.includes(path);
  const folder = all.find(isOwn)?.folder ?? root;
  const beaten = all
    .filter((file) => !isOwn(file))
    .map((file) => ({ ...file, why: explainBeaten(files, { ...choice, folder }, file) }));
  const otherManagers: readonly Contender[] = beaten
    .filter(({ manager }) => manager !== choice.manager)
    .map(({ manager, path, why }) => ({ value: manager, from: path, why }));
  const otherFiles = beaten.map(({ path, why }) => ({ value: [path], from: path, why }));
  const { manager: value, dependencyFiles, from } = choice;
  return {
    managers: listCandidates({ value, from, why }, otherManagers),
    dependencyFiles: listCandidates({ value: dependencyFiles, from, why }, otherFiles),
  };
}

/** The nearest folder first. */
function listPackageFiles(files: ProjectFiles, root: string): readonly PackageFile[] {
  return foldersUpwards(root).flatMap((folder) => [
    ...LOCK_KINDS.map(({ manager, lock }) => ({
      manager,
      folder,
      path: joinPath(folder, lock),
      kind: "lock" as const,
    })).filter(({ path }) => files.has(path)),
    ...listRequirementFiles(files, folder).map((path) => ({
      manager: "requirements" as const,
      folder,
      path,
      kind: "requirements" as const,
    })),
    ...listPackageManifests(files, folder).map(({ manager, path }) => ({
      manager,
      folder,
      path,
      kind: "manifest" as const,
    })),
  ]);
}

function explainChoice({ manager, from }: ChosenPackageFiles): string {
  if (isLock(from)) return "a lock file says exactly which versions are installed";
  if (manager === "requirements") return "there is no lock file, and this is what pip installs";
  return "there is neither a lock file nor a requirements file";
}

function explainBeaten(
  files: ProjectFiles,
  choice: ChosenPackageFiles & { readonly folder: string },
  file: PackageFile,
): string {
  if (file.folder !== choice.folder && isBelow(choice.folder, file.folder)) {
    return `${choice.from} is nearer to the backend`;
  }
  if (choice.manager === "requirements" && file.kind === "requirements") {
    return explainRequirementFile(files, choice.dependencyFiles, file.path);
  }
  if (file.kind === "lock") return `${choice.from} comes first`;
  if (isLock(choice.from)) return `${choice.from} comes first: it pins every version`;
  return `it has no lock file; ${choice.from} comes first`;
}

function isLock(path: string): boolean {
  return LOCK_KINDS.some(({ lock }) => lock === fileNameOf(path));
}
