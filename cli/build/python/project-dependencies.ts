/** What a project's dependency files say, before anything is installed: files that count, local packages. */

import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, posix, resolve } from "node:path";
import { parse as parseToml } from "smol-toml";
import { z } from "zod";
import type { PackageManager } from "../../inspect/facts.ts";
import { findLocalPath, type RequirementSource, readRequirementFile } from "./requirement-file.ts";

export interface ProjectDependencies {
  /** Absolute folder of the copied project. */
  readonly sourceFolder: string;
  /** Folder with manage.py, relative to the project, `.` for the root. */
  readonly backendRoot: string;
  readonly packageManager: PackageManager;
  /** Lock or requirement files, relative to the project. */
  readonly dependencyFiles: readonly string[];
}

const pyprojectSchema = z.object({
  "build-system": z.object({}).optional(),
  tool: z
    .object({
      poetry: z.object({ "package-mode": z.boolean().optional() }).optional(),
      pdm: z.object({ distribution: z.boolean().optional() }).optional(),
    })
    .optional(),
});

/** Reads files of a folder on disk. */
export function createFolderSource(root: string): RequirementSource {
  return {
    read(path) {
      const file = join(root, path);
      return existsSync(file) && statSync(file).isFile() ? readFileSync(file, "utf8") : null;
    },
  };
}

/** Absolute folder that the package manager works in: that of pyproject.toml, Pipfile or the requirements. */
export function getManagerFolder(project: ProjectDependencies): string {
  const first = project.dependencyFiles[0];
  const lockFolder = join(
    project.sourceFolder,
    first === undefined ? project.backendRoot : dirname(first),
  );
  if (project.packageManager !== "uv") return lockFolder;
  // A member of a uv workspace has no lock of its own: the member's folder says which packages it needs.
  const backend = join(project.sourceFolder, project.backendRoot);
  return existsSync(join(backend, "pyproject.toml")) ? backend : lockFolder;
}

/**
 * Every file whose content decides what gets installed, relative to the project: locks, requirement
 * files and those that they name, pyproject.toml, and the metadata of packages inside the project.
 */
export function listKeyFiles(project: ProjectDependencies): readonly string[] {
  const source = createFolderSource(project.sourceFolder);
  const keyFiles = new Set<string>();
  for (const file of project.dependencyFiles) {
    const folder = posix.dirname(file);
    for (const name of ["pyproject.toml", "uv.toml", "Pipfile"])
      keyFiles.add(posix.join(folder, name));
    keyFiles.add(file);
    if (!isRequirementFile(file)) continue;
    const read = readRequirementFile(source, file);
    for (const included of read.files) keyFiles.add(included);
    for (const line of read.lines) {
      const path = findLocalPath(line.text);
      if (path !== null)
        for (const name of listMetadataFiles(posix.join(folder, path))) keyFiles.add(name);
    }
  }
  keyFiles.add(posix.join(project.backendRoot, "pyproject.toml"));
  return [...keyFiles].filter((file) => source.read(file) !== null).sort();
}

function isRequirementFile(file: string): boolean {
  return /\.(?:txt|in)$/.test(file);
}

/** True when a requirement file asks for a folder of the project, which has dependencies of its own. */
export function hasLocalRequirements(project: ProjectDependencies): boolean {
  const source = createFolderSource(project.sourceFolder);
  return project.dependencyFiles.some((file) => {
    const lines = isRequirementFile(file) ? readRequirementFile(source, file).lines : [];
    return lines.some(({ text }) => {
      const path = findLocalPath(text);
      return path !== null && isFolder(resolve(project.sourceFolder, dirname(file), path));
    });
  });
}

/**
 * True when the project's own package can only be imported once it is installed: it is a package,
 * with its code in `src/`, and manage.py is not in there.
 */
export function needsOwnPackage(project: ProjectDependencies): boolean {
  const folder = getManagerFolder(project);
  const file = join(folder, "pyproject.toml");
  if (!existsSync(file)) return false;
  const pyproject = pyprojectSchema.safeParse(parseToml(readFileSync(file, "utf8"))).data;
  if (pyproject?.["build-system"] === undefined) return false;
  if (pyproject.tool?.poetry?.["package-mode"] === false) return false;
  if (pyproject.tool?.pdm?.distribution === false) return false;
  const sources = join(folder, "src");
  return isFolder(sources) && resolve(project.sourceFolder, project.backendRoot) !== sources;
}

export interface SplitRequirements {
  /** Packages of an index, archives and repositories. */
  readonly thirdParty: readonly string[];
  /** Folders of packages inside the project, absolute. */
  readonly localFolders: readonly string[];
}

/** @param folder absolute, that relative paths start from. */
export function splitRequirements(lines: readonly string[], folder: string): SplitRequirements {
  const thirdParty: string[] = [];
  const localFolders = new Set<string>();
  for (const line of lines) {
    const path = findLocalPath(line);
    if (path === null) thirdParty.push(line);
    else if (isFolder(resolve(folder, path))) localFolders.add(resolve(folder, path));
    // An archive in the project is installed as it is; the list is read from elsewhere.
    else thirdParty.push(line.replace(path, resolve(folder, path)));
  }
  return { thirdParty, localFolders: [...localFolders] };
}

function listMetadataFiles(folder: string): readonly string[] {
  const names = ["pyproject.toml", "setup.py", "setup.cfg", "requirements.txt"];
  // The path may be an archive: then it is the file that counts.
  return [folder, ...names.map((name) => posix.join(folder, name))];
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
