/** A workerd with one worker on a free port, and the processor time that it has used. */

import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { findWorkerd } from "../../../cli/targets/local/agent/workerd-path.ts";

export interface WorkerdProcess {
  readonly port: number;
  readonly child: ChildProcess;
}

/**
 * @param config with a socket named `http`
 * @param address of that: any free port, or `unix:<path>`; the port is 0 then
 */
export async function startWorkerd(
  config: string,
  configPath: string,
  address = "127.0.0.1:0",
): Promise<WorkerdProcess> {
  writeFileSync(configPath, config);
  const options = ["--socket-addr", `http=${address}`, "--control-fd", "3"];
  const child = spawn(findWorkerd(), ["serve", configPath, ...options], {
    stdio: ["ignore", "ignore", "inherit", "pipe"],
  });
  for await (const line of createInterface({ input: child.stdio[3] as Readable })) {
    const { socket, port }: { socket: string; port: number } = JSON.parse(line);
    if (socket === "http") return { port, child };
  }
  throw new Error("workerd did not start");
}

/**
 * Of all its threads and of its children (nginx has a worker), kernel included: unlike requests per
 * second it hardly depends on what else the machine does.
 */
export function readCpuMs({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error("the process was not started");
  return readTreeCpuMs(pid);
}

function readTreeCpuMs(pid: number): number {
  const folder = `/proc/${pid}/task`;
  const sums = readdirSync(folder).map((task) => {
    const [nanoseconds] = readFileSync(`${folder}/${task}/schedstat`, "utf8").split(" ");
    const children = readFileSync(`${folder}/${task}/children`, "utf8").split(" ").filter(Boolean);
    const ofChildren = children.map((child) => readTreeCpuMs(Number(child)));
    return ofChildren.reduce((sum, ms) => sum + ms, Number(nanoseconds) / 1e6);
  });
  return sums.reduce((sum, ms) => sum + ms, 0);
}

export function readResidentBytes({ pid }: ChildProcess): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
}
