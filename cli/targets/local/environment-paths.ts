/** Where the files of one environment are. */

import { createHash } from "node:crypto";
import { chmod, lstat, mkdir, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { MizanError } from "../../../infra/contract/errors.ts";
import type { EnvironmentPaths } from "./agent/contract.ts";

/**
 * A Unix socket's path has at most 103 bytes on macOS and 107 on Linux (`sun_path` without its
 * final zero); programs add short suffixes of their own.
 */
const SOCKET_PATH_LIMIT_BYTES = 100;

/** Not TMPDIR, which differs between shells: every command must find the same sockets. */
const SHORT_FOLDER = "/tmp";

/** The longest socket path below the run folder, PostgreSQL's included (services/postgres.ts). */
const LONGEST_SOCKET_NAME = "postgres/.s.PGSQL.5432";

/**
 * @param projectRoot absolute and without symbolic links, so that one project has one set of paths
 * @param environmentName validated: letters, digits, `-`, `_`
 */
export function environmentPaths(projectRoot: string, environmentName: string): EnvironmentPaths {
  const mizanFolder = join(projectRoot, ".mizan");
  const folder = join(mizanFolder, "env", environmentName);
  const data = join(folder, "data");
  const run = runFolder(folder);
  return {
    mizanFolder,
    folder,
    state: join(folder, "state"),
    releases: join(folder, "releases"),
    assets: join(folder, "assets"),
    data,
    media: join(data, "media"),
    logs: join(folder, "logs"),
    run,
    agentSocket: join(run, "agent.sock"),
    // Not in the run folder: what a temporary folder holds may be gone after a machine restart.
    agentState: join(folder, "agent.json"),
    edgeControlSocket: join(run, "edge-control.sock"),
    edgeConfig: join(folder, "edge.capnp"),
    slotSocket: (slot) => join(run, `slot-${slot}.sock`),
    renderSocket: (slot) => join(run, `render-${slot}.sock`),
    ssrSocket: (slot) => join(run, `ssr-${slot}.sock`),
    ssrLink: (release) => join(run, `${release}.ssr`),
    secrets: join(folder, "secrets.json"),
  };
}

/**
 * Creates the environment's folder before anything is written there. `.mizan` ignores itself for
 * git; other users may pass through it (PostgreSQL does not run as root), not read what is private.
 */
export async function ensureMizanFolder(paths: EnvironmentPaths): Promise<void> {
  await mkdir(paths.folder, { recursive: true, mode: 0o755 });
  await writeFile(join(paths.mizanFolder, ".gitignore"), "*\n");
}

/**
 * Creates the folders that the agent needs. The run folder is ours alone.
 * @throws {MizanError} NOT_ALLOWED when another user made the run folder in the shared temporary folder
 */
export async function ensureEnvironmentFolders(paths: EnvironmentPaths): Promise<void> {
  for (const folder of [paths.folder, paths.logs, paths.assets, paths.media]) {
    await mkdir(folder, { recursive: true });
  }
  if (!paths.run.startsWith(paths.folder)) await ensurePrivateFolder(dirname(paths.run));
  await ensurePrivateFolder(paths.run);
}

/** Creates a folder of mode 0700, and refuses one that somebody else could have prepared. */
export async function ensurePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const stat = await lstat(folder);
  if (!stat.isDirectory() || stat.uid !== userInfo().uid) {
    throw new MizanError("NOT_ALLOWED", `"${folder}" belongs to another user`, {
      hint: `Have its owner remove "${folder}", or move the project to a shorter path`,
      details: { folder, ownerUid: stat.uid },
    });
  }
  // mkdir's mode is cut by the umask, and an existing folder keeps its own.
  if ((stat.mode & 0o777) !== 0o700) await chmod(folder, 0o700);
}

function runFolder(folder: string): string {
  const usual = join(folder, "run");
  const longest = Buffer.byteLength(join(usual, LONGEST_SOCKET_NAME));
  if (longest <= SOCKET_PATH_LIMIT_BYTES) return usual;
  const hash = createHash("sha256").update(folder).digest("hex").slice(0, 12);
  return join(SHORT_FOLDER, `mizan-${userInfo().uid}`, hash);
}
