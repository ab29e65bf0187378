import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import {
  isProcessAlive,
  parseProcessStat,
  readProcessStart,
} from "../../../../../../cli/targets/local/agent/process-identity.ts";

test("the fields of a process are found whatever its name holds", () => {
  const rest = "S 1 4711 4711 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1 2 3";
  const expected = { pid: 42, state: "S", groupId: 4711, threads: 1, startTicks: 987654 };
  expect(parseProcessStat(`42 (node) ${rest}`)).toEqual(expected);
  expect(parseProcessStat(`42 (a) S (b ) c) ${rest}`)).toEqual(expected);
});

test("a process is alive while it runs, and not under another start time", async () => {
  const child = spawn("sleep", ["600"]);
  const pid = child.pid ?? 0;
  const start = readProcessStart(pid);
  expect(start).not.toBeNull();
  expect(isProcessAlive({ pid, start: start ?? "" })).toBe(true);
  expect(isProcessAlive({ pid, start: `${start}0` })).toBe(false);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(readProcessStart(pid)).toBeNull();
});

test.runIf(process.platform === "linux")("a zombie is dead", async () => {
  // The shell starts a child that ends at once, and is replaced by a program that collects nobody.
  const shell = spawn("sh", ["-c", "true & echo $!; exec sleep 600"]);
  const [line] = await once(shell.stdout, "data");
  const pid = Number(String(line));
  await expect.poll(() => readProcessStart(pid)).toBeNull();
  shell.kill("SIGKILL");
});
