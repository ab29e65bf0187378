/** The name of a frontend's output: one hash over everything that the build reads. */

import { createHash } from "node:crypto";
import type { SourceFile } from "../source-tree.ts";
import type { EnvironmentFile } from "./environment-files.ts";
import type { FrontendProject } from "./frontend-project.ts";

/** Raised when the way of building changes. */
const KEY_VERSION = 2;

export interface BuildKeyInput {
  readonly project: FrontendProject;
  readonly environmentFiles: readonly EnvironmentFile[];
  readonly variables: Readonly<Record<string, string>>;
  /** e.g. `v24.1.0` */
  readonly nodeVersion: string;
  /** Of the backend that clients are generated from; null: of none. */
  readonly backendKey: string | null;
}

/** @returns 32 hex digits. Variables' values go in as part of the hash only. */
export function buildFrontendKey(input: BuildKeyInput): string {
  const { project, environmentFiles, variables } = input;
  const { frontend, locked } = project;
  const variablePairs = Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1));
  return hashParts([
    `${KEY_VERSION}`,
    JSON.stringify([frontend.root, frontend.build, frontend.output, locked, input.nodeVersion]),
    JSON.stringify(variablePairs),
    JSON.stringify(environmentFiles),
    ...(input.backendKey === null ? [] : [input.backendKey]),
    ...project.sources.map(describeFile),
  ]);
}

/** What an installed node_modules depends on: lock file, package.json files, settings and patches. */
export function buildInstallKey(project: FrontendProject, nodeVersion: string): string {
  const relevant = project.sources.filter(
    ({ path }) =>
      /(?:^|\/)(?:package\.json|\.npmrc|\.yarnrc(?:\.yml)?|\.pnpmfile\.cjs|pnpm-workspace\.yaml|bunfig\.toml|patches\/.+|\.yarn\/.+)$/.test(
        path,
      ) || path === project.lockFile,
  );
  // Native modules are built for one major of Node.
  const nodeMajor = nodeVersion.split(".")[0] ?? "";
  return hashParts([
    `${KEY_VERSION}`,
    JSON.stringify([
      project.installRoot,
      project.locked,
      nodeMajor,
      process.platform,
      process.arch,
    ]),
    ...relevant.map(describeFile),
  ]);
}

function describeFile({ path, hash, executable }: SourceFile): string {
  return `${path}\0${executable ? "x" : "-"}\0${hash}`;
}

function hashParts(parts: readonly string[]): string {
  const digest = createHash("sha256");
  for (const part of parts) digest.update(`${part.length}:${part}`);
  return digest.digest("hex").slice(0, 32);
}
