/** Installs what a project's lock file says, by package manager, into a fresh virtual environment. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MizanError } from "../../../infra/contract/errors.ts";
import { type Command, runTool } from "../../tools/run-tool.ts";
import { buildLocalVersionVariables, buildUvEnvironment } from "../../tools/tool-environment.ts";
import * as uv from "../../tools/uv.ts";
import { findInstallCause, findInstallHint } from "./install-failure.ts";
import { convertPdmLock } from "./pdm-lock.ts";
import { convertPipenvLock } from "./pipenv-lock.ts";
import {
  getManagerFolder,
  hasLocalRequirements,
  needsOwnPackage,
  type ProjectDependencies,
  splitRequirements,
} from "./project-dependencies.ts";
import { joinLines } from "./requirement-file.ts";

export interface InstallContext {
  readonly project: ProjectDependencies;
  /** Program: `uv`, or absolute. */
  readonly uv: string;
  /** Absolute interpreter that the environment is made with. */
  readonly interpreterPath: string;
  /** Absolute interpreter for tools that run apart from the app (Poetry needs a current one). */
  readonly toolInterpreterPath: string;
  /** Absolute folder of the virtual environment. */
  readonly venvFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logFile?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
}

/** @returns absolute folders of packages inside the project, which are not installed yet. */
export async function installDependencies(context: InstallContext): Promise<readonly string[]> {
  const scratch = mkdtempSync(join(tmpdir(), "mizan-req-"));
  try {
    const locals = await installByManager(context, scratch);
    const own = needsOwnPackage(context.project) ? [getManagerFolder(context.project)] : [];
    return [...new Set([...locals, ...own])];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Python of an environment. */
export function getVenvPython(venvFolder: string): string {
  return join(venvFolder, "bin", "python");
}

/** Runs uv with its failures explained. @returns stdout. */
export function runUv(
  context: InstallContext,
  command: Command,
  additions: Readonly<Record<string, string>> = {},
): Promise<string> {
  return runTool({
    command,
    cwd: getManagerFolder(context.project),
    environment: buildUvEnvironment(context.environment, additions),
    logFile: context.logFile,
    onLine: context.onProgress,
    signal: context.signal,
    lowPriority: true,
    failure: {
      code: "BUILD_FAILED",
      message: "The Python packages could not be installed",
      cause: findInstallCause,
      hint: findInstallHint,
    },
  });
}

function installByManager(context: InstallContext, scratch: string): Promise<readonly string[]> {
  switch (context.project.packageManager) {
    case "uv":
      return installFromUvLock(context);
    case "poetry":
      return installFromPoetryLock(context, scratch);
    case "pdm":
      return installLines(context, scratch, convertPdmLock(readDependencyFile(context)));
    case "pipenv":
      return installLines(
        context,
        scratch,
        convertPipenvLock(readDependencyFile(context), context.environment),
      );
    case "requirements":
    case "pep621":
      return installUnlocked(context, scratch);
  }
}

async function installFromUvLock(context: InstallContext): Promise<readonly string[]> {
  const additions = {
    UV_PROJECT_ENVIRONMENT: context.venvFolder,
    UV_PYTHON: context.interpreterPath,
  };
  await runUv(context, uv.buildSyncCommand(context.uv), additions);
  const lines = joinLines(await runUv(context, uv.buildExportCommand(context.uv), additions));
  return splitRequirements(lines, getManagerFolder(context.project)).localFolders;
}

async function installFromPoetryLock(
  context: InstallContext,
  scratch: string,
): Promise<readonly string[]> {
  context.onProgress?.("reading poetry.lock");
  const output = join(scratch, "poetry.txt");
  // The file may hold the keys of private indexes.
  writeFileSync(output, "", { mode: 0o600 });
  await runUv(
    context,
    uv.buildPoetryExportCommand(context.uv, context.toolInterpreterPath, output),
  );
  return installLines(context, scratch, joinLines(readFileSync(output, "utf8")));
}

/** Requirement files and pyproject.toml: no lock, so uv resolves. */
async function installUnlocked(
  context: InstallContext,
  scratch: string,
): Promise<readonly string[]> {
  const { project } = context;
  const files = listUnlockedFiles(context);
  const python = getVenvPython(context.venvFolder);
  if (project.packageManager === "requirements" && !hasLocalRequirements(project)) {
    await runUv(
      context,
      uv.buildPipInstallCommand({ uv: context.uv, python, requirementFiles: files }),
    );
    return [];
  }
  // The metadata of the project's own packages is read here, and with it their version.
  const compiled = await runUv(
    context,
    uv.buildCompileCommand(context.uv, python, files),
    hasLocalRequirements(project) ? buildLocalVersionVariables(context.environment) : {},
  );
  return installLines(context, scratch, joinLines(compiled));
}

/** Installs a complete list: nothing beside it is resolved. */
async function installLines(
  context: InstallContext,
  scratch: string,
  lines: readonly string[],
): Promise<readonly string[]> {
  const { thirdParty, localFolders } = splitRequirements(lines, getManagerFolder(context.project));
  if (thirdParty.length === 0) return localFolders;
  const file = join(scratch, "third-party.txt");
  writeFileSync(file, `${thirdParty.join("\n")}\n`, { mode: 0o600 });
  const python = getVenvPython(context.venvFolder);
  const install = { uv: context.uv, python, requirementFiles: [file], noDependencies: true };
  await runUv(context, uv.buildPipInstallCommand(install));
  return localFolders;
}

function listUnlockedFiles({ project }: InstallContext): readonly string[] {
  if (project.dependencyFiles.length > 0) {
    return project.dependencyFiles.map((file) => join(project.sourceFolder, file));
  }
  throw new MizanError("APP_INVALID", "The project names no file with its Python packages", {
    hint: 'Add requirements.txt or pyproject.toml, or set facts: { "backend.dependencyFiles": […] }',
  });
}

function readDependencyFile({ project }: InstallContext): string {
  const name = project.packageManager === "pdm" ? "pdm.lock" : "Pipfile.lock";
  const file = project.dependencyFiles.find((path) => path.endsWith(name));
  if (file !== undefined) return readFileSync(join(project.sourceFolder, file), "utf8");
  throw new MizanError("APP_INVALID", `${name} is not part of the project`, {
    hint: `Write it (${project.packageManager} lock) and do not ignore it`,
  });
}
