/** The agent keeps the Edge running, on one listening socket that outlives it. */

import { Agent, request } from "node:http";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connectAgent } from "../../../cli/targets/local/agent/agent-client.ts";
import { readProcessStart } from "../../../cli/targets/local/agent/process-identity.ts";
import { ensureAgent, startAgent } from "../../../cli/targets/local/agent/start-agent.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { AgentFixture } from "./agent-fixture.ts";

let fixture: AgentFixture;
beforeEach(async () => {
  fixture = await AgentFixture.create();
});
afterEach(() => fixture.remove());

/** One request on a connection of its own. */
function fetchText(path = "/"): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(`${fixture.url}${path}`, { agent: new Agent() }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("error", reject);
      response.on("end", () => resolve(text));
    });
    asked.on("error", reject);
    asked.end();
  });
}

/** Asks every 10 ms, each time on a new connection, until told to end. */
function askSteadily() {
  let running = true;
  const asked: Promise<string>[] = [];
  const loop = (async () => {
    while (running) {
      asked.push(fetchText().catch((error: Error) => `error: ${error.message}`));
      await sleep(10);
    }
  })();
  return async () => {
    running = false;
    await loop;
    return Promise.all(asked);
  };
}

async function edgePid(): Promise<number> {
  const status = await waitFor("a ready Edge", async () => {
    const found = await fixture.status("edge");
    return found?.state === "ready" ? found : null;
  });
  return status.pid ?? 0;
}

test("the Edge starts with the first state, and takes later ones without a restart", async () => {
  const agent = await startAgent(fixture.options);
  await agent.putEdge(fixture.edgeState("r1"));
  expect(await fetchText()).toBe("r1");
  const pid = await edgePid();
  await agent.putEdge(fixture.edgeState("r2"));
  expect(await fetchText()).toBe("r2");
  expect(await edgePid()).toBe(pid);
  expect((await agent.readEdge()).release).toBe("r2");
  expect((await agent.status()).edgeRelease).toBe("r2");
});

test("a state that the Edge refuses changes nothing", async () => {
  const agent = await startAgent(fixture.options);
  await agent.putEdge(fixture.edgeState("r1"));
  const { live } = fixture.edgeState("r2");
  const refused = agent.putEdge({ version: 1, live: { ...live, slot: 99 }, kept: [] });
  await expect(refused).rejects.toMatchObject({
    code: "SERVICE_FAILED",
    message: expect.stringContaining("live.slot"),
  });
  expect((await agent.status()).edgeRelease).toBe("r1");
  process.kill(await edgePid(), "SIGKILL");
  expect(await waitFor("an answer", () => fetchText())).toBe("r1");
});

test("kill -9 of the Edge: no connection is refused, and it comes back with its last state", async () => {
  const agent = await startAgent(fixture.options);
  await agent.putEdge(fixture.edgeState("r1"));
  await agent.putEdge(fixture.edgeState("r2"));
  const pid = await edgePid();
  const stop = askSteadily();
  await sleep(200);
  process.kill(pid, "SIGKILL");
  const killedAtMs = performance.now();
  await waitFor("an answer", () => fetchText(), { intervalMs: 5 });
  const backAfterMs = performance.now() - killedAtMs;
  await sleep(300);
  const answers = await stop();
  expect(backAfterMs).toBeLessThan(2000);
  expect(answers.filter((answer) => answer.includes("ECONNREFUSED"))).toEqual([]);
  // Only what the killed process held in its hands is lost.
  expect(answers.filter((answer) => answer !== "r2").length).toBeLessThanOrEqual(3);
  expect(await edgePid()).not.toBe(pid);
});

test("an Edge that hangs is killed and started again", { timeout: 60_000 }, async () => {
  const agent = await startAgent(fixture.options);
  await agent.putEdge(fixture.edgeState("r1"));
  process.kill(await edgePid(), "SIGSTOP");
  const answer = waitFor("an answer", () => fetchText(), { timeoutSeconds: 30 });
  expect(await answer).toBe("r1");
  expect(await fixture.status("edge")).toMatchObject({ restarts: 1 });
});

test("kill -9 of the agent: the Edge stays up, and the next agent has the socket again", async () => {
  const first = await startAgent(fixture.options);
  await first.putEdge(fixture.edgeState("r1"));
  const pid = await edgePid();
  await fixture.killAgent();
  expect(await fetchText()).toBe("r1");
  const next = await ensureAgent(fixture.options);
  expect((await next.status()).edgeRelease).toBe("r1");
  expect(await edgePid()).toBe(pid);
  await next.putEdge(fixture.edgeState("r2"));
  const stop = askSteadily();
  process.kill(pid, "SIGKILL");
  await waitFor("another Edge", async () => (await edgePid()) !== pid);
  const answers = await stop();
  const isCopied = (await fixture.log("agent")).match(/with the listening socket/g)?.length === 2;
  if (isCopied) expect(answers.filter((one) => one.includes("ECONNREFUSED"))).toEqual([]);
  expect(await fetchText()).toBe("r2");
});

test("an agent without the socket starts a dead Edge on a new one", async () => {
  const first = await startAgent(fixture.options);
  await first.putEdge(fixture.edgeState("r1"));
  const pid = await edgePid();
  await first.handOver({ next: null });
  // As where the kernel forbids copying a descriptor: --from names a process without one.
  const { startAgentWithoutSocket } = await import("./start-without-socket.ts");
  await startAgentWithoutSocket(fixture);
  expect(await fixture.log("agent")).toContain("without the listening socket");
  process.kill(pid, "SIGKILL");
  expect(await waitFor("an answer", () => fetchText())).toBe("r1");
});

test("kill -9 of the agent and the Edge: the next command brings both back", async () => {
  const first = await startAgent(fixture.options);
  await first.putEdge(fixture.edgeState("r1"));
  const pid = await edgePid();
  await fixture.killAgent();
  process.kill(pid, "SIGKILL");
  await ensureAgent(fixture.options);
  expect(await waitFor("an answer", () => fetchText())).toBe("r1");
});

test("a new Edge bundle replaces the Edge without a lost request", async () => {
  const first = await startAgent(fixture.options);
  await first.putEdge(fixture.edgeState("r1"));
  const pid = await edgePid();
  const stop = askSteadily();
  const slow = fetchText("/slow");
  await sleep(100);
  const edgeScript = await fixture.writeNewEdgeScript();
  const next = await ensureAgent({ ...fixture.options, edgeScript, mizanVersion: "0.2.0" });
  await waitFor("the new Edge", async () => (await edgePid()) !== pid);
  await next.putEdge(fixture.edgeState("r2"));
  expect(await fetchText()).toBe("r2");
  expect(await slow).toBe("r1");
  await waitFor("the old Edge's end", () => readProcessStart(pid) === null);
  const answers = await stop();
  expect(answers.filter((one) => one !== "r1" && one !== "r2")).toEqual([]);
});

test("another port: the Edge moves there", async () => {
  const first = await startAgent(fixture.options);
  await first.putEdge(fixture.edgeState("r1"));
  const before = fixture.url;
  const moved = await AgentFixture.create();
  await moved.remove();
  const next = await ensureAgent({ ...fixture.options, port: moved.options.port });
  expect(await next.status()).toMatchObject({ port: moved.options.port, edgeRelease: "r1" });
  await waitFor("the new port", () => fetch(moved.url).then((answer) => answer.ok));
  await waitFor("the old port's end", () =>
    fetch(before).then(
      () => false,
      () => true,
    ),
  );
});

test("a taken port is an error that names who has it", async () => {
  const server = createServer().listen(fixture.options.port, "127.0.0.1");
  try {
    await expect(startAgent(fixture.options)).rejects.toMatchObject({
      code: "PORT_TAKEN",
      exitCode: 5,
      message: expect.stringContaining(`process ${process.pid}`),
      hint: expect.stringContaining('"port"'),
    });
    expect(await connectAgent(fixture.paths)).toBeNull();
  } finally {
    server.close();
  }
});

test("an address of another machine is an error of the configuration", async () => {
  await expect(startAgent({ ...fixture.options, host: "192.0.2.1" })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
  });
});

test("shutdown ends the Edge, the processes and the agent; nothing listens any more", async () => {
  const agent = await startAgent(fixture.options);
  await agent.startProcess(fixture.serverSpec("origin"));
  await agent.putEdge(fixture.edgeState("r1"));
  await agent.shutdown();
  await expect(fetchText()).rejects.toThrow("ECONNREFUSED");
});
