import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openEnvironmentState } from "../../../cli/state/environment-state.ts";
import { readLeaseOwner } from "../../../cli/state/lease-owner.ts";

const CHILD = fileURLToPath(new URL("./lease-child.ts", import.meta.url));

let folder: string;
let children: ChildProcess[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mizan-lease-"));
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

function startChild(...args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [CHILD, join(folder, "state"), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  return child;
}

async function startHolder(): Promise<ChildProcess> {
  const child = startChild("hold");
  await once(child.stdout ?? child, "data");
  return child;
}

async function lock() {
  const state = await openEnvironmentState(join(folder, "state"), "0.1.0");
  return state.lock({
    owner: readLeaseOwner("rollback", {}),
    waitSeconds: null,
    signal: new AbortController().signal,
    nowMs: Date.now,
  });
}

describe("lease between processes", () => {
  it("lets 20 waiting processes through one at a time, all of them", {
    timeout: 90_000,
  }, async () => {
    const logFile = join(folder, "log");
    const workers = Array.from({ length: 20 }, () => startChild("work", logFile));
    const exits = await Promise.all(workers.map((worker) => once(worker, "exit")));
    expect(exits.map(([code]) => code)).toEqual(Array(20).fill(0));
    const lines = (await readFile(logFile, "utf8")).trim().split("\n");
    const entered = lines.filter((_, index) => index % 2 === 0);
    expect(lines).toEqual(entered.flatMap((line) => [line, line.replace("enter", "leave")]));
    const pids = workers.map((worker) => `enter ${worker.pid}`);
    expect([...entered].sort()).toEqual(pids.sort());
  });

  it("is held against others while its process lives", async () => {
    const holder = await startHolder();
    await expect(lock()).rejects.toMatchObject({
      code: "ENVIRONMENT_LOCKED",
      details: { pid: holder.pid, command: "mizan deploy" },
    });
  });

  it("is held by a process that is stopped: it may go on", async () => {
    const holder = await startHolder();
    holder.kill("SIGSTOP");
    await expect(lock()).rejects.toMatchObject({ code: "ENVIRONMENT_LOCKED" });
  });

  it("is free at once when its holder was killed", async () => {
    const holder = await startHolder();
    holder.kill("SIGKILL");
    await once(holder, "exit");
    await (await lock()).release();
  });
});
