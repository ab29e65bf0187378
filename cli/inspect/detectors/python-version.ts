/** Finds the Python version that the project asks for; never the one of this machine. */

import { buildFact } from "../build-fact.ts";
import { type Contender, listCandidates } from "../candidates.ts";
import type { Detection, Detector, Fact, Facts, Finding, ProjectFiles } from "../facts.ts";
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
  finds: ["backend.python"],
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
    return {
      facts: { "backend.python": choosePython(requests) },
      findings: [...versionFile.findings, ...findDisagreement(requests)],
    };
  },
};

/** The first in the order of precedence (reference/django.md, rule 3). */
function choosePython(requests: readonly Request[]): Fact<string | null> {
  const [first, ...others] = requests;
  if (first === undefined) {
    return buildFact("backend.python", null, "nothing asks for a version", "guess");
  }
  const candidates = others.map((other) => describeBeaten(first, other));
  const chosen = { value: first.value, from: first.at, why: describeOrder(first) };
  return buildFact(
    "backend.python",
    first.value,
    first.at,
    "certain",
    listCandidates(chosen, candidates),
  );
}

function describeOrder({ at }: Request): string {
  return fileOf(at) === ".python-version"
    ? ".python-version is there to say it, and comes first"
    : `nothing that comes before ${fileOf(at)} asks for a version`;
}

function describeBeaten(first: Request, other: Request): Contender {
  const { value, at: from } = other;
  const version = parseExactVersion(first.value);
  const fits = version === null ? null : isVersionInRange(version, value);
  const order = `${fileOf(first.at)} comes before ${fileOf(from)}`;
  if (value === first.value) return { value, from, why: "says the same" };
  if (fits === null) return { value, from, why: order };
  const relation = fits ? `${first.value} fits it` : `it disagrees with ${first.value}`;
  return { value, from, why: `${order}; ${relation}` };
}

/** File name of `folder/file:line`. */
function fileOf(at: string): string {
  return fileNameOf(at).replace(/:\d+$/, "");
}

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
  const line =
    path === null ? null : findInFile(files, path, /^[ \t]*python-(\d+(?:\.\d+)*)(?:\.x)?\s*$/m);
  return line === null ? [] : [{ value: line.groups[0] ?? "", at: line.at }];
}

/** The first request wins; a later one that it does not fit is told. */
function findDisagreement(requests: readonly Request[]): readonly Finding[] {
  const [first, ...others] = requests;
  if (first === undefined) return [];
  return others
    .filter((other) => disagree(first.value, other.value))
    .map((other) => ({
      code: "PYTHON_VERSIONS_DISAGREE",
      severity: "warning",
      message: `${first.at} asks for Python ${first.value}, ${other.at} for ${other.value}; the first is used`,
      evidence: other.at,
      hint: "Make them agree.",
    }));
}

/** False for two ranges: whether they have a version in common is the installer's to say. */
function disagree(first: string, other: string): boolean {
  const [own, theirs] = [parseExactVersion(first), parseExactVersion(other)];
  if (own !== null) return isVersionInRange(own, other) === false;
  return theirs !== null && isVersionInRange(theirs, first) === false;
}

function findUpwards(files: ProjectFiles, root: string, name: string): string | null {
  return (
    foldersUpwards(root)
      .map((folder) => joinPath(folder, name))
      .find((path) => files.has(path)) ?? null
  );
}

function locate(files: ProjectFiles, path: string, key: string): string {
  return findInFile(files, path, new RegExp(`^[ \\t]*["']?${key}["']?\\s*=`, "m"))?.at ?? path;
}
