/** A copy of an app in a short temporary folder, a git repository of its own, removed with all that it started. */

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { type FoundProcess, findProcessesOf } from "./processes.ts";
import { expectMizan, type MizanOptions, type MizanResult, runMizan } from "./run-mizan.ts";

export interface TempProject {
  /** Absolute, without symlinks, short enough for Unix sockets below it. */
  readonly folder: string;
  /** Runs `mizan` in the project; it must succeed. */
  mizan(words: readonly string[], options?: Partial<MizanOptions>): Promise<MizanResult>;
  /** Replaces a file's text. A file that is not there is made. */
  edit(path: string, change: (text: string) => string): Promise<void>;
  /** Commits everything that is not ignored. */
  commit(message: string): void;
  /** Processes that live in the project. */
  processes(): readonly FoundProcess[];
  /**
   * Destroys every environment, ends by its pid whatever is left, removes the folder.
   * @throws when `mizan destroy` left a process.
   */
  remove(): Promise<void>;
}

/** What a developer has and git does not. */
const NOT_COPIED = new Set(["node_modules", ".venv", "__pycache__", ".mizan", "dist", ".git"]);

/** @param source folder of the app, e.g. `examples/plain`; null: an empty project. */
export async function createTempProject(
  source: string | null,
  program: Pick<MizanOptions, "bin" | "node"> = {},
): Promise<TempProject> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "mz-")));
  if (source !== null) {
    const filter = (path: string) => path === source || !NOT_COPIED.has(basename(path));
    await cp(source, folder, { recursive: true, filter });
  }
  const git = (...words: string[]) => execFileSync("git", words, { cwd: folder, stdio: "pipe" });
  git("init", "--quiet", "--initial-branch=main");
  const commit = (message: string) => {
    git("add", "--all");
    const author = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
    git(
      ...author,
      "-c",
      "commit.gpgsign=false",
      "commit",
      "--quiet",
      "--allow-empty",
      "-m",
      message,
    );
  };
  commit("The app as it was copied");
  const defaults = { cwd: folder, ...program };
  return {
    folder,
    commit,
    mizan: (words, options) => expectMizan(words, { ...defaults, ...options }),
    edit: (path, change) => editFile(join(folder, path), change),
    processes: () => findProcessesOf(folder),
    remove: () => removeProject(folder, defaults),
  };
}

async function editFile(path: string, change: (text: string) => string): Promise<void> {
  const before = existsSync(path) ? await readFile(path, "utf8") : "";
  const after = change(before);
  if (after === before) throw new Error(`the edit of ${path} changed nothing`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, after);
}

async function removeProject(folder: string, options: MizanOptions): Promise<void> {
  const problems: string[] = [];
  const environments = join(folder, ".mizan/env");
  for (const name of existsSync(environments) ? await readdir(environments) : []) {
    const words = ["destroy", "--yes", "--env", name];
    const { result, exitCode, stderr } = await runMizan(words, options);
    if (exitCode !== 0) problems.push(`destroy ${name}: ${result?.error?.message ?? stderr}`);
  }
  for (const { pid, command } of findProcessesOf(folder)) {
    problems.push(`left running: ${pid} ${command}`);
    endProcess(pid);
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  if (problems.length > 0) throw new Error(problems.join("\n"));
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // it has ended by itself
  }
}
