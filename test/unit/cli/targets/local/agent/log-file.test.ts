import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readLogTail, rotateLog } from "../../../../../../cli/targets/local/agent/log-file.ts";

let folder: string;
let log: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mz-"));
  log = join(folder, "a.log");
});
afterEach(() => rm(folder, { recursive: true }));

test("the tail holds the last lines since a start, and none of the time before", async () => {
  await writeFile(log, "before\n");
  await appendFile(log, "one\ntwo\nthree\n");
  expect(readLogTail(log, 7, 40)).toBe("one\ntwo\nthree");
  expect(readLogTail(log, 7, 2)).toBe("two\nthree");
});

test("a log that was truncated since the start is read from its beginning", async () => {
  await writeFile(log, "after\n");
  expect(readLogTail(log, 1000, 40)).toBe("after");
});

test("of a huge log only the end is read, and a missing one has no lines", async () => {
  await writeFile(log, `${"x".repeat(1_000_000)}\nlast\n`);
  const tail = readLogTail(log, 0, 40);
  expect(tail.length).toBeLessThan(70_000);
  expect(tail.endsWith("\nlast")).toBe(true);
  expect(readLogTail(join(folder, "none.log"), 0, 40)).toBe("");
});

test("a log below the limit stays, one above is set aside", async () => {
  await writeFile(log, "12345");
  expect(await rotateLog(log, 5)).toBe(false);
  expect(await rotateLog(log, 4)).toBe(true);
  expect(await readFile(`${log}.1`, "utf8")).toBe("12345");
  expect(await readFile(log, "utf8")).toBe("");
  expect(await rotateLog(join(folder, "none.log"), 4)).toBe(false);
});
