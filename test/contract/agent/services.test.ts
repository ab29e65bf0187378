/** The environment's own PostgreSQL and Redis: made once, unprivileged, back after a crash, removed. */

import { execFile, execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { chmod, cp, mkdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { AgentClient } from "../../../cli/targets/local/agent/agent-client.ts";
import { readProcessStart } from "../../../cli/targets/local/agent/process-identity.ts";
import { startAgent } from "../../../cli/targets/local/agent/start-agent.ts";
import { environmentPaths } from "../../../cli/targets/local/environment-paths.ts";
import { findPostgres } from "../../../cli/targets/local/services/find-postgres.ts";
import { preparePostgres } from "../../../cli/targets/local/services/postgres.ts";
import { prepareRedis } from "../../../cli/targets/local/services/redis.ts";
import {
  readServiceRecord,
  removeServiceData,
} from "../../../cli/targets/local/services/service-folder.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { AgentFixture } from "./agent-fixture.ts";

const SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin";
const isRoot = process.getuid?.() === 0;

let fixture: AgentFixture;
let agent: AgentClient;
beforeEach(async () => {
  fixture = await AgentFixture.create(); // mkdtemp: nobody else gets into its folder
  agent = await startAgent(fixture.options);
});
afterEach(async () => {
  await agent.shutdown();
  await removeServiceData(fixture.paths.data);
  await fixture.remove();
});

/** Runs SQL over the URL. @returns its rows, as text */
async function query(url: string, sql: string): Promise<string> {
  const [installation] = await findPostgres(SEARCH_PATH);
  const psql = join(installation?.folder ?? "", "psql");
  const { stdout } = await promisify(execFile)(psql, ["-X", "-A", "-t", "-d", url, "-c", sql]);
  return stdout.trim();
}

/** One command to a Redis, on a connection of its own. */
function askRedis(url: string, ...words: string[]): string {
  const { port, password } = new URL(url);
  return execFileSync("redis-cli", ["-p", port, ...words], {
    encoding: "utf8",
    env: { PATH: SEARCH_PATH, ...(password === "" ? {} : { REDISCLI_AUTH: password }) },
  }).trim();
}

async function statusPid(name: string): Promise<number> {
  return (await fixture.status(name))?.pid ?? 0;
}

test("PostgreSQL is made once, and takes an app that owns its database but not the server", async () => {
  const { spec, url, title } = await preparePostgres(fixture.paths, SEARCH_PATH);
  // As a crash of the machine leaves it: its id belongs to somebody else now.
  await writeFile(join(spec.cwd, "postmaster.pid"), `${process.pid}\n${spec.cwd}\n`);
  await preparePostgres(fixture.paths, SEARCH_PATH);
  expect(await agent.startProcess(spec)).toMatchObject({ ok: true });
  expect(title).toMatch(/^PostgreSQL \d+$/);
  expect(await query(url, "create table note (text text); insert into note values ('ä')")).toBe(
    "CREATE TABLE\nINSERT 0 1",
  );
  expect(await query(url, "select upper(text) from note")).toBe("Ä");
  expect(await query(url, "show server_encoding")).toBe("UTF8");
  expect(await query(url, "show data_checksums")).toBe("on");
  expect(await query(url, "show listen_addresses")).toBe("");
  expect(await query(url, "create extension citext")).toBe("CREATE EXTENSION");
  expect(await query(url, "select rolsuper from pg_roles where rolname = 'app'")).toBe("f");
  await expect(query(url.replace(/:[^:@]+@/, ":wrong@"), "select 1")).rejects.toThrow(
    "password authentication failed",
  );
  await expect(query(url.replace("app:", "postgres:"), "select 1")).rejects.toThrow("pg_hba.conf");

  const again = await preparePostgres(fixture.paths, SEARCH_PATH);
  expect(again).toEqual({ spec, url, title });
  const pid = await statusPid("postgres");
  expect(await agent.startProcess(again.spec)).toEqual({ ok: true, pid });
  if (isRoot) expect(statSync(`/proc/${pid}`).uid).not.toBe(0);
  expect(statSync(join(fixture.paths.data, "postgres.json")).mode & 0o777).toBe(0o600);
  const password = readServiceRecord(fixture.paths.data, "postgres")?.password ?? "";
  expect(JSON.stringify(spec)).not.toContain(password);
  expect(readFileSync(spec.logFile, "utf8")).not.toContain(password);
});

test("kill -9 of the postmaster while a query runs: it is back, with what was committed", async () => {
  const { spec, url } = await preparePostgres(fixture.paths, SEARCH_PATH);
  await agent.startProcess(spec);
  await query(url, "create table note (id int); insert into note values (1)");
  // This backend is busy, so it does not see that its postmaster has died.
  const busy = query(url, "select count(*) from generate_series(1, 1000000000)").catch(() => "cut");
  await waitFor("the busy backend", async () => {
    const active = "select count(*) from pg_stat_activity where query like '%generate_series(1%'";
    return Number(await query(url, active)) > 1;
  });
  const pid = await statusPid("postgres");
  process.kill(pid, "SIGKILL");
  const rows = await waitFor("an answer", () => query(url, "select id from note"));
  expect(rows).toBe("1");
  expect(await busy).toBe("cut");
  const next = await statusPid("postgres");
  expect(next).not.toBe(pid);
  await agent.stopProcess({ name: "postgres", release: null, wait: true });
  expect(readProcessStart(next)).toBeNull();
  expect(readFileSync(spec.logFile, "utf8")).toContain("database system is shut down");
});

test.runIf(isRoot)("root's service data stays in a project that its user can enter", async () => {
  const outside = await prepareRedis(fixture.paths, SEARCH_PATH);
  expect(outside.spec.cwd).toMatch(/^\/var\/lib\/mizan\/[0-9a-f]{12}\/redis$/);
  await removeServiceData(fixture.paths.data);
  expect(existsSync(join(outside.spec.cwd, ".."))).toBe(false);
  await rm(join(fixture.paths.data, "redis.json"));
  await chmod(fixture.root, 0o755);
  const inside = await prepareRedis(fixture.paths, SEARCH_PATH);
  expect(inside.spec.cwd).toBe(join(fixture.paths.data, "redis"));
  expect(await agent.startProcess(inside.spec)).toMatchObject({ ok: true });
  expect(askRedis(inside.url, "ping")).toBe("PONG");
});

test.runIf(isRoot)(
  "a copied project does not use the original's data, a moved one does",
  async () => {
    const { spec } = await prepareRedis(fixture.paths, SEARCH_PATH);
    const copy = environmentPaths(join(fixture.root, "copy"), "local");
    await mkdir(copy.data, { recursive: true });
    const record = join(fixture.paths.data, "redis.json");
    await cp(record, join(copy.data, "redis.json"));
    await expect(prepareRedis(copy, SEARCH_PATH)).rejects.toMatchObject({
      code: "GUARD_REFUSED",
      hint: expect.stringContaining("rm "),
    });
    await rm(record);
    const moved = await prepareRedis(copy, SEARCH_PATH);
    expect(moved.spec.cwd).toBe(spec.cwd);
    await removeServiceData(copy.data);
    expect(existsSync(spec.cwd)).toBe(false);
  },
);

test("data of a version that is not installed names the package to install", async () => {
  await chmod(fixture.root, 0o755);
  const cluster = join(fixture.paths.data, "postgres/cluster");
  await mkdir(cluster, { recursive: true });
  await writeFile(join(cluster, "PG_VERSION"), "9\n");
  await expect(preparePostgres(fixture.paths, SEARCH_PATH)).rejects.toMatchObject({
    code: "TOOL_MISSING",
    exitCode: 5,
    message: expect.stringContaining("PostgreSQL 9"),
  });
});

test("Redis keeps its data and its port over a kill -9, and asks for the password", async () => {
  const { spec, url } = await prepareRedis(fixture.paths, SEARCH_PATH);
  expect(await agent.startProcess(spec)).toMatchObject({ ok: true });
  expect(askRedis(url, "set", "key", "value")).toBe("OK");
  expect(askRedis(url.replace(/:[^:@]+@/, ""), "get", "key")).toContain("NOAUTH");
  const pid = await statusPid("redis");
  if (isRoot) expect(statSync(`/proc/${pid}`).uid).not.toBe(0);
  // appendfsync everysec: written to the file at once, to the disk within a second.
  process.kill(pid, "SIGKILL");
  await waitFor("its return", async () => {
    const status = await fixture.status("redis");
    return status?.state === "ready" && status.pid !== pid;
  });
  expect(askRedis(url, "get", "key")).toBe("value");
  const again = await prepareRedis(fixture.paths, SEARCH_PATH);
  expect(again.url).toBe(url);
  expect(again.spec).toEqual(spec);
  const words = readFileSync(`/proc/${await statusPid("redis")}/cmdline`, "utf8");
  expect(words).not.toContain(new URL(url).password);
});

test("Redis moves to another port when somebody else has taken its own", async () => {
  const { url } = await prepareRedis(fixture.paths, SEARCH_PATH);
  const server = createServer((socket) => socket.end("-ERR who are you\r\n"));
  await new Promise<void>((resolve) => {
    server.listen(Number(new URL(url).port), "127.0.0.1", resolve);
  });
  const { spec, url: other } = await prepareRedis(fixture.paths, SEARCH_PATH);
  server.close();
  expect(other).not.toBe(url);
  expect(await agent.startProcess(spec)).toMatchObject({ ok: true });
  expect(askRedis(other, "ping")).toBe("PONG");
});
