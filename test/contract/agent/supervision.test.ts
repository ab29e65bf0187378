/** The agent keeps processes running: started, restarted, adopted, handed over, ended. */

import { execFileSync } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connectAgent } from "../../../cli/targets/local/agent/agent-client.ts";
import { readProcessStart } from "../../../cli/targets/local/agent/process-identity.ts";
import { ensureAgent, startAgent } from "../../../cli/targets/local/agent/start-agent.ts";
import { findProcessesOf } from "../../helpers/processes.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { AgentFixture } from "./agent-fixture.ts";

let fixture: AgentFixture;
beforeEach(async () => {
  fixture = await AgentFixture.create();
});
afterEach(() => fixture.remove());

test("a process is ready when the answer comes, and starting it again changes nothing", async () => {
  const agent = await startAgent(fixture.options);
  const spec = fixture.serverSpec("origin");
  const first = await agent.startProcess(spec);
  expect(first).toMatchObject({ ok: true, pid: (await fixture.ask("origin")).pid });
  expect(await agent.startProcess(spec)).toEqual(first);
  expect(await fixture.status("origin")).toMatchObject({ state: "ready", restarts: 0 });
});

test("the environment comes from files and the spec, and nothing of the shell's but its basics", async () => {
  const file = join(fixture.paths.folder, "variables.json");
  await writeFile(file, JSON.stringify({ FROM_FILE: "file", BOTH: "file" }), { mode: 0o600 });
  const agent = await startAgent(fixture.options);
  await agent.startProcess(
    fixture.serverSpec("origin", "plain", { envFiles: [file], env: { BOTH: "spec" } }),
  );
  expect((await fixture.ask("origin", "/env/FROM_FILE")).env).toBe("file");
  expect((await fixture.ask("origin", "/env/BOTH")).env).toBe("spec");
  expect((await fixture.ask("origin", "/env/PATH")).env).toBe("/usr/bin:/bin");
  expect((await fixture.ask("origin", "/env/SECRET_OF_SHELL")).env).toBeUndefined();
});

test("a first start that exits is reported with the lines that prove it, and forgotten", async () => {
  const agent = await startAgent(fixture.options);
  await agent.startProcess(fixture.shellSpec("worker", "echo line of before; exit 1"));
  const result = await agent.startProcess(
    fixture.shellSpec("worker", "echo no module named app >&2; exit 3"),
  );
  expect(result).toEqual({
    ok: false,
    reason: "exited",
    detail: "exit code 3",
    logTail: "no module named app",
  });
  expect(await fixture.status("worker")).toBeUndefined();
});

test("a first start that never gets ready is ended, and says what the check saw last", async () => {
  const agent = await startAgent(fixture.options);
  const spec = fixture.shellSpec("origin", "echo waiting; sleep 600 & wait", {
    readyTimeoutSeconds: 0.3,
  });
  expect(await agent.startProcess(spec)).toMatchObject({
    ok: false,
    reason: "not-ready",
    detail: expect.stringContaining("ENOENT"),
    logTail: "waiting",
  });
  expect(findProcessesOf(fixture.root)).toHaveLength(1); // the agent
});

test("a program that cannot be run is a failed start, not a dead agent", async () => {
  const agent = await startAgent(fixture.options);
  const spec = fixture.serverSpec("origin", "plain", { command: ["/nowhere/python"] });
  expect(await agent.startProcess(spec)).toMatchObject({
    ok: false,
    reason: "exited",
    detail: expect.stringContaining("ENOENT"),
  });
  expect(await agent.status()).toMatchObject({ processes: [] });
});

test("kill -9 of a process: it answers again at once, and its leftover workers are ended", async () => {
  const agent = await startAgent(fixture.options);
  await agent.startProcess(fixture.serverSpec("origin", "with-helper"));
  const before = await fixture.ask("origin");
  process.kill(before.pid, "SIGKILL");
  const killedAtMs = performance.now();
  const after = await waitFor("an answer", async () => {
    const answer = await fixture.ask("origin");
    return answer.pid === before.pid ? null : answer;
  });
  expect(performance.now() - killedAtMs).toBeLessThan(2000);
  expect(readProcessStart(before.helper ?? 0)).toBeNull();
  expect(readProcessStart(after.helper ?? 0)).not.toBeNull();
  const status = await waitFor("ready", async () => {
    const found = await fixture.status("origin");
    return found?.state === "ready" ? found : null;
  });
  expect(status).toMatchObject({ pid: after.pid, restarts: 1, lastExit: "signal SIGKILL" });
});

test("a process that keeps dying is started again more and more slowly", async () => {
  const agent = await startAgent(fixture.options);
  const flag = join(fixture.paths.run, "flag");
  // Ready at its first start only.
  const line = `if [ -e ${flag} ]; then exit 4; fi; echo > ${flag}; echo > ${flag}.ready; sleep 0.3`;
  const spec = fixture.shellSpec("worker", line, {
    ready: { kind: "file", path: `${flag}.ready` },
  });
  expect(await agent.startProcess(spec)).toMatchObject({ ok: true });
  await waitFor("a few deaths", async () => ((await fixture.status("worker"))?.restarts ?? 0) >= 3);
  expect(await fixture.status("worker")).toMatchObject({
    state: "restarting",
    lastExit: "exit code 4",
  });
  const started = performance.now();
  await agent.stopProcess({ name: "worker", release: "r1", wait: true });
  expect(performance.now() - started).toBeLessThan(500);
});

test("stop gives time to finish, then ends the whole group; missing is success", async () => {
  const agent = await startAgent(fixture.options);
  await agent.startProcess(fixture.serverSpec("origin"));
  await agent.startProcess(fixture.serverSpec("worker", "stubborn", { stopTimeoutSeconds: 0.5 }));
  await agent.stopProcess({ name: "origin", release: "r1", wait: true });
  expect(await fixture.log("origin")).toBe("starting plain\nfinishing\n");
  const { pid } = await fixture.ask("worker");
  await agent.stopProcess({ name: "worker", release: "r1", wait: false });
  expect(await fixture.status("worker")).toMatchObject({ state: "stopping", pid });
  await agent.stopProcess({ name: "worker", release: "r1", wait: true });
  await agent.stopProcess({ name: "worker", release: "r1", wait: true });
  expect(readProcessStart(pid)).toBeNull();
  expect((await agent.status()).processes).toEqual([]);
});

test("kill -9 of the agent: processes stay up, the next agent adopts them and starts dead ones", async () => {
  const first = await startAgent(fixture.options);
  await first.startProcess(fixture.serverSpec("origin"));
  await first.startProcess(fixture.serverSpec("worker", "with-helper"));
  const origin = await fixture.ask("origin");
  const worker = await fixture.ask("worker");
  await fixture.killAgent();
  expect(await fixture.ask("origin")).toEqual(origin);
  process.kill(worker.pid, "SIGKILL");
  await ensureAgent(fixture.options);
  const restarted = await waitFor("the worker", () => fixture.ask("worker"));
  expect(restarted.pid).not.toBe(worker.pid);
  expect(readProcessStart(worker.helper ?? 0)).toBeNull();
  expect(await fixture.ask("origin")).toEqual(origin);
  await waitFor("ready", async () => (await fixture.status("origin"))?.state === "ready");

  // Adopted processes are watched too, although they are nobody's children.
  process.kill(origin.pid, "SIGKILL");
  const again = await waitFor("the origin", async () => {
    const answer = await fixture.ask("origin");
    return answer.pid === origin.pid ? null : answer;
  });
  const agent = await connectAgent(fixture.paths);
  await agent?.stopProcess({ name: "origin", release: "r1", wait: true });
  expect(readProcessStart(again.pid)).toBeNull();
});

test("kill -9 of the agent and its processes: the next command brings all back", async () => {
  const agent = await startAgent(fixture.options);
  await agent.startProcess(fixture.serverSpec("origin"));
  const { pid } = await fixture.ask("origin");
  await fixture.killAgent();
  process.kill(pid, "SIGKILL");
  await ensureAgent(fixture.options);
  expect((await waitFor("the origin", () => fixture.ask("origin"))).pid).not.toBe(pid);
});

test("a first start that was under way when the agent died is ended, not adopted", async () => {
  const agent = await startAgent(fixture.options);
  const spec = fixture.shellSpec("origin", "echo started; exec sleep 600");
  const lost = agent.startProcess(spec).catch((error: unknown) => error);
  await waitFor("its start", async () => (await fixture.log("origin")).includes("started"));
  const { pid } = (await fixture.status("origin")) ?? { pid: null };
  await fixture.killAgent();
  expect(await lost).toMatchObject({ code: "SERVICE_FAILED", hint: "Run: mizan up" });
  await ensureAgent(fixture.options);
  expect(readProcessStart(pid ?? 0)).toBeNull();
  expect(await fixture.status("origin")).toBeUndefined();
});

test("twice started at once, one agent runs and both callers get it", async () => {
  const clients = await Promise.all([
    ensureAgent(fixture.options),
    ensureAgent(fixture.options),
    startAgent(fixture.options),
  ]);
  const pids = await Promise.all(clients.map(async (client) => (await client.status()).pid));
  expect(new Set(pids).size).toBe(1);
  expect(findProcessesOf(fixture.root).map(({ pid }) => pid)).toEqual([pids[0]]);
});

test("a newer version takes over: what ran goes on, an older version leaves it alone", async () => {
  const old = await startAgent(fixture.options);
  await old.startProcess(fixture.serverSpec("origin"));
  const origin = await fixture.ask("origin");
  const oldPid = (await old.status()).pid;
  const newer = await ensureAgent({ ...fixture.options, mizanVersion: "0.2.0" });
  const status = await newer.status();
  expect(status.mizanVersion).toBe("0.2.0");
  expect(status.pid).not.toBe(oldPid);
  await waitFor("the old agent's end", () => readProcessStart(oldPid) === null);
  expect(await fixture.ask("origin")).toEqual(origin);
  const again = await ensureAgent(fixture.options);
  expect(await again.status()).toMatchObject({ mizanVersion: "0.2.0", pid: status.pid });
});

test("a process that was finishing at a takeover still ends", async () => {
  const agent = await startAgent(fixture.options);
  await agent.startProcess(fixture.serverSpec("origin", "stubborn", { stopTimeoutSeconds: 3 }));
  const { pid } = await fixture.ask("origin");
  await agent.stopProcess({ name: "origin", release: "r1", wait: false });
  const next = await ensureAgent({ ...fixture.options, mizanVersion: "0.2.0" });
  expect((await next.status()).processes).toMatchObject([{ name: "origin", state: "stopping" }]);
  await waitFor("its end", async () => (await next.status()).processes.length === 0);
  expect(readProcessStart(pid)).toBeNull();
});

test.runIf(process.platform === "linux")("many starts leave no descriptor open", async () => {
  const agent = await startAgent(fixture.options);
  const spec = fixture.shellSpec("worker", "exec sleep 600", {
    ready: { kind: "command", command: ["/bin/true"] },
  });
  const countOpen = async () => (await readdir(`/proc/${await fixture.agentPid()}/fd`)).length;
  const startAndStop = async () => {
    await agent.startProcess(spec);
    await agent.stopProcess({ name: "worker", release: "r1", wait: true });
  };
  await startAndStop();
  const before = await countOpen();
  for (let round = 0; round < 10; round += 1) await startAndStop();
  await waitFor("no more than before", async () => (await countOpen()) <= before);
});

test("SIGTERM ends everything in order, and the agent", async () => {
  const agent = await startAgent(fixture.options);
  await agent.startProcess(fixture.serverSpec("postgres", "plain", { release: null }));
  await agent.startProcess(fixture.serverSpec("origin"));
  const agentPid = await fixture.agentPid();
  process.kill(agentPid, "SIGTERM");
  await waitFor("its end", () => readProcessStart(agentPid) === null);
  const log = await fixture.log("agent");
  expect(log.indexOf("origin of r1 (process")).toBeLessThan(log.indexOf("postgres (process"));
  expect(findProcessesOf(fixture.root)).toEqual([]);
});

test("a log that grew too large is set aside while its writer goes on", async () => {
  const agent = await startAgent({ ...fixture.options, logLimitBytes: 20_000 });
  const ready = join(fixture.paths.run, "ready");
  const line = `echo > ${ready}; while :; do echo "a line of the log that is rather long"; sleep 0.001; done`;
  await agent.startProcess(
    fixture.shellSpec("worker", line, { ready: { kind: "file", path: ready } }),
  );
  const log = join(fixture.paths.logs, "worker.log");
  const aside = await waitFor("the rotation", () => readFile(`${log}.1`, "utf8"));
  expect(aside.length).toBeGreaterThan(20_000);
  const after = await readFile(log, "utf8");
  await waitFor("more lines", async () => (await readFile(log, "utf8")).length > after.length);
  expect(await readFile(log, "utf8")).toMatch(/^a line.*long\n/); // not padded with zeros
});

test.runIf(process.getuid?.() === 0)("root can have a process run as another user", async () => {
  const uid = Number(execFileSync("id", ["-u", "nobody"], { encoding: "utf8" }));
  const gid = Number(execFileSync("id", ["-g", "nobody"], { encoding: "utf8" }));
  const agent = await startAgent(fixture.options);
  const log = join(fixture.paths.logs, "worker.log");
  const result = await agent.startProcess(
    fixture.shellSpec("worker", "id -u; sleep 600", {
      user: { uid, gid },
      cwd: "/",
      ready: { kind: "command", command: ["/bin/grep", "-q", `^${uid}$`, log] },
    }),
  );
  expect(result).toMatchObject({ ok: true });
});
