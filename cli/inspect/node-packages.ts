/** Reads every package.json of the project that can belong to the app. */

import { z } from "zod";
import type { ProjectFiles } from "./facts.ts";
import { readJson } from "./parse-app-file.ts";
import { folderOf, isInNonAppFolder, pathsNamed } from "./project-paths.ts";

const NAMES = z.record(z.string(), z.unknown()).optional();
const ENGINE = z.looseObject({ name: z.string().optional() });
/** npm takes one or several, the first first. */
const ENGINES = z.union([ENGINE, z.array(ENGINE)]).optional();
const PACKAGE_JSON = z.looseObject({
  packageManager: z.string().optional(),
  devEngines: z.looseObject({ packageManager: ENGINES }).optional(),
  scripts: z.record(z.string(), z.string()).optional(),
  dependencies: NAMES,
  devDependencies: NAMES,
  peerDependencies: NAMES,
  workspaces: z.unknown().optional(),
});

export type PackageJson = z.infer<typeof PACKAGE_JSON>;

export interface NodePackage {
  readonly path: string;
  readonly folder: string;
  readonly json: PackageJson;
  /** Names of dependencies and devDependencies. */
  readonly names: ReadonlySet<string>;
}

/** The shallowest first. @throws {MizanError} APP_INVALID */
export function listNodePackages(files: ProjectFiles): readonly NodePackage[] {
  return pathsNamed(files, /^package\.json$/)
    .filter((path) => !isInNonAppFolder(path))
    .flatMap((path) => {
      const json = readPackageJson(files, path);
      if (json === null) return [];
      const names = new Set([
        ...Object.keys(json.dependencies ?? {}),
        ...Object.keys(json.devDependencies ?? {}),
      ]);
      return [{ path, folder: folderOf(path), json, names }];
    });
}

/** null: no such file. @throws {MizanError} APP_INVALID */
export function readPackageJson(files: ProjectFiles, path: string): PackageJson | null {
  return readJson(files, path, PACKAGE_JSON);
}
