/** The agent ends a process that hangs or grows, and starts it anew. */

import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ProcessSpec } from "../../../cli/targets/local/agent/contract.ts";
import { readProcessStart } from "../../../cli/targets/local/agent/process-identity.ts";
import { ensureAgent, startAgent } from "../../../cli/targets/local/agent/start-agent.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { AgentFixture } from "./agent-fixture.ts";

/** Answers its process id on `/`; `/hang` and `/grow` are answered, and then done. */
const SERVER = `
const http = require("node:http");
const { spawn } = require("node:child_process");
const kept = [];
const todo = {
  "/hang": () => { for (;;); },
  "/grow": () => { for (let mib = 0; mib < 400; mib += 1) kept.push(Buffer.alloc(2 ** 20, 1)); },
  "/grow-child": () => spawn(process.execPath, ["-e",
    "const kept = Buffer.alloc(400 * 2 ** 20, 1); setInterval(() => kept.length, 1000);"]),
};
http.createServer((request, response) => {
  const { url } = request;
  response.end(JSON.stringify({ pid: process.pid, helper: null }));
  if (url in todo) setTimeout(todo[url], 50);
}).listen(process.argv[1]);
`;

let fixture: AgentFixture;
beforeEach(async () => {
  fixture = await AgentFixture.create();
});
afterEach(() => fixture.remove());

/** @param silentSeconds long, where only memory counts: what grows answers late on a busy machine */
function watchedSpec(name: string, silentSeconds = 2): ProcessSpec {
  const socketPath = join(fixture.paths.run, `${name}.sock`);
  return fixture.serverSpec(name, "", {
    command: [process.execPath, "-e", SERVER, socketPath],
    sockets: [socketPath],
    watch: { socketPath, path: "/", silentSeconds, memoryBytes: 300 * 2 ** 20 },
  });
}

/** Another process than `pid` answers, and the agent knows it. */
function waitForSuccessor(name: string, pid: number) {
  return waitFor(
    "its successor",
    async () => {
      const status = await fixture.status(name);
      const isNew = status?.state === "ready" && (await fixture.ask(name)).pid !== pid;
      return isNew ? status : null;
    },
    { timeoutSeconds: 30 },
  );
}

test("a process that hangs is ended and started anew, over the socket that it left", async () => {
  const agent = await startAgent(fixture.options);
  // Neither does `listen` remove what is there.
  await writeFile(join(fixture.paths.run, "render.sock"), "");
  await agent.startProcess(watchedSpec("render"));
  const { pid } = await fixture.ask("render", "/hang");
  const status = await waitForSuccessor("render", pid);
  expect(status).toMatchObject({
    restarts: 1,
    lastExit: expect.stringMatching(/^was silent for \d+ s$/),
  });
  expect(await fixture.log("agent")).toMatch(
    /render of r1 \(process \d+\) was silent for \d+ s: killed/,
  );
});

test("one that grows is, too, and so is one whose child grows", async () => {
  const agent = await startAgent(fixture.options);
  await agent.startProcess(watchedSpec("render", 60));
  await agent.startProcess(watchedSpec("ssr", 60));
  const render = await fixture.ask("render", "/grow");
  const ssr = await fixture.ask("ssr", "/grow-child");
  for (const [name, { pid }] of [
    ["render", render],
    ["ssr", ssr],
  ] as const) {
    const { lastExit } = await waitForSuccessor(name, pid);
    expect(lastExit).toMatch(/^held \d+ MiB of memory, more than 300 MiB$/);
  }
});

test("an adopted process is watched as well", async () => {
  const agent = await startAgent(fixture.options);
  await agent.startProcess(watchedSpec("render"));
  const { pid } = await fixture.ask("render");
  await fixture.killAgent();
  await ensureAgent(fixture.options);
  await waitFor("its adoption", async () => (await fixture.status("render"))?.state === "ready");
  expect((await fixture.ask("render", "/hang")).pid).toBe(pid);
  expect((await waitForSuccessor("render", pid)).lastExit).toMatch(/^was silent/);
});

test("a process is not watched before it is ready, nor while it finishes", async () => {
  const agent = await startAgent(fixture.options);
  const flag = join(fixture.paths.run, "flag");
  // Never answers, and takes longer than it may be silent: at its start, and at its end.
  const line = `trap 'sleep 3; exit 0' TERM; sleep 3; echo > ${flag}; while :; do sleep 0.1; done`;
  const watch = { socketPath: "/nowhere.sock", path: "/", silentSeconds: 2, memoryBytes: 2 ** 30 };
  const spec = fixture.shellSpec("render", line, { ready: { kind: "file", path: flag }, watch });
  const started = await agent.startProcess(spec);
  expect(started).toMatchObject({ ok: true });
  await agent.stopProcess({ name: "render", release: "r1", wait: true });
  const log = await fixture.log("agent");
  expect(log).toContain("ended: exit code 0");
  expect(log).not.toContain("was silent");
  await access(flag);
});

test("one that answers is left alone, even if the machine sleeps for longer than it may be silent", async () => {
  const agent = await startAgent(fixture.options);
  await agent.startProcess(watchedSpec("render", 3));
  const { pid } = await fixture.ask("render");
  const agentPid = await fixture.agentPid();
  for (const stopped of [agentPid, pid]) process.kill(stopped, "SIGSTOP");
  await sleep(4000);
  process.kill(agentPid, "SIGCONT");
  // It asks once in vain; by the clock that is more than 3 s without an answer.
  await sleep(1300);
  process.kill(pid, "SIGCONT");
  await sleep(1500);
  expect(readProcessStart(pid)).not.toBeNull();
  expect(await fixture.status("render")).toMatchObject({ state: "ready", restarts: 0, pid });
});
