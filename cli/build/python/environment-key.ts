/** The name of a virtual environment: one hash over everything that decides what is in it. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Interpreter } from "./find-interpreters.ts";
import { listKeyFiles, type ProjectDependencies } from "./project-dependencies.ts";

/** Raised when the way of building changes, so that environments of older versions are not reused. */
const KEY_VERSION = 1;

/** @returns 32 hex digits. */
export function buildEnvironmentKey(
  project: ProjectDependencies,
  interpreter: Interpreter,
  serverRequirements: readonly string[],
): string {
  const digest = createHash("sha256");
  const add = (...parts: readonly string[]): void => {
    for (const part of parts) digest.update(`${part.length}:${part}`);
  };
  add(`${KEY_VERSION}`, process.platform, process.arch, interpreter.version, interpreter.path);
  add(
    project.packageManager,
    project.backendRoot,
    ...project.dependencyFiles,
    ...serverRequirements,
  );
  for (const file of listKeyFiles(project)) {
    const content = readFileSync(join(project.sourceFolder, file));
    add(file, createHash("sha256").update(content).digest("hex"));
  }
  return digest.digest("hex").slice(0, 32);
}
