/** Finds the Python version that the project asks for; never the one of this machine. */

import { buildFact } from "../build-fact.ts";
import type { Detection, Detector, Facts, Finding, ProjectFiles } from "../facts.ts";
import { readPipfileLock } from "../lock-files.ts";
import { fileNameOf, foldersUpwards, joinPath } from "../project-paths.ts";
import { readPipfile, readPyproject } from "../pyproject.ts";
import { isVersionInRange, parseExactVersion } from "../python-range.ts";
import { findInFile } from "../text-match.ts";

interface Request {
  /** As written. */
  readonly value: string;
  readonly at: string;
}

export const pythonVersionDetector: Detector = {
  name: "python-version",
  /** @throws {MizanError} APP_INVALID */
  detect(files: ProjectFiles, known: Facts): Detection {
    const root = known["backend.root"]?.value;
    if (root === undefined) return { facts: {} };
    const versionFile = readVersionFile(files, root);
    const requests = [
      ...versionFile.requests,
      ...readPyprojectRequests(files, root),
      ...readLockRequests(files, known["backend.dependencyFiles"]?.value ?? []),
      ...readRuntimeTxt(files, root),
    ];
    const [first] = requests;
    const fact =
      first === undefined
        ? buildFact("backend.python", null, "nothing asks for a version", "guess")
        : buildFact("backend.python", first.value, first.at, "certain");
    return {
      facts: { "backend.python": fact },
      findings: [...versionFile.findings, ...findDisagreement(requests)],
    };
  },
};

/** `.python-version`: the first line that is a version; pyenv also allows names of environments. */
function readVersionFile(
  files: ProjectFiles,
  root: string,
): { readonly requests: readonly Request[]; readonly findings: readonly Finding[] } {
  const path = findUpwards(files, root, ".python-version");
  if (path === null) return { requests: [], findings: [] };
  const version = findInFile(files, path, /^[ \t]*(?:cpython-|python-)?(\d+(?:\.\d+)*)\s*$/m);
  if (version !== null) {
    return { requests: [{ value: version.groups[0] ?? "", at: version.at }], findings: [] };
  }
  const finding: Finding = {
    code: "PYTHON_VERSION_UNREADABLE",
    severity: "warning",
    message: `${path} names no CPython version`,
    evidence: path,
    hint: "Write a version such as 3.12 into it.",
  };
  return { requests: [], findings: [finding] };
}

function readPyprojectRequests(files: ProjectFiles, root: string): readonly Request[] {
  return foldersUpwards(root).flatMap((folder) => {
    const path = joinPath(folder, "pyproject.toml");
    const pyproject = readPyproject(files, path);
    const poetry = pyproject?.tool?.poetry?.dependencies?.["python"];
    const project = pyproject?.project?.["requires-python"];
    return [
      ...(project === undefined
        ? []
        : [{ value: project, at: locate(files, path, "requires-python") }]),
      ...(typeof poetry === "string" ? [{ value: poetry, at: locate(files, path, "python") }] : []),
    ];
  });
}

function readLockRequests(
  files: ProjectFiles,
  dependencyFiles: readonly string[],
): readonly Request[] {
  return dependencyFiles.flatMap((path) => {
    const name = fileNameOf(path);
    if (name === "Pipfile.lock")
      return toRequests(path, readPipfileLock(files, path)?._meta?.requires);
    if (name === "Pipfile") return toRequests(path, readPipfile(files, path)?.requires);
    if (!name.endsWith(".lock")) return [];
    const line = findInFile(
      files,
      path,
      /^(?:requires-python|requires_python|python-versions) = "([^"]+)"/m,
    );
    return line === null ? [] : [{ value: line.groups[0] ?? "", at: line.at }];
  });
}

function toRequests(
  path: string,
  requires:
    | { python_full_version?: string | undefined; python_version?: string | undefined }
    | undefined,
): readonly Request[] {
  const value = requires?.python_full_version ?? requires?.python_version;
  return value === undefined ? [] : [{ value, at: path }];
}

/** Heroku's older form: `python-3.12.4`. */
function readRuntimeTxt(files: ProjectFiles, root: string): readonly Request[] {
  const path = findUpwards(files, root, "runtime.txt");
  const line = path === null ? null : findInFile(files, path, /^\s*python-(\d+(?:\.\d+)*)\s*$/m);
  return line === null ? [] : [{ value: line.groups[0] ?? "", at: line.at }];
}

/** The first request wins; a later one that it does not fit is told. */
function findDisagreement(requests: readonly Request[]): readonly Finding[] {
  const [first, ...others] = requests;
  const version = first === undefined ? null : parseExactVersion(first.value);
  if (first === undefined || version === null) return [];
  return others
    .filter((other) => isVersionInRange(version, other.value) === false)
    .map((other) => ({
      code: "PYTHON_VERSIONS_DISAGREE",
      severity: "warning",
      message: `${first.at} asks for Python ${first.value}, ${other.at} for ${other.value}; the first is used`,
      evidence: other.at,
      hint: "Make them agree.",
    }));
}

function findUpwards(files: ProjectFiles, root: string, name: string): string | null {
  return (
    foldersUpwards(root)
      .map((folder) => joinPath(folder, name))
      .find((path) => files.has(path)) ?? null
  );
}

function locate(files: ProjectFiles, path: string, key: string): string {
  return findInFile(files, path, new RegExp(`^\\s*["']?${key}["']?\\s*=`, "m"))?.at ?? path;
}
