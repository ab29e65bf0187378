/** Builds the frontends of a release in a persistent workspace; an unchanged one is not built again. */

import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Finding, Frontend } from "../../inspect/facts.ts";
import { diskFull, isDiskFull } from "../copy-source-tree.ts";
import type { SourceTree } from "../source-tree.ts";
import { buildFrontendKey } from "./build-key.ts";
import {
  findOutput,
  hashFolder,
  keepOutput,
  listOutputFolders,
  placeOutput,
  removeOldOutputs,
  touchOutput,
} from "./build-output.ts";
import {
  type EnvironmentFile,
  listEnvironmentFileNames,
  readEnvironmentFiles,
} from "./environment-files.ts";
import { describeFolder, type FrontendProject, readFrontendProject } from "./frontend-project.ts";
import { type FrontendRun, installPackages, runScript } from "./frontend-tools.ts";
import { type ClientGeneration, generateClients } from "./generate-clients.ts";
import { mirrorTree } from "./mirror-tree.ts";
import { checkNodeVersion, readNodeVersion } from "./node-version.ts";
import { keepSideFiles, listSideFiles, placeSideFiles } from "./side-files.ts";
import { ensureWorkspaceRepository } from "./workspace-repository.ts";

export interface BuildFrontendsOptions {
  /** The release's copy, as `copySourceTree` returned it. Outputs are put into it. */
  readonly tree: SourceTree;
  /** Absolute working tree: the bundlers' own `.env` files are read from there. */
  readonly projectRoot: string;
  readonly frontends: readonly Frontend[];
  /** Absolute; node_modules live here. One deploy at a time: keep it below the environment's folder. */
  readonly workspaceFolder: string;
  /** Absolute; finished outputs by key. May be shared. */
  readonly cacheFolder: string;
  /** Names and values for the build, e.g. `VITE_API_URL`; they win over `.env` files. */
  readonly variables: Readonly<Record<string, string>>;
  /** The process environment (`context.env`). */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Clients of the backend, generated before the build. */
  readonly clients?: ClientGeneration | undefined;
  readonly logFile?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
}

export interface BuiltFrontend {
  /** As in the fact: relative to the project. */
  readonly root: string;
  /** Absolute folder of the kept output. */
  readonly outputFolder: string;
  /** Where it was put in the release's copy, relative to the project. */
  readonly output: string;
  /** SHA-256 over the output's paths and contents, hex. */
  readonly hash: string;
  /** False: taken from the cache. */
  readonly isNew: boolean;
}

export interface BuildFrontendsResult {
  readonly built: readonly BuiltFrontend[];
  readonly findings: readonly Finding[];
}

/** Outputs in the cache: a way back to a few earlier states of a few frontends without a build. */
const KEPT_OUTPUTS = 20;

/**
 * Frontends without a build script are left alone.
 *
 * @throws {MizanError} BUILD_FAILED when an install or build fails or leaves no output, TOOL_MISSING
 *   without Node or the package manager, DISK_FULL, INTERRUPTED.
 */
export async function buildFrontends(
  options: BuildFrontendsOptions,
): Promise<BuildFrontendsResult> {
  const frontends = options.frontends.filter(({ build }) => build !== null);
  if (frontends.length === 0) return { built: [], findings: [] };
  const nodeVersion = await readNodeVersion({ ...options, folder: options.tree.root });
  const built: BuiltFrontend[] = [];
  const findings: Finding[] = [];
  try {
    for (const frontend of frontends) {
      const project = readFrontendProject(options.tree, frontend);
      if (project.lockFile === null) findings.push(noLockFinding(frontend));
      findings.push(...checkNodeVersion(options.tree.root, frontend.root, nodeVersion));
      built.push(await buildFrontend(options, project, nodeVersion));
    }
  } catch (error) {
    throw isDiskFull(error) ? diskFull(options.workspaceFolder, error) : error;
  }
  return { built, findings };
}

async function buildFrontend(
  options: BuildFrontendsOptions,
  project: FrontendProject,
  nodeVersion: string,
): Promise<BuiltFrontend> {
  const { frontend } = project;
  const environmentFiles = readEnvironmentFiles(join(options.projectRoot, frontend.root));
  const key = buildFrontendKey({
    project,
    environmentFiles,
    variables: options.variables,
    nodeVersion,
    backendKey: options.clients?.key ?? null,
  });
  const kept = join(options.cacheFolder, key);
  // One folder per possible output, so that a kept result also says where it was found.
  const known = listOutputFolders(frontend).find((_, index) => existsSync(join(kept, `${index}`)));
  const output =
    known ?? (await runBuild(options, project, { nodeVersion, key, environmentFiles }));
  touchOutput(kept);
  if (known === undefined) removeOldOutputs(options.cacheFolder, KEPT_OUTPUTS);
  const outputFolder = join(kept, `${listOutputFolders(frontend).indexOf(output)}`);
  placeOutput(outputFolder, join(options.tree.root, output));
  placeSideFiles(kept, options.tree.root);
  return {
    root: frontend.root,
    outputFolder,
    output,
    hash: hashFolder(outputFolder),
    isNew: known === undefined,
  };
}

interface BuildRun {
  readonly nodeVersion: string;
  readonly key: string;
  readonly environmentFiles: readonly EnvironmentFile[];
}

/** @returns the output folder, relative to the project. */
async function runBuild(
  options: BuildFrontendsOptions,
  project: FrontendProject,
  run: BuildRun,
): Promise<string> {
  const { frontend } = project;
  const workspace = options.workspaceFolder;
  // Bundlers do not empty an output folder outside their root: old files would be shipped again.
  for (const folder of listOutputFolders(frontend)) {
    rmSync(join(workspace, folder), { recursive: true, force: true });
  }
  mirrorTree(options.tree, workspace);
  await ensureWorkspaceRepository(workspace, { ...options, folder: options.projectRoot });
  writeEnvironmentFiles(join(workspace, frontend.root), run.environmentFiles);
  const tools: FrontendRun = { ...options, project, nodeVersion: run.nodeVersion };
  await installPackages(tools);
  if (options.clients !== undefined) await generateClients(tools, options.clients);
  const outputs = listOutputFolders(frontend);
  const shipped = new Set(options.tree.files.map(({ path }) => path));
  const before = listSideFiles(workspace, shipped, outputs);
  await runScript(tools);
  const output = findOutput(workspace, frontend);
  const kept = join(options.cacheFolder, run.key);
  // The output last: it shows that all is kept.
  keepSideFiles(workspace, kept, [before, listSideFiles(workspace, shipped, outputs)]);
  keepOutput(join(workspace, output), kept, `${outputs.indexOf(output)}`);
  return output;
}

function writeEnvironmentFiles(folder: string, files: readonly EnvironmentFile[]): void {
  for (const name of listEnvironmentFileNames()) rmSync(join(folder, name), { force: true });
  for (const { name, content } of files)
    writeFileSync(join(folder, name), content, { mode: 0o600 });
}

function noLockFinding(frontend: Frontend): Finding {
  const where = describeFolder(frontend.root);
  return {
    code: "FRONTEND_NO_LOCK",
    severity: "warning",
    message: `The frontend in ${where} has no lock file: each install may bring other versions`,
    evidence: `${frontend.root}/package.json`,
    hint: `Run ${frontend.packageManager} install there and commit the lock file`,
  };
}
