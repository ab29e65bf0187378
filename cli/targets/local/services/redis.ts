/** The Redis (or Valkey) that an environment runs itself, on a loopback port with a password. */

import { chown } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import type { EnvironmentPaths, ProcessSpec } from "../agent/contract.ts";
import { writeFileAtomically } from "../agent/write-file-atomically.ts";
import { findProgramFolders } from "./find-program.ts";
import { toolMissing } from "./install-command.ts";
import type { PreparedService } from "./postgres.ts";
import { findServiceAccount, type ServiceAccount } from "./service-account.ts";
import { ensureServiceRecord, type ServiceRecord, writeServiceRecord } from "./service-folder.ts";

const PLACES = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/opt/homebrew/bin"];

/** Below the ports that systems give to outgoing connections (32768 on Linux, 49152 on macOS). */
const PORTS = { from: 20_000, to: 30_000 };

const STOP_SECONDS = 30;
/** It loads its whole file before it answers. */
const READY_SECONDS = 300;
const ASK_TIMEOUT_MS = 1000;

/**
 * Writes the server's configuration; the agent then runs `spec`. The port is kept from call to call
 * unless somebody else has it.
 * @param searchPath PATH
 * @returns url `redis://:<password>@127.0.0.1:<port>/0`
 * @throws {MizanError} TOOL_MISSING, GUARD_REFUSED
 */
export async function prepareRedis(
  paths: EnvironmentPaths,
  searchPath: string,
): Promise<PreparedService> {
  const program = await findServer(searchPath);
  if (program === null) throw toolMissing("Redis", "the app's settings need it", "redis");
  const account = findServiceAccount("redis");
  const known = await ensureServiceRecord(paths.data, "redis", account);
  const port = await choosePort(known);
  const record = { ...known, port };
  writeServiceRecord(paths.data, "redis", record);
  const config = join(record.folder, "redis.conf");
  await writeConfig(config, record, account);
  const passwordFile = join(paths.data, "redis-password.json");
  writeFileAtomically(passwordFile, JSON.stringify({ REDISCLI_AUTH: record.password }), 0o600);
  return {
    spec: buildSpec({ paths, program, config, passwordFile, record, port, account }),
    url: `redis://:${record.password}@127.0.0.1:${port}/0`,
    title: program.title,
  };
}

interface RedisProgram {
  readonly server: string;
  readonly client: string;
  readonly title: "Redis" | "Valkey";
}

async function findServer(searchPath: string): Promise<RedisProgram | null> {
  for (const { name, title } of [
    { name: "redis", title: "Redis" },
    { name: "valkey", title: "Valkey" },
  ] as const) {
    const [folder] = await findProgramFolders(`${name}-cli`, searchPath, PLACES);
    const [serverFolder] = await findProgramFolders(`${name}-server`, searchPath, PLACES);
    if (folder !== undefined && serverFolder !== undefined) {
      return {
        server: join(serverFolder, `${name}-server`),
        client: join(folder, `${name}-cli`),
        title,
      };
    }
  }
  return null;
}

async function writeConfig(
  path: string,
  record: ServiceRecord,
  account: ServiceAccount | null,
): Promise<void> {
  const text = `# Written by mizan at each start.
bind 127.0.0.1
port ${record.port}
requirepass ${record.password}
dir "${record.folder.replace(/["\\]/g, "\\$&")}"
daemonize no
logfile ""
appendonly yes
save ""
`;
  writeFileAtomically(path, text, 0o600);
  if (account !== null) await chown(path, account.uid, account.gid);
}

interface RedisParts {
  readonly paths: EnvironmentPaths;
  readonly program: RedisProgram;
  readonly config: string;
  readonly passwordFile: string;
  readonly record: ServiceRecord;
  readonly port: number;
  readonly account: ServiceAccount | null;
}

function buildSpec(parts: RedisParts): ProcessSpec {
  const { paths, program, config, passwordFile, record, port, account } = parts;
  // Its client exits 0 whatever the answer is; while the file is loaded the answer is LOADING.
  const ask = `"$0" -h 127.0.0.1 -p ${port} ping | grep -q PONG`;
  return {
    name: "redis",
    release: null,
    command: [program.server, config],
    cwd: record.folder,
    env: {},
    envFiles: [passwordFile],
    aloneInCwd: true,
    user: account === null ? null : { uid: account.uid, gid: account.gid },
    logFile: join(paths.logs, "redis.log"),
    stopSignal: "SIGTERM",
    stopTimeoutSeconds: STOP_SECONDS,
    ready: { kind: "command", command: ["/bin/sh", "-c", ask, program.client] },
    readyTimeoutSeconds: READY_SECONDS,
  };
}

async function choosePort(record: ServiceRecord): Promise<number> {
  if (record.port !== undefined) {
    const isUsable = (await isFree(record.port)) || (await isOurs(record.port, record.password));
    if (isUsable) return record.port;
  }
  for (;;) {
    const port = PORTS.from + Math.floor(Math.random() * (PORTS.to - PORTS.from));
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** Whether the server at this port takes our password. */
function isOurs(port: number, password: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, timeout: ASK_TIMEOUT_MS });
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => socket.write(`AUTH ${password}\r\n`));
    socket.once("data", (data) => finish(data.toString("latin1").startsWith("+OK")));
    socket.once("error", () => finish(false));
    socket.once("timeout", () => finish(false));
    socket.once("close", () => finish(false));
  });
}
