/** The cache across processes of the Edge: quarantine, holds, a new bundle (edge-consistency 5, 6). */

import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readProcessStart } from "../../../cli/targets/local/agent/process-identity.ts";
import { ensureAgent, startAgent } from "../../../cli/targets/local/agent/start-agent.ts";
import { bumpEdge } from "../../../cli/targets/local/edge/edge-control.ts";
import type { EdgeState } from "../../../edge/cache/contract.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { contextPath, POLICY, SECRETS } from "../edge/mizan-app.ts";
import { AgentFixture, LOST_LATE_PATH, LOST_PATH } from "./agent-fixture.ts";

const NEWS = contextPath("news");
let fixture: AgentFixture;
beforeEach(async () => {
  fixture = await AgentFixture.create();
});
afterEach(() => fixture.remove());

/** H is 2 + 1 + 2 s. */
function mizanState(): EdgeState {
  const { options } = fixture;
  const hosts = [`${options.host}:${options.port}`];
  const mizan = { ...POLICY, hosts, requestLimitSeconds: 1 };
  const state = fixture.edgeState("r1");
  return { ...state, live: { ...state.live, mizan }, secrets: SECRETS };
}

async function mark(): Promise<string | null> {
  const answer = await fetch(`${fixture.url}${NEWS}`, { headers: { connection: "close" } });
  await answer.text();
  return answer.headers.get("x-mizan-edge");
}

async function markOnce(): Promise<string | null> {
  return waitFor("an answer", () => mark().catch(() => null));
}

async function edgePid(): Promise<number> {
  const status = await waitFor("a ready Edge", async () => {
    const found = await fixture.status("edge");
    return found?.state === "ready" ? found : null;
  });
  return status.pid ?? 0;
}

test("kill -9: bypass until nothing can commit any more, then hits, without a command", async () => {
  const agent = await startAgent(fixture.options);
  await agent.startProcess(fixture.serverSpec("origin"));
  await agent.putEdge(mizanState());
  expect([await mark(), await mark()]).toEqual(["MISS", "HIT"]);
  const { incarnation } = (await agent.readEdge()).cache ?? {};
  process.kill(await edgePid(), "SIGKILL");
  const killedAtMs = Date.now();
  expect(await markOnce()).toBe("BYPASS; reason=quarantine");
  expect(Date.now() - killedAtMs).toBeLessThan(2000);
  await waitFor("the end", async () => (await mark()) === "MISS", { timeoutSeconds: 10 });
  expect(Date.now() - killedAtMs).toBeGreaterThan(5000);
  expect(await mark()).toBe("HIT");
  expect((await agent.readEdge()).cache?.incarnation).not.toBe(incarnation);
});

test("no quarantine when every origin process was started after the Edge's death", async () => {
  const first = await startAgent(fixture.options);
  await first.startProcess(fixture.serverSpec("origin"));
  await first.putEdge(mizanState());
  await first.shutdown();
  const next = await ensureAgent(fixture.options);
  await next.startProcess(fixture.serverSpec("origin"));
  await next.putEdge(mizanState());
  expect([await mark(), await mark()]).toEqual(["MISS", "HIT"]);
});

test("kill -9 of agent and Edge while the origin lives: quarantine, though another agent starts it", async () => {
  const first = await startAgent(fixture.options);
  await first.startProcess(fixture.serverSpec("origin"));
  await first.putEdge(mizanState());
  expect([await mark(), await mark()]).toEqual(["MISS", "HIT"]);
  const pid = await edgePid();
  await fixture.killAgent();
  process.kill(pid, "SIGKILL");
  await ensureAgent(fixture.options);
  expect(await markOnce()).toBe("BYPASS; reason=quarantine");
});

test("holds outlive the process that was told, and end when they are released", async () => {
  const agent = await startAgent(fixture.options);
  await agent.putEdge(mizanState());
  expect([await mark(), await mark()]).toEqual(["MISS", "HIT"]);
  await agent.holdEdge({ action: "hold", id: "deploy", scope: ["news"], untilMs: null });
  expect(await mark()).toBe("BYPASS; reason=held");
  process.kill(await edgePid(), "SIGKILL");
  expect(await markOnce()).toBe("BYPASS; reason=held");
  await agent.holdEdge({ action: "release", id: "deploy" });
  expect([await mark(), await mark()]).toEqual(["MISS", "HIT"]);
  process.kill(await edgePid(), "SIGKILL");
  expect(await markOnce()).toBe("MISS");
});

test("a new bundle: neither process uses its cache until the old one has ended, then hits", async () => {
  const first = await startAgent(fixture.options);
  await first.startProcess(fixture.serverSpec("origin"));
  await first.putEdge(mizanState());
  expect([await mark(), await mark()]).toEqual(["MISS", "HIT"]);
  const pid = await edgePid();
  // Something that the old one still has to see to its end.
  const slow = fetch(`${fixture.url}/slow`).then((answer) => answer.text());
  await sleep(100);
  const edgeScript = await fixture.writeNewEdgeScript();
  const next = await ensureAgent({ ...fixture.options, edgeScript, mizanVersion: "0.2.0" });
  await waitFor("the new Edge", async () => (await edgePid()) !== pid);
  const seen: (string | null)[] = [];
  // workerd resets a connection that it has taken and not yet read from when it is told to end.
  while (readProcessStart(pid) !== null) seen.push(await mark().catch(() => "reset"));
  expect(seen.filter((one) => one !== "BYPASS; reason=held" && one !== "reset")).toEqual([]);
  expect(seen.filter((one) => one === "reset").length).toBeLessThanOrEqual(1);
  expect(seen.length).toBeGreaterThan(1);
  expect(await slow).toBe("r1");
  const endedAtMs = Date.now();
  await waitFor("hits", async () => (await mark()) === "HIT");
  expect(Date.now() - endedAtMs).toBeLessThan(2000);
  expect((await next.readEdge()).cache).toMatchObject({ holds: [], quarantineUntilMs: null });
});

test("a new bundle while an outcome is unknown: the old one's end releases nothing", async () => {
  const first = await startAgent(fixture.options);
  await first.putEdge(mizanState());
  expect([await mark(), await mark()]).toEqual(["MISS", "HIT"]);
  const pid = await edgePid();
  const headers = { connection: "close" };
  const lost = await fetch(`${fixture.url}${LOST_PATH}`, { method: "POST", headers });
  expect([lost.status, await mark()]).toEqual([502, "BYPASS; reason=dirty"]);
  const edgeScript = await fixture.writeNewEdgeScript();
  const next = await ensureAgent({ ...fixture.options, edgeScript, mizanVersion: "0.2.0" });
  await waitFor("the old one's end", () => readProcessStart(pid) === null);
  await sleep(500);
  expect(await mark()).toBe("BYPASS; reason=held");
  expect((await next.readEdge()).cache?.holds).toEqual(["edge-replacement"]);
});

test("a new bundle while a mutation is under way that is lost then: the old one's end releases nothing", async () => {
  const first = await startAgent(fixture.options);
  await first.putEdge(mizanState());
  const pid = await edgePid();
  const headers = { connection: "close" };
  const lost = fetch(`${fixture.url}${LOST_LATE_PATH}`, { method: "POST", headers });
  await sleep(100);
  const edgeScript = await fixture.writeNewEdgeScript();
  const next = await ensureAgent({ ...fixture.options, edgeScript, mizanVersion: "0.2.0" });
  expect((await lost).status).toBe(502);
  await waitFor("the old one's end", () => readProcessStart(pid) === null);
  await sleep(500);
  expect(await mark()).toBe("BYPASS; reason=held");
  expect((await next.readEdge()).cache?.holds).toEqual(["edge-replacement"]);
});

test("holds that nobody runs for are given to the process that comes", async () => {
  const agent = await startAgent(fixture.options);
  await agent.holdEdge({ action: "hold", id: "deploy", scope: ["news"], untilMs: null });
  await agent.holdEdge({ action: "hold", id: "other", scope: "*", untilMs: null });
  await agent.holdEdge({ action: "release", id: "other" });
  await agent.putEdge(mizanState());
  expect(await mark()).toBe("BYPASS; reason=held");
  expect((await agent.readEdge()).cache?.holds).toEqual(["deploy"]);
});

test("secrets stand in files that nobody else reads, and in no configuration", async () => {
  const agent = await startAgent(fixture.options);
  await agent.putEdge(mizanState());
  await bumpEdge(fixture.paths.edgeControlSocket, { targets: "*" });
  const state = join(fixture.paths.folder, "edge-state.json");
  for (const file of [
    state,
    fixture.paths.edgeConfig,
    join(fixture.paths.folder, "edge-life.json"),
  ]) {
    expect((await stat(file)).mode & 0o777, file).toBe(0o600);
  }
  expect(await readFile(state, "utf8")).toContain("edge-secret-1");
  expect(await readFile(fixture.paths.edgeConfig, "utf8")).not.toContain("secret-1");
});
