/** Finds Bun on the machine or in the app, or puts our pinned version into the tools folder. */

import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join, sep } from "node:path";
import { MizanError } from "../../../infra/contract/errors.ts";
import { runTool } from "../../tools/run-tool.ts";
import { buildToolEnvironment } from "../../tools/tool-environment.ts";
import { compareVersions } from "../python/find-interpreters.ts";

export interface EnsureBunOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Absolute folder for programs that we bring ourselves; shared by environments. */
  readonly toolsFolder: string;
  /** Absolute folders whose `node_modules/.bin` may have one: the app's root, its frontends. */
  readonly packageFolders?: readonly string[];
  readonly logFile?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
}

/** As tried by our tests. */
export const BUN_VERSION = "1.4.5";
/** Older ones do not stream a request and its answer at the same time over a Unix socket. */
const OLDEST_BUN = "1.3.0";

/**
 * @returns the absolute program, which stays where it is while releases run it
 * @throws {MizanError} TOOL_MISSING
 */
export async function ensureBun(options: EnsureBunOptions): Promise<string> {
  for (const program of listCandidates(options)) {
    const version = await readBunVersion(program, options);
    if (version === null || compareVersions(version, OLDEST_BUN) < 0) continue;
    return isInPackages(program) ? keepCopy(program, version, options.toolsFolder) : program;
  }
  const program = bunFile(options.toolsFolder, BUN_VERSION);
  if (!existsSync(program)) await installBun(program, options);
  return program;
}

/** Real paths, of PATH first. */
function listCandidates({ environment, packageFolders = [] }: EnsureBunOptions): string[] {
  const onPath = (environment["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const inPackages = packageFolders.map((folder) => join(folder, "node_modules", ".bin"));
  const found = [...onPath, ...inPackages]
    .map((folder) => join(folder, "bun"))
    .filter((file) => existsSync(file))
    .map((file) => realpathSync(file));
  return [...new Set(found)];
}

async function readBunVersion(bun: string, options: EnsureBunOptions): Promise<string | null> {
  try {
    const output = await runTool({
      command: [bun, "--version"],
      cwd: "/",
      environment: buildToolEnvironment(options.environment),
      signal: options.signal,
      failure: { code: "TOOL_MISSING", message: "bun does not start" },
    });
    return /\d+\.\d+\.\d+/.exec(output)?.[0] ?? null;
  } catch (error) {
    // Broken, or not executable: as if it were not there.
    if (error instanceof MizanError && error.code === "TOOL_MISSING") return null;
    throw error;
  }
}

/** The next `npm ci` removes it, while releases go on starting it. */
function isInPackages(program: string): boolean {
  return program.includes(`${sep}node_modules${sep}`);
}

/** Bun is one file that runs from anywhere. */
function keepCopy(program: string, version: string, toolsFolder: string): string {
  const file = bunFile(toolsFolder, version);
  if (existsSync(file)) return file;
  mkdirSync(join(file, ".."), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  copyFileSync(program, unfinished, constants.COPYFILE_FICLONE);
  renameSync(unfinished, file);
  return file;
}

function bunFile(toolsFolder: string, version: string): string {
  return join(toolsFolder, `bun-${version}`, "bun");
}

async function installBun(program: string, options: EnsureBunOptions): Promise<void> {
  options.onProgress?.(`getting bun ${BUN_VERSION} (not on this machine)`);
  const unfinished = `${program}.${process.pid}.npm`;
  mkdirSync(unfinished, { recursive: true });
  const manifest = {
    private: true,
    dependencies: { bun: BUN_VERSION },
    // Newer npm runs no install script but these; Bun's puts the program in its place.
    allowScripts: { bun: true },
  };
  writeFileSync(join(unfinished, "package.json"), JSON.stringify(manifest));
  try {
    await runTool({
      command: ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts=false"],
      cwd: unfinished,
      environment: buildToolEnvironment(options.environment, { CI: "true", NO_COLOR: "1" }),
      logFile: options.logFile,
      signal: options.signal,
      failure: {
        code: "TOOL_MISSING",
        message: `bun ${BUN_VERSION} could not be installed`,
        hint: () =>
          `Install Bun ${OLDEST_BUN} or newer yourself, or look at the network and npm's registry`,
      },
      missingHint: `Install npm, or Bun ${OLDEST_BUN} or newer itself`,
    });
    const installed = join(unfinished, "node_modules", ".bin", "bun");
    keepCopy(realpathSync(installed), BUN_VERSION, options.toolsFolder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
