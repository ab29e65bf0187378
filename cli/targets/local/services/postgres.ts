/** The PostgreSQL that an environment runs itself: one cluster, reached over a Unix socket only. */

import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { chown, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EnvironmentPaths, ProcessSpec } from "../agent/contract.ts";
import { findPostgres, type PostgresInstallation } from "./find-postgres.ts";
import { toolMissing } from "./install-command.ts";
import { runAs } from "./run-as.ts";
import { findServiceAccount, type ServiceAccount } from "./service-account.ts";
import {
  ensureOwnFolder,
  ensureServiceRecord,
  type ServiceRecord,
  systemFolderOf,
} from "./service-folder.ts";

/** `sun_path`, less what PostgreSQL adds: `/.s.PGSQL.5432`. */
const SOCKET_FOLDER_LIMIT_BYTES = 85;

const STOP_SECONDS = 30;
/** After a crash it replays its log first, which must not be cut short again and again. */
const READY_SECONDS = 300;

export interface PreparedService {
  readonly spec: ProcessSpec;
  /** Holds the password: a secret. */
  readonly url: string;
  /** For people: `PostgreSQL 15`. */
  readonly title: string;
}

/**
 * Makes the environment's database cluster at the first call; the agent then runs `spec`.
 * Call it before each start of the spec: it also clears what a machine crash left behind.
 * @param searchPath PATH
 * @returns url `postgresql://app:<password>@/app?host=<socket folder>`, as libpq, psycopg and dj-database-url read it
 * @throws {MizanError} TOOL_MISSING, SERVICE_FAILED, DISK_FULL, GUARD_REFUSED
 */
export async function preparePostgres(
  paths: EnvironmentPaths,
  searchPath: string,
): Promise<PreparedService> {
  const account = findServiceAccount("postgres");
  const known = await findPostgres(searchPath);
  if (known.length === 0) {
    throw toolMissing("PostgreSQL", "the app's settings need it", "postgresql");
  }
  const record = await ensureServiceRecord(paths.data, "postgres", account);
  const cluster = join(record.folder, "cluster");
  const installation = chooseInstallation(known, readClusterMajor(cluster));
  if (!existsSync(cluster)) await createCluster(installation, record, account);
  const socketFolder = await ensureSocketFolder(paths, record, account);
  await writeSettings(cluster, { socketFolder, account, major: installation.major });
  await removeStalePidFile(cluster, installation);
  const host = encodeURIComponent(socketFolder);
  return {
    spec: buildSpec(paths, installation, cluster, socketFolder, account),
    url: `postgresql://app:${record.password}@/app?host=${host}`,
    title: `PostgreSQL ${installation.major}`,
  };
}

/** Data of one major version is only read by that version. */
function chooseInstallation(
  known: readonly PostgresInstallation[],
  major: number | null,
): PostgresInstallation {
  const chosen = known.find((one) => major === null || one.major === major);
  if (chosen !== undefined) return chosen;
  throw toolMissing(
    `PostgreSQL ${major}`,
    `this environment's data was made by it (installed: ${known.map((one) => one.major).join(", ")})`,
    "postgresql",
    major,
  );
}

function readClusterMajor(cluster: string): number | null {
  const file = join(cluster, "PG_VERSION");
  return existsSync(file) ? Number.parseInt(readFileSync(file, "utf8"), 10) : null;
}

/** Made beside its place and then moved there, so that one that was cut short is never taken for whole. */
async function createCluster(
  installation: PostgresInstallation,
  record: ServiceRecord,
  account: ServiceAccount | null,
): Promise<void> {
  const fresh = join(record.folder, "cluster.new");
  const run = { account, cwd: record.folder, secret: record.password };
  await rm(fresh, { recursive: true, force: true });
  await runAs([join(installation.folder, "initdb"), ...INITDB_ARGUMENTS, fresh], run);
  await writeOwned(join(fresh, "pg_hba.conf"), "local all app scram-sha-256\n", account);
  // A server in single-user mode needs no socket and no password. The statements hold ours, so
  // they go over standard input.
  const server = join(installation.folder, "postgres");
  await runAs([server, "--single", "-D", fresh, "postgres"], {
    ...run,
    input: `CREATE ROLE app LOGIN CREATEDB PASSWORD '${record.password}'\nCREATE DATABASE app OWNER app\n`,
    failure: /\b(?:ERROR|FATAL|PANIC):/,
  });
  await rename(fresh, join(record.folder, "cluster"));
}

const INITDB_ARGUMENTS = [
  "--username=postgres",
  "--encoding=UTF8",
  // Sorts by code point everywhere, and knows the letters of every language.
  `--locale=${process.platform === "darwin" ? "en_US.UTF-8" : "C.UTF-8"}`,
  "--data-checksums",
  "--auth=reject", // replaced by our own pg_hba.conf
  "--no-instructions",
  "--pgdata",
] as const;

/** Short enough for a socket, and such that only the account and root get in. */
async function ensureSocketFolder(
  paths: EnvironmentPaths,
  record: ServiceRecord,
  account: ServiceAccount | null,
): Promise<string> {
  const wanted = account === null ? join(paths.run, "postgres") : join(record.folder, "socket");
  const isShort = Buffer.byteLength(wanted) <= SOCKET_FOLDER_LIMIT_BYTES;
  const folder = isShort ? wanted : join(systemFolderOf(paths.data), "postgres-socket");
  await ensureOwnFolder(folder, account);
  return folder;
}

/** A thousand files synced one by one took 0.1 to 1.3 s of a restart after a crash, at once 0.02 to 0.2 s. */
const SYNC_AT_ONCE = "recovery_init_sync_method = syncfs\n";

/** Our settings lie in a file of their own; a line that the user adds to postgresql.conf wins. */
async function writeSettings(
  cluster: string,
  options: {
    readonly socketFolder: string;
    readonly account: ServiceAccount | null;
    readonly major: number;
  },
): Promise<void> {
  const { socketFolder, account, major } = options;
  const canSyncAtOnce = process.platform === "linux" && major >= 14;
  const settings = `# Written by mizan at each start; put your own settings into postgresql.conf.
listen_addresses = ''
unix_socket_directories = '${socketFolder.replaceAll("'", "''")}'
port = 5432
max_connections = 100
logging_collector = off
log_destination = 'stderr'
lc_messages = 'C'
# systemd removes a user's shared memory at the end of the session, not files:
# https://www.postgresql.org/docs/current/kernel-resources.html#SYSTEMD-REMOVEIPC
dynamic_shared_memory_type = mmap
${canSyncAtOnce ? SYNC_AT_ONCE : ""}`;
  await writeOwned(join(cluster, "mizan.conf"), settings, account);
  const main = join(cluster, "postgresql.conf");
  const text = readFileSync(main, "utf8");
  const include = "include_if_exists = 'mizan.conf'\n";
  if (text.startsWith(include)) return;
  // initdb's own choice for shared memory would win otherwise.
  const rest = text.replace(/^dynamic_shared_memory_type/m, "#$&");
  await writeOwned(main, include + rest, account);
}

/**
 * After a machine crash the id in postmaster.pid may be that of any other process, and PostgreSQL
 * would refuse to start.
 */
async function removeStalePidFile(
  cluster: string,
  installation: PostgresInstallation,
): Promise<void> {
  const file = join(cluster, "postmaster.pid");
  if (!existsSync(file) || process.platform !== "linux") return;
  const pid = Number.parseInt(readFileSync(file, "utf8"), 10);
  if (!isServerOf(pid, cluster, installation)) await rm(file);
}

function isServerOf(pid: number, cluster: string, { folder }: PostgresInstallation): boolean {
  try {
    const isServer = readlinkSync(`/proc/${pid}/exe`).startsWith(join(folder, "postgres"));
    return isServer && readlinkSync(`/proc/${pid}/cwd`) === cluster;
  } catch {
    // It has ended, or is another user's: not our server either way.
    return false;
  }
}

function buildSpec(
  paths: EnvironmentPaths,
  { folder }: PostgresInstallation,
  cluster: string,
  socketFolder: string,
  account: ServiceAccount | null,
): ProcessSpec {
  const asApp = ["-q", "-h", socketFolder, "-p", "5432", "-d", "app", "-U", "app"];
  return {
    name: "postgres",
    release: null,
    command: [join(folder, "postgres"), "-D", cluster],
    cwd: cluster,
    env: { LC_ALL: "C" },
    envFiles: [],
    // Its backends leave the postmaster's process group.
    aloneInCwd: true,
    pidFiles: [join(cluster, "postmaster.pid"), join(socketFolder, ".s.PGSQL.5432.lock")],
    user: account === null ? null : { uid: account.uid, gid: account.gid },
    logFile: join(paths.logs, "postgres.log"),
    // "Fast shutdown": https://www.postgresql.org/docs/current/server-shutdown.html
    stopSignal: "SIGINT",
    stopTimeoutSeconds: STOP_SECONDS,
    ready: { kind: "command", command: [join(folder, "pg_isready"), ...asApp] },
    readyTimeoutSeconds: READY_SECONDS,
  };
}

async function writeOwned(
  path: string,
  text: string,
  account: ServiceAccount | null,
): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  if (account !== null) await chown(path, account.uid, account.gid);
}
