/** An app of `test/fixtures/apps` as a project that a test deploys, kills and looks into. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { AgentStatus, ProcessStatus } from "../../../cli/targets/local/agent/contract.ts";
import { requestOverSocket } from "../../../cli/tools/request-over-socket.ts";
import { findFreePort } from "../../helpers/free-port.ts";
import { type FoundProcess, findProcessesOf } from "../../helpers/processes.ts";
import { createTempProject, type TempProject } from "../../helpers/temp-project.ts";

const apps = join(import.meta.dirname, "../../fixtures/apps");

export interface SurvivalApp extends TempProject {
  /** Address of the environment `local`. */
  readonly origin: string;
  /** Folder of an environment. */
  environmentFolder(environment?: string): string;
  /** Makes the next deploy a changed Python file. */
  setVersion(version: string): Promise<void>;
  /** JSON of a path through the Edge; throws unless the status is a success. */
  read<T>(path: string, method?: "GET" | "POST"): Promise<T>;
  /** What the agent says, asked past the CLI, which would repair. */
  readAgent(environment?: string): Promise<AgentStatus>;
  findProcess(name: string): Promise<ProcessStatus & { readonly pid: number }>;
  /** Processes of the project that belong to none that the agent knows. */
  findStrangers(environment?: string): Promise<readonly FoundProcess[]>;
  /** Every process of the project ends at once, as at a power cut. */
  killEverything(): void;
}

export interface AppOptions {
  /** Written to `.env`. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Environments with a port of their own besides `local`. */
  readonly environments?: readonly string[];
}

export async function createSurvivalApp(
  name: "ledger" | "chores",
  { variables = {}, environments = [] }: AppOptions = {},
): Promise<SurvivalApp> {
  const project = await createTempProject(join(apps, name));
  const { folder } = project;
  const ports = new Map<string, number>();
  for (const each of ["local", ...environments]) ports.set(each, await findFreePort());
  const config = [...ports].map(([each, port]) => [each, { port, workers: 2 }] as const);
  const lines = Object.entries(variables).map(([key, value]) => `${key}=${value}\n`);
  await project.edit("mizan.config.json", () =>
    JSON.stringify({ environments: Object.fromEntries(config) }),
  );
  if (lines.length > 0) await project.edit(".env", () => lines.join(""));
  const origin = `http://127.0.0.1:${ports.get("local")}`;
  const environmentFolder = (environment = "local") => join(folder, ".mizan/env", environment);
  const readAgent = async (environment?: string) => {
    const socketPath = join(environmentFolder(environment), "run/agent.sock");
    const answer = await requestOverSocket({ socketPath, path: "/status", timeoutMs: 5000 });
    return JSON.parse(answer.body) as AgentStatus; // contract.ts: GET /status
  };
  return {
    ...project,
    origin,
    environmentFolder,
    readAgent,
    setVersion: (version) => project.edit("config/version.py", () => `VERSION = "${version}"\n`),
    read: async <T>(path: string, method = "GET") => {
      const answer = await fetch(origin + path, { method });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as T; // the fixture's own JSON
    },
    findProcess: async (wanted) => {
      const { processes } = await readAgent();
      const found = processes.find((each) => each.name === wanted);
      if (found === undefined || found.pid === null) throw new Error(`no process ${wanted}`);
      return { ...found, pid: found.pid };
    },
    findStrangers: async (environment) => {
      const status = await readAgent(environment).catch(() => null);
      const pids = status?.processes.flatMap((each) => each.pid ?? []) ?? [];
      const known = new Set([...pids, ...(status === null ? [] : [status.pid])]);
      return findProcessesOf(environmentFolder(environment)).filter(
        ({ pid }) => !hasAncestor(pid, known),
      );
    },
    killEverything: () => {
      for (const { pid } of findProcessesOf(folder)) killProcess(pid);
    },
  };
}

/** SIGKILL; a process that has ended is success. */
export function killProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // it has ended by itself
  }
}

/** Whether a process or one of its ancestors is among `pids`. One that ends meanwhile counts. */
function hasAncestor(pid: number, pids: ReadonlySet<number>): boolean {
  for (let each = pid; each > 1; each = readParent(each)) {
    if (pids.has(each)) return true;
    if (readParent(each) === 0) return true;
  }
  return false;
}

/** 0: it has ended. */
function readParent(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" ? 0 : Number(parent);
  } catch {
    return 0; // gone
  }
}

/** Names in a folder, sorted. */
export function listNames(folder: string): readonly string[] {
  return readdirSync(folder).sort();
}
