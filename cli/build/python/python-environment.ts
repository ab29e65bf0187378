/** The virtual environment of a release: found by its key, or built once and shared. */

import { join } from "node:path";
import * as uv from "../../tools/uv.ts";
import { ensureUv } from "./ensure-uv.ts";
import { buildEnvironmentKey } from "./environment-key.ts";
import {
  createBuildFolder,
  publishEnvironment,
  readEnvironment,
  type StoredEnvironment,
  toRelativeFolders,
} from "./environment-store.ts";
import type { Interpreter } from "./find-interpreters.ts";
import {
  getVenvPython,
  type InstallContext,
  installDependencies,
  runUv,
} from "./install-dependencies.ts";
import { ensureLocalLayer } from "./local-layer.ts";
import type { ProjectDependencies } from "./project-dependencies.ts";
import { removeReadOnlyFolder } from "./read-only-folder.ts";
import { installServerPackages } from "./server-packages.ts";

export interface PythonEnvironmentOptions extends ProjectDependencies {
  readonly interpreter: Interpreter;
  /** Every interpreter of the machine, newest first: tools such as Poetry run on the newest. */
  readonly interpreters: readonly Interpreter[];
  /** `getServerRequirements(…)`. */
  readonly serverRequirements: readonly string[];
  /** Absolute; shared by releases and environments of the project. */
  readonly venvsFolder: string;
  /** Absolute; programs that we bring ourselves. */
  readonly toolsFolder: string;
  /** Absolute folder of this release for its own packages; created only if it has any. */
  readonly layerFolder: string;
  /** The process environment (`context.env`). */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logFile?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
}

export interface PythonEnvironment {
  /** 32 hex digits: interpreter, dependency files, server packages. */
  readonly venvKey: string;
  /** Absolute interpreter to start the app with. */
  readonly pythonPath: string;
  /** Absolute folder of the shared environment; read-only. */
  readonly folder: string;
  /** False: it was there already. */
  readonly isNew: boolean;
}

/**
 * Idempotent, and safe beside other deploys: an environment is whole or absent.
 *
 * @throws {MizanError} BUILD_FAILED when packages cannot be installed, TOOL_MISSING when there is
 *   no uv and none can be had, DISK_FULL, INTERRUPTED.
 */
export async function ensurePythonEnvironment(
  options: PythonEnvironmentOptions,
): Promise<PythonEnvironment> {
  const venvKey = buildEnvironmentKey(options, options.interpreter, options.serverRequirements);
  const known = readEnvironment(options.venvsFolder, venvKey);
  const stored = known ?? (await buildEnvironment(options, venvKey));
  const shared = { venvKey, folder: stored.folder, isNew: known === null };
  if (stored.localFolders.length === 0)
    return { ...shared, pythonPath: getVenvPython(stored.folder) };
  const context = await createInstallContext(options, options.layerFolder);
  const localFolders = stored.localFolders.map((folder) => join(options.sourceFolder, folder));
  await ensureLocalLayer(context, stored.folder, localFolders);
  return { ...shared, pythonPath: getVenvPython(options.layerFolder) };
}

/** Whether `ensurePythonEnvironment` would find the environment there: for `plan`. */
export function hasPythonEnvironment(
  options: Pick<
    PythonEnvironmentOptions,
    keyof ProjectDependencies | "interpreter" | "serverRequirements" | "venvsFolder"
  >,
): boolean {
  const key = buildEnvironmentKey(options, options.interpreter, options.serverRequirements);
  return readEnvironment(options.venvsFolder, key) !== null;
}

async function buildEnvironment(
  options: PythonEnvironmentOptions,
  venvKey: string,
): Promise<StoredEnvironment> {
  const folder = createBuildFolder(options.venvsFolder, venvKey);
  const context = await createInstallContext(options, folder);
  try {
    await runUv(context, uv.buildVenvCommand(context.uv, context.interpreterPath, folder));
    const locals = await installDependencies(context);
    await installServerPackages(context, options.serverRequirements);
    const localFolders = toRelativeFolders(options.sourceFolder, locals);
    return publishEnvironment(options.venvsFolder, venvKey, { folder, localFolders });
  } catch (error) {
    removeReadOnlyFolder(folder);
    throw error;
  }
}

async function createInstallContext(
  options: PythonEnvironmentOptions,
  venvFolder: string,
): Promise<InstallContext> {
  const program = await ensureUv(options);
  return {
    project: options,
    uv: program,
    interpreterPath: options.interpreter.path,
    toolInterpreterPath: options.interpreters[0]?.path ?? options.interpreter.path,
    venvFolder,
    environment: options.environment,
    logFile: options.logFile,
    signal: options.signal,
    onProgress: options.onProgress,
  };
}
