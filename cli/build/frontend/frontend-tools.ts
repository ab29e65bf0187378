/** Runs a frontend's package manager: install by lock file when that changed, then the build script. */

import { accessSync, constants, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import * as node from "../../tools/node-package-manager.ts";
import { type Command, runTool } from "../../tools/run-tool.ts";
import { buildToolEnvironment } from "../../tools/tool-environment.ts";
import { buildInstallKey } from "./build-key.ts";
import { describeFolder, type FrontendProject } from "./frontend-project.ts";
import { dropNpmUsage, findFrontendHint } from "./install-failure.ts";

/** One frontend's turn in the workspace. */
export interface FrontendRun {
  readonly project: FrontendProject;
  /** e.g. `v24.1.0` */
  readonly nodeVersion: string;
  /** Absolute. */
  readonly workspaceFolder: string;
  /** For the build script. */
  readonly variables: Readonly<Record<string, string>>;
  /** The process environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logFile?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
}

/** Beside node_modules: what they were installed from. Removed while an install runs. */
const INSTALLED_FILE = ".mizan-installed";

export async function installPackages(run: FrontendRun): Promise<void> {
  const folder = join(run.workspaceFolder, run.project.installRoot);
  const marker = join(folder, INSTALLED_FILE);
  const key = buildInstallKey(run.project, run.nodeVersion);
  if (existsSync(marker) && readFileSync(marker, "utf8") === key) return;
  rmSync(marker, { force: true });
  const { locked, lockFile } = run.project;
  const command = node.buildInstallCommand(findLauncher(run), locked, lockFile !== null);
  run.onProgress?.(`installing packages (${locked.manager})`);
  // CI: no questions, and no colours. Not for the build: some bundlers then fail on warnings.
  await runFrontendTool(run, command, folder, { CI: "true" }, "could not be installed");
  writeFileSync(marker, key);
}

export async function runScript(run: FrontendRun): Promise<void> {
  const { frontend } = run.project;
  const command = node.buildScriptCommand(findLauncher(run), frontend.build ?? "build");
  run.onProgress?.(`building ${describeFolder(frontend.root)}`);
  const folder = join(run.workspaceFolder, frontend.root);
  await runFrontendTool(
    run,
    command,
    folder,
    { NODE_ENV: "production", ...run.variables },
    "did not build",
  );
}

function runFrontendTool(
  run: FrontendRun,
  command: Command,
  cwd: string,
  additions: Readonly<Record<string, string>>,
  failed: string,
): Promise<string> {
  const { frontend, locked } = run.project;
  return runTool({
    command,
    cwd,
    // HUSKY: git hooks are for the working tree.
    environment: buildToolEnvironment(run.environment, { NO_COLOR: "1", HUSKY: "0", ...additions }),
    logFile: run.logFile,
    onLine: run.onProgress,
    signal: run.signal,
    lowPriority: true,
    failure: {
      code: "BUILD_FAILED",
      message: `The frontend in ${describeFolder(frontend.root)} ${failed}`,
      hint: (output) => findFrontendHint(locked.manager, output),
      shorten: dropNpmUsage,
    },
    missingHint: `Install ${command[0]}, which the frontend in ${describeFolder(frontend.root)} needs`,
  });
}

/** The manager of PATH; where it is missing, or Yarn's is the other generation, npm fetches it. */
function findLauncher(run: FrontendRun): node.Launcher {
  const { locked } = run.project;
  const isOtherYarn = locked.isBerry && !hasYarnPath(run);
  if (locked.manager === "npm") return node.buildPathLauncher(locked);
  if (isOnPath(locked.manager, run.environment) && !isOtherYarn)
    return node.buildPathLauncher(locked);
  return node.buildFetchLauncher(locked);
}

/** Yarn of any generation starts the one that `.yarnrc.yml` names. */
function hasYarnPath(run: FrontendRun): boolean {
  const file = join(run.workspaceFolder, run.project.installRoot, ".yarnrc.yml");
  return existsSync(file) && /^yarnPath:/m.test(readFileSync(file, "utf8"));
}

function isOnPath(program: string, environment: FrontendRun["environment"]): boolean {
  return (environment["PATH"] ?? "").split(delimiter).some((folder) => {
    if (folder === "") return false;
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      // Not in this folder of PATH: look in the next.
      return false;
    }
  });
}
