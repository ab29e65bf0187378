/** Finds the Python interpreters of this machine: PATH, pyenv, uv, asdf, mise, Homebrew. */

import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";

export interface Interpreter {
  /** Absolute, as found: not resolved, so that a patch upgrade behind a link keeps its name. */
  readonly path: string;
  /** `3.12.1` */
  readonly version: string;
  /** `PATH`, `pyenv`, `uv`, `asdf`, `mise` or `Homebrew`. */
  readonly from: string;
  /** `python -m venv` works (Debian ships it apart). */
  readonly hasEnsurepip: boolean;
}

export interface FindInterpretersOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** JSON file that remembers the answers by path and modification time; absolute. */
  readonly cacheFile?: string;
}

interface Candidate {
  readonly path: string;
  readonly from: string;
}

/** An interpreter that does not answer within this time is left out. */
const PROBE_TIMEOUT_MS = 10_000;
const INTERPRETER_NAME = /^python3(?:\.\d+)?$/;

/** `-I -S`: without the site packages and variables of the user. A free-threaded build has the flag `t`. */
const PROBE = [
  "import json,sys,importlib.util as u",
  "print(json.dumps({'version':'%d.%d.%d'%sys.version_info[:3],'final':sys.version_info[3]=='final'," +
    "'usable':sys.implementation.name=='cpython' and 't' not in getattr(sys,'abiflags','')," +
    "'hasEnsurepip':u.find_spec('ensurepip') is not None}))",
].join("\n");

const answerSchema = z.object({
  version: z.string(),
  final: z.boolean(),
  usable: z.boolean(),
  hasEnsurepip: z.boolean(),
});
const cacheSchema = z.record(z.string(), answerSchema.nullable());
type Answers = z.infer<typeof cacheSchema>;

/** @returns every CPython 3 of the machine that answers, newest first; equal versions in the order found. */
export async function findInterpreters(
  options: FindInterpretersOptions,
): Promise<readonly Interpreter[]> {
  const candidates = listCandidates(options.environment);
  const known = readCache(options.cacheFile);
  const answers: Answers = {};
  const found = await Promise.all(
    candidates.map(async (candidate) => {
      const key = `${candidate.path}@${statSync(candidate.path).mtimeMs}`;
      const answer = key in known ? (known[key] ?? null) : await probe(candidate.path);
      answers[key] = answer;
      if (answer === null || !answer.usable || !answer.final) return [];
      const { version, hasEnsurepip } = answer;
      return [{ ...candidate, version, hasEnsurepip }];
    }),
  );
  if (options.cacheFile !== undefined) writeCache(options.cacheFile, known, answers);
  return found.flat().sort((a, b) => compareVersions(b.version, a.version));
}

/** Orders `3.9.18` before `3.11.0`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number));
  for (const index of [0, 1, 2]) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function listCandidates(environment: FindInterpretersOptions["environment"]): readonly Candidate[] {
  const seen = new Set<string>();
  return listFolders(environment)
    .flatMap(({ path: folder, from }) => listPrograms(folder).map((path) => ({ path, from })))
    .filter(({ path }) => {
      const real = realpathSync(path);
      if (seen.has(real)) return false;
      seen.add(real);
      return true;
    });
}

/** Folders that may hold interpreters, the user's PATH first. */
function listFolders(environment: FindInterpretersOptions["environment"]): readonly Candidate[] {
  const home = environment["HOME"] ?? "";
  const path = (environment["PATH"] ?? "").split(":").filter((folder) => folder.startsWith("/"));
  const share = environment["XDG_DATA_HOME"] ?? join(home, ".local/share");
  const managed: readonly [string, string][] = [
    ["pyenv", join(environment["PYENV_ROOT"] ?? join(home, ".pyenv"), "versions")],
    ["uv", environment["UV_PYTHON_INSTALL_DIR"] ?? join(share, "uv/python")],
    ["asdf", join(environment["ASDF_DATA_DIR"] ?? join(home, ".asdf"), "installs/python")],
    ["mise", join(environment["MISE_DATA_DIR"] ?? join(share, "mise"), "installs/python")],
  ];
  const homebrew = ["/opt/homebrew/bin", "/usr/local/bin", "/home/linuxbrew/.linuxbrew/bin"];
  return [
    // Shims start another program, the wrong one in a folder with its own .python-version.
    ...path
      .filter((folder) => !folder.endsWith("/shims"))
      .map((folder) => ({ path: folder, from: "PATH" })),
    ...managed.flatMap(([from, root]) =>
      listNames(root).map((version) => ({ path: join(root, version, "bin"), from })),
    ),
    ...homebrew.map((folder) => ({ path: folder, from: "Homebrew" })),
    { path: "/usr/bin", from: "PATH" },
  ];
}

function listPrograms(folder: string): readonly string[] {
  // A virtual environment is somebody's; its base is found elsewhere.
  if (existsSync(join(dirname(folder), "pyvenv.cfg"))) return [];
  const names = listNames(folder).filter((name) => INTERPRETER_NAME.test(name));
  // `python3.11` says more than `python3`: it is the name kept of the two.
  const sorted = names.toSorted((a, b) => b.length - a.length);
  return sorted.map((name) => join(folder, name)).filter((path) => existsSync(path));
}

function listNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    // Folders of PATH that do not exist, and tools that are not installed, are usual.
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EACCES") return [];
    throw error;
  }
}

const runFile = promisify(execFile);

/** @returns null when it is no working Python 3. */
async function probe(path: string): Promise<Answers[string]> {
  try {
    const { stdout } = await runFile(path, ["-I", "-S", "-c", PROBE], {
      timeout: PROBE_TIMEOUT_MS,
    });
    return answerSchema.parse(JSON.parse(stdout));
  } catch {
    // Broken links, other architectures, wrappers that print help: not an interpreter to use.
    return null;
  }
}

function readCache(file: string | undefined): Answers {
  if (file === undefined || !existsSync(file)) return {};
  try {
    return cacheSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    // A cache of another version, or a torn one: ask again.
    return {};
  }
}

function writeCache(file: string, known: Answers, answers: Answers): void {
  const isSame = Object.keys(answers).every((key) => key in known);
  if (isSame && Object.keys(known).length === Object.keys(answers).length) return;
  mkdirSync(dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, JSON.stringify(answers));
  renameSync(unfinished, file);
}
