/** Gives the build workspace a git repository of its own, which borrows the project's commit. */

import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type GitOptions, runGit } from "../../tools/git.ts";
import type { Command } from "../../tools/run-tool.ts";
import { readGitState } from "../git-state.ts";

/**
 * The workspace lies below a folder that git ignores. Tailwind CSS (4.0 and 4.1, seen) reads the
 * .gitignore files up to the repository's root and then finds no classes at all; a `.git` here is
 * where that search ends. It also keeps a `prepare` script such as husky's from changing the
 * settings of the user's repository, while `git rev-parse HEAD` in a build tells the true commit.
 *
 * @param options `folder`: the working tree.
 */
export async function ensureWorkspaceRepository(
  workspace: string,
  options: GitOptions,
): Promise<void> {
  const folder = join(workspace, ".git");
  const state = await readGitState(options);
  if (state === null) {
    mkdirSync(folder, { recursive: true });
    return;
  }
  const commonFolder = await runGit(buildCommonFolderCommand(), options);
  if (existsSync(folder)) rmSync(folder, { recursive: true });
  mkdirSync(join(folder, "objects", "info"), { recursive: true });
  mkdirSync(join(folder, "refs"));
  const alternates = join((commonFolder ?? "").trim(), "objects");
  writeFileSync(join(folder, "objects", "info", "alternates"), `${alternates}\n`);
  writeFileSync(join(folder, "HEAD"), `${state.commit}\n`);
  writeFileSync(join(folder, "config"), buildConfig(state.commit));
}

function buildCommonFolderCommand(): Command {
  return ["git", "rev-parse", "--path-format=absolute", "--git-common-dir"];
}

/** Names of 64 digits are SHA-256: git wants to be told. */
function buildConfig(commit: string): string {
  const isSha256 = commit.length === 64;
  const core = `[core]\n\trepositoryformatversion = ${isSha256 ? 1 : 0}\n\tbare = false\n`;
  return isSha256 ? `${core}[extensions]\n\tobjectformat = sha256\n` : core;
}
