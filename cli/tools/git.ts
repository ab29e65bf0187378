/** git, as far as a deploy asks it: which files ship, which commit, is it dirty. */

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { MizanError } from "../../infra/contract/errors.ts";
import { type Command, runTool } from "./run-tool.ts";
import { buildToolEnvironment } from "./tool-environment.ts";

export interface GitOptions {
  /** Absolute folder to ask about. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

/** Tracked files and untracked ones that are not ignored, relative, NUL-separated. */
export function buildListFilesCommand(): Command {
  return ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"];
}

/** Commit and changes of this folder in one call, NUL-separated. */
export function buildStatusCommand(): Command {
  return [
    "git",
    "status",
    "--porcelain=v2",
    "--branch",
    "-z",
    "--untracked-files=normal",
    "--",
    ".",
  ];
}

/** True below a folder with `.git` (a folder, or a file in worktrees and submodules). */
export function isInGitRepository(folder: string): boolean {
  for (let current = folder; ; current = dirname(current)) {
    if (existsSync(join(current, ".git"))) return true;
    if (dirname(current) === current) return false;
  }
}

/** Runs git and gives its stdout. null: there is no git on this machine. */
export async function runGit(command: Command, options: GitOptions): Promise<string | null> {
  try {
    return await runTool({
      command,
      cwd: options.folder,
      // A status must not take the index lock away from the user's own git.
      environment: buildToolEnvironment(options.environment, {
        GIT_OPTIONAL_LOCKS: "0",
        LC_ALL: "C",
        GIT_DIR: undefined,
        GIT_WORK_TREE: undefined,
        GIT_INDEX_FILE: undefined,
      }),
      signal: options.signal,
      failure: {
        code: "APP_INVALID",
        message: `git could not read ${options.folder}`,
        hint: hintFromGit,
      },
    });
  } catch (error) {
    if (error instanceof MizanError && error.code === "TOOL_MISSING") return null;
    throw error;
  }
}

function hintFromGit(output: string): string | undefined {
  // git refuses a repository of another user and names the command that allows it.
  const safe = /git config --global --add safe\.directory \S+/.exec(output);
  return safe === null ? undefined : `Run: ${safe[0]}`;
}
