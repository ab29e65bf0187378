/** Finds uv on the machine, or puts our pinned version into the tools folder. */

import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { MizanError } from "../../../infra/contract/errors.ts";
import { runTool } from "../../tools/run-tool.ts";
import { buildToolEnvironment } from "../../tools/tool-environment.ts";
import { UV_VERSION } from "../../tools/uv.ts";
import { compareVersions, type Interpreter } from "./find-interpreters.ts";

export interface EnsureUvOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute folder for programs that we bring ourselves; shared by environments. */
  readonly toolsFolder: string;
  /** Any of them may create the tool's environment. */
  readonly interpreters: readonly Interpreter[];
  readonly logFile?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
}

/** Older ones lack `sync --no-install-local`, or say things in other words. */
const OLDEST_UV = "0.13.0";
/** uv's own floor for `pip install uv`. */
const OLDEST_PYTHON = "3.8.0";

/** @returns the absolute program, or `uv` when the one on PATH is new enough. */
export async function ensureUv(options: EnsureUvOptions): Promise<string> {
  const version = await readUvVersion("uv", options);
  if (version !== null && compareVersions(version, OLDEST_UV) >= 0) return "uv";
  const folder = join(options.toolsFolder, `uv-${UV_VERSION}`);
  const program = join(folder, "bin", "uv");
  if (!existsSync(program)) await installUv(folder, options);
  return program;
}

async function readUvVersion(uv: string, options: EnsureUvOptions): Promise<string | null> {
  try {
    const output = await runTool({
      command: [uv, "--version"],
      cwd: "/",
      environment: buildToolEnvironment(options.environment),
      signal: options.signal,
      failure: { code: "TOOL_MISSING", message: "uv does not start" },
    });
    return /\d+\.\d+\.\d+/.exec(output)?.[0] ?? null;
  } catch (error) {
    // Missing or broken alike: we bring our own.
    if (error instanceof MizanError && error.code === "TOOL_MISSING") return null;
    throw error;
  }
}

async function installUv(folder: string, options: EnsureUvOptions): Promise<void> {
  const python = options.interpreters.find(
    ({ version, hasEnsurepip }) => hasEnsurepip && compareVersions(version, OLDEST_PYTHON) >= 0,
  );
  if (python === undefined) throw noEnsurepip(options.interpreters);
  options.onProgress?.(`getting uv ${UV_VERSION} (not on this machine)`);
  mkdirSync(options.toolsFolder, { recursive: true });
  // The program is one binary that runs from anywhere, so the folder can be made apart and renamed.
  const unfinished = `${folder}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  const run = (command: readonly [string, ...string[]]): Promise<string> =>
    runTool({
      command,
      cwd: options.toolsFolder,
      environment: buildToolEnvironment(options.environment),
      logFile: options.logFile,
      signal: options.signal,
      failure: {
        code: "TOOL_MISSING",
        message: `uv ${UV_VERSION} could not be installed`,
        hint: () =>
          "Install uv yourself (pipx install uv), or look at the network and the package index",
      },
    });
  try {
    await run([python.path, "-m", "venv", unfinished]);
    const pip = join(unfinished, "bin", "python");
    await run([
      pip,
      "-m",
      "pip",
      "install",
      "--quiet",
      "--disable-pip-version-check",
      `uv==${UV_VERSION}`,
    ]);
    publish(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function publish(unfinished: string, folder: string): void {
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    // Another deploy was faster: its copy is the same.
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
  }
}

function noEnsurepip(interpreters: readonly Interpreter[]): MizanError {
  const minor = interpreters[0]?.version.split(".").slice(0, 2).join(".") ?? "3";
  return new MizanError(
    "TOOL_MISSING",
    "uv is not on this machine, and no Python here can install it",
    {
      hint: `Install uv (pipx install uv), or Python's venv module: apt-get install python${minor}-venv`,
      details: { tool: "uv", found: interpreters.map(({ path }) => path) },
    },
  );
}
