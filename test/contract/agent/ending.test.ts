/** The end of an agent: whoever asked for it, nothing of it stays or stands in the way of the next one. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readProcessStart } from "../../../cli/targets/local/agent/process-identity.ts";
import { startAgent } from "../../../cli/targets/local/agent/start-agent.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { AgentFixture } from "./agent-fixture.ts";

/** Longer than the time between two looks at the Edge. */
const AFTER_A_LOOK_MS = 3300;

let fixture: AgentFixture;

beforeEach(async () => {
  fixture = await AgentFixture.create();
});

afterEach(() => fixture.remove());

test("an agent whose caller died meanwhile ends all the same", async () => {
  const agent = await startAgent(fixture.options);
  await agent.startProcess(
    fixture.shellSpec("slow", "trap 'sleep 0.5; exit' TERM; while :; do sleep 0.1; done", {
      ready: { kind: "command", command: ["/bin/true"] },
    }),
  );
  const pid = await fixture.agentPid();
  const asked = request({
    socketPath: fixture.paths.agentSocket,
    path: "/shutdown",
    method: "POST",
  });
  asked.on("error", () => undefined); // we cut it ourselves
  asked.end("{}");
  await sleep(100);
  asked.destroy();
  await waitFor("the agent's end", () => readProcessStart(pid) === null, { timeoutSeconds: 3 });
});

test.each(["told after it", "with everything"])(
  "what a process needs until its end is ended after it: %s",
  async (how) => {
    const agent = await startAgent(fixture.options);
    const ends = join(fixture.root, "ends");
    const buildScript = (name: string, seconds: number) =>
      `trap 'sleep ${seconds}; echo ${name} >> ${ends}; exit' TERM; while :; do sleep 0.05; done`;
    const ready = { kind: "command", command: ["/bin/true"] } as const;
    const change = { release: "r1", ready };
    const helper = { ...change, neededBy: ["origin"] };
    await agent.startProcess(fixture.shellSpec("ssr", buildScript("ssr", 0), helper));
    await agent.startProcess(fixture.shellSpec("origin", buildScript("origin", 0.5), change));
    if (how === "with everything") await agent.shutdown();
    else {
      await agent.stopProcess({ name: "origin", release: "r1", wait: false });
      await agent.stopProcess({ name: "ssr", release: "r1", wait: true });
    }
    expect(await readFile(ends, "utf8")).toBe("origin\nssr\n");
  },
);

test("an agent with an Edge ends at once", async () => {
  const agent = await startAgent(fixture.options);
  await agent.putEdge(fixture.edgeState("r1"));
  await sleep(AFTER_A_LOOK_MS);
  const startedAtMs = performance.now();
  await agent.shutdown();
  expect(performance.now() - startedAtMs).toBeLessThan(1500);
});

test("a start that falls into the end of the agent before waits for its place", async () => {
  const hold =
    "import fcntl, sys, time; lock = open(sys.argv[1], 'w'); fcntl.flock(lock, 2); print(); sys.stdout.flush(); time.sleep(1)";
  const holder = spawn(fixture.options.python, ["-c", hold, join(fixture.paths.run, "agent.lock")]);
  await once(holder.stdout, "data");
  const agent = await startAgent(fixture.options);
  expect((await agent.status()).port).toBe(fixture.options.port);
});
