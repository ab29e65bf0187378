/** Names of the Python packages that the app depends on, whichever manager lists them. */

import type { Facts, ProjectFiles } from "./facts.ts";
import { readLock } from "./lock-files.ts";
import { fileNameOf } from "./project-paths.ts";
import { listPyprojectDependencies, readPipfile, readPyproject } from "./pyproject.ts";
import { normalizeName, readRequirements } from "./requirement-files.ts";
import { matchText } from "./text-match.ts";

/**
 * Normalised package name (`psycopg2-binary`) → where it is listed. Direct dependencies come from
 * the manifest; those of a lock, indirect ones too, fill in the rest.
 */
export function readDependencies(files: ProjectFiles, known: Facts): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const paths = known["backend.dependencyFiles"]?.value ?? [];
  // Manifests are named after their locks; a line that a person wrote is the better evidence.
  for (const path of [...paths].reverse()) {
    for (const [name, at] of readDependenciesOf(files, path)) {
      if (!found.has(name)) found.set(name, at);
    }
  }
  return found;
}

function readDependenciesOf(
  files: ProjectFiles,
  path: string,
): readonly (readonly [name: string, at: string])[] {
  if (path.endsWith(".lock")) {
    return [...readLock(files, path)].map(([name, { at }]) => [name, at] as const);
  }
  if (fileNameOf(path) === "pyproject.toml") {
    const pyproject = readPyproject(files, path);
    return locate(files, path, pyproject === null ? [] : listPyprojectDependencies(pyproject));
  }
  if (fileNameOf(path) === "Pipfile") {
    return locate(files, path, Object.keys(readPipfile(files, path)?.packages ?? {}));
  }
  return readRequirements(files, [path]).map(({ name, at }) => [name, at] as const);
}

function locate(
  files: ProjectFiles,
  path: string,
  requirements: readonly string[],
): readonly (readonly [name: string, at: string])[] {
  const words = matchText(path, files.read(path) ?? "", /(\w[\w.-]*)/);
  // Reversed: the first place of each word.
  const places = new Map([...words].reverse().map(({ groups, at }) => [groups[0], at]));
  return requirements.map((requirement) => {
    const name = /^[\w.-]+/.exec(requirement.trim())?.[0] ?? requirement;
    return [normalizeName(name), places.get(name) ?? path] as const;
  });
}
