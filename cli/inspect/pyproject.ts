/** Reads the parts of pyproject.toml and Pipfile that say what the backend needs. */

import { z } from "zod";
import type { ProjectFiles } from "./facts.ts";
import { readToml } from "./parse-app-file.ts";

const PYPROJECT = z.looseObject({
  project: z
    .looseObject({
      "requires-python": z.string().optional(),
      dependencies: z.array(z.string()).optional(),
      dynamic: z.array(z.string()).optional(),
    })
    .optional(),
  tool: z
    .looseObject({
      poetry: z
        .looseObject({ dependencies: z.record(z.string(), z.unknown()).optional() })
        .optional(),
      uv: z.looseObject({ workspace: z.unknown().optional() }).optional(),
    })
    .optional(),
});

const PIPFILE = z.looseObject({
  packages: z.record(z.string(), z.unknown()).optional(),
  requires: z
    .looseObject({
      python_version: z.string().optional(),
      python_full_version: z.string().optional(),
    })
    .optional(),
});

export type Pyproject = z.infer<typeof PYPROJECT>;
export type Pipfile = z.infer<typeof PIPFILE>;

/** @throws {MizanError} APP_INVALID */
export function readPyproject(files: ProjectFiles, path: string): Pyproject | null {
  return readToml(files, path, PYPROJECT);
}

/** @throws {MizanError} APP_INVALID */
export function readPipfile(files: ProjectFiles, path: string): Pipfile | null {
  return readToml(files, path, PIPFILE);
}

/** Requirement strings or names that pyproject.toml lists for running the app, without `python` itself. */
export function listPyprojectDependencies(pyproject: Pyproject): readonly string[] {
  const poetry = Object.keys(pyproject.tool?.poetry?.dependencies ?? {});
  const names = poetry.filter((name) => name.toLowerCase() !== "python");
  return [...(pyproject.project?.dependencies ?? []), ...names];
}
