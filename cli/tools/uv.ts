/** Command lines of uv: pure, so that a test can read them. */

import type { Command } from "./run-tool.ts";

/** uv, Poetry and its export plugin as tried by our tests; uv tells of newer ones on PyPI. */
export const UV_VERSION = "0.13.9";
const POETRY_VERSION = "2.5.1";
const POETRY_EXPORT_VERSION = "1.10.1";

/** @param folder where the environment goes; cleared if it exists. */
export function buildVenvCommand(uv: string, interpreter: string, folder: string): Command {
  return [uv, "venv", "--quiet", "--no-project", "--clear", "--python", interpreter, folder];
}

/** Installs what uv.lock says into UV_PROJECT_ENVIRONMENT, without the packages of the project itself. */
export function buildSyncCommand(uv: string): Command {
  return [uv, "sync", "--frozen", "--no-dev", "--no-install-local", "--compile-bytecode"];
}

/** The locked requirements as lines; the project's own packages are among them as paths. */
export function buildExportCommand(uv: string): Command {
  return [
    uv,
    "export",
    "--quiet",
    "--frozen",
    "--no-dev",
    "--no-hashes",
    "--no-annotate",
    "--no-header",
  ];
}

/** @param files absolute requirement files or pyproject.toml. */
export function buildCompileCommand(uv: string, python: string, files: readonly string[]): Command {
  return [
    uv,
    "pip",
    "compile",
    "--quiet",
    "--no-annotate",
    "--no-header",
    "--no-strip-extras",
    "--emit-index-url",
    "--python",
    python,
    ...files,
  ];
}

export interface PipInstallArgs {
  readonly uv: string;
  /** Interpreter of the environment to install into. */
  readonly python: string;
  readonly requirementFiles?: readonly string[];
  readonly constraintFile?: string;
  /** Folders that are imported from where they are. */
  readonly editables?: readonly string[];
  readonly packages?: readonly string[];
  /** The list is complete: nothing else is resolved. */
  readonly noDependencies?: boolean;
}

export function buildPipInstallCommand(args: PipInstallArgs): Command {
  return [
    args.uv,
    "pip",
    "install",
    "--compile-bytecode",
    "--python",
    args.python,
    ...(args.noDependencies === true ? ["--no-deps"] : []),
    ...(args.constraintFile === undefined ? [] : ["--constraint", args.constraintFile]),
    ...(args.requirementFiles ?? []).flatMap((file) => ["--requirement", file]),
    ...(args.editables ?? []).flatMap((folder) => ["--editable", folder]),
    ...(args.packages ?? []),
  ];
}

export function buildFreezeCommand(uv: string, python: string): Command {
  return [uv, "pip", "freeze", "--quiet", "--python", python];
}

/** Poetry's own reading of poetry.lock, in an environment of uv's apart from the app's. */
export function buildPoetryExportCommand(uv: string, toolPython: string, output: string): Command {
  return [
    uv,
    "tool",
    "run",
    "--quiet",
    "--python",
    toolPython,
    "--from",
    `poetry==${POETRY_VERSION}`,
    "--with",
    `poetry-plugin-export==${POETRY_EXPORT_VERSION}`,
    "poetry",
    "export",
    "--no-interaction",
    "--no-ansi",
    "--format",
    "requirements.txt",
    "--only",
    "main",
    // Written to a private file, read by uv, and removed: names of private indexes need their keys.
    "--with-credentials",
    "--output",
    output,
  ];
}
