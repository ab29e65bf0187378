/**
 * The agent of one environment: a process of its own that supervises the environment's processes
 * and its Edge. Started by `listen.py`, which gives it the listening socket (descriptor 3) and the
 * environment's lock (descriptor 4). SIGTERM ends everything in order; SIGKILL leaves the children
 * running, to be adopted by the next agent.
 */

import { parseAgentOptions } from "./agent-options.ts";
import { runAgent } from "./run-agent.ts";

// A full disk makes writing to the log fail, which must not end the agent.
process.stderr.on("error", () => undefined);

// biome-ignore lint/style/noProcessEnv: the agent is a program of its own
await runAgent(parseAgentOptions(process.argv[2]), process.env);
