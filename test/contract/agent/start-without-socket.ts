/** Starts an agent as on a machine where it cannot copy the listening socket of a running Edge. */

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { openSync } from "node:fs";
import { join } from "node:path";
import { connectAgent } from "../../../cli/targets/local/agent/agent-client.ts";
import type { AgentOptions } from "../../../cli/targets/local/agent/agent-options.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import type { AgentFixture } from "./agent-fixture.ts";

export async function startAgentWithoutSocket(fixture: AgentFixture): Promise<void> {
  const { paths, host, port, python, listenScript, workerdPath, edgeScript } = fixture.options;
  const options: AgentOptions = {
    folder: paths.folder,
    host,
    port,
    python,
    listenScript,
    workerdPath,
    edgeScript,
    mizanVersion: "0.1.0",
    baseEnv: { PATH: "/usr/bin:/bin" },
    logLimitBytes: 1_000_000,
    startedWith: createHash("sha256").digest("hex"),
  };
  const log = openSync(join(paths.logs, "agent.log"), "a");
  const agent = [fixture.options.nodePath, fixture.options.agentScript, JSON.stringify(options)];
  const args = [
    listenScript,
    "--lock",
    join(paths.run, "agent.lock"),
    "--from",
    String(process.pid),
  ];
  spawn(python, [...args, host, String(port), "--", ...agent], {
    cwd: paths.folder,
    detached: true,
    stdio: ["ignore", log, log],
  }).unref();
  await waitFor("the agent", async () => (await connectAgent(paths)) !== null);
}
