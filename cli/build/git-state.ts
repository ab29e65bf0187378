/** Which commit a deploy is made from, and whether the working tree differs from it. */

import { buildStatusCommand, type GitOptions, isInGitRepository, runGit } from "../tools/git.ts";

export interface GitState {
  /** 40 (or 64) hex digits. */
  readonly commit: string;
  /** The project folder has changed, deleted or untracked files. */
  readonly dirty: boolean;
}

/** @returns null outside a repository, before the first commit, and where git is missing. */
export async function readGitState(options: GitOptions): Promise<GitState | null> {
  if (!isInGitRepository(options.folder)) return null;
  const output = await runGit(buildStatusCommand(), options);
  return output === null ? null : parseGitStatus(output);
}

/** Parses `git status --porcelain=v2 --branch -z`. */
export function parseGitStatus(output: string): GitState | null {
  const lines = output.split("\0").filter((line) => line !== "");
  const commit = lines
    .find((line) => line.startsWith("# branch.oid "))
    ?.slice("# branch.oid ".length);
  if (commit === undefined || !/^[0-9a-f]{40,64}$/.test(commit)) return null;
  return { commit, dirty: lines.some((line) => !line.startsWith("# ")) };
}
