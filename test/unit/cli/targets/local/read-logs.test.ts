import { appendFile, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  followLog,
  listLogFiles,
  readLastLines,
  readLogTail,
} from "../../../../../cli/targets/local/read-logs.ts";
import { waitFor } from "../../../../helpers/wait-for.ts";

/** Longer than the 200 ms between two looks at a file. */
const A_LOOK_MS = 300;

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mz-logs-"));
  path = join(folder, "origin-r1.log");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Follows `path` while `act` works; returns the lines. */
async function follow(
  fromByte: number,
  act: (lines: string[]) => Promise<void>,
): Promise<string[]> {
  const lines: string[] = [];
  const stop = new AbortController();
  const following = followLog(path, fromByte, stop.signal, (line) => lines.push(line));
  await act(lines);
  stop.abort();
  await following;
  return lines;
}

const untilSeen = (lines: string[], last: string) => waitFor(last, () => lines.at(-1) === last);

describe("the end of a log", () => {
  it("is its last complete lines, and what stands behind them", async () => {
    await writeFile(path, "one\ntwo\n\nthree\nhal");
    expect(await readLastLines(path, 3)).toEqual({
      lines: ["two", "", "three"],
      unfinished: "hal",
      endByte: 15,
    });
    expect(await readLastLines(path, 0)).toEqual({ lines: [], unfinished: "hal", endByte: 15 });
    expect((await readLastLines(path, 99)).lines).toEqual(["one", "two", "", "three"]);
  });

  it("is empty for an empty file", async () => {
    await writeFile(path, "");
    expect(await readLastLines(path, 10)).toEqual({ lines: [], unfinished: "", endByte: 0 });
  });

  it("leaves out the line that the start of the tail cuts, unless there is no other", async () => {
    await writeFile(path, `${"ü".repeat(600_000)}\nlast\n`);
    expect((await readLastLines(path, 10)).lines).toEqual(["last"]);
    await writeFile(path, `${"x".repeat(1_200_000)}\n`);
    expect((await readLastLines(path, 10)).lines[0]).toMatch(/^x{1000000,}$/);
  });

  it("is 40 lines for an error, the unfinished one too, and nothing where nothing was written", async () => {
    const numbers = Array.from({ length: 60 }, (_, index) => String(index));
    await writeFile(path, `${numbers.join("\n")}\nTrace`);
    const tail = (await readLogTail(folder, "origin", "r1")).split("\n");
    expect(tail).toEqual([...numbers.slice(-40), "Trace"]);
    expect(await readLogTail(folder, "origin", "r2")).toBe("");
    expect(await readLogTail(join(folder, "gone"), "origin", "r1")).toBe("");
  });
});

describe("the log files of an environment", () => {
  it("are named by process and release", async () => {
    for (const name of ["worker-r1.log", "edge.log", "origin-r1.log.1", "notes.txt"]) {
      await writeFile(join(folder, name), "");
    }
    await writeFile(path, "");
    expect((await listLogFiles(folder)).map(({ process, release }) => [process, release])).toEqual([
      ["edge", null],
      ["origin", "r1"],
      ["worker", "r1"],
    ]);
    expect(await listLogFiles(join(folder, "gone"))).toEqual([]);
  });
});

describe("following a log", () => {
  it("gives each new line once, and a line only when it is complete", async () => {
    await writeFile(path, "old\nbeg");
    const { endByte } = await readLastLines(path, 10);
    const lines = await follow(endByte, async (seen) => {
      await appendFile(path, "in");
      await sleep(A_LOOK_MS);
      expect(seen).toEqual([]);
      await appendFile(path, "ning\nnext\nno end");
      await untilSeen(seen, "next");
    });
    expect(lines).toEqual(["beginning", "next"]);
  });

  it("puts characters together that were written in pieces", async () => {
    await writeFile(path, "");
    const bytes = Buffer.from("salām 🐍 語\n");
    const lines = await follow(0, async (seen) => {
      for (const byte of bytes) {
        await appendFile(path, Buffer.of(byte));
        if (byte > 127) await sleep(60);
      }
      await untilSeen(seen, "salām 🐍 語");
    });
    expect(lines).toEqual(["salām 🐍 語"]);
  });

  it("starts over where the rotation truncated the file", async () => {
    await writeFile(path, "a long line that will be gone\nhalf of ano");
    const { endByte } = await readLastLines(path, 0);
    const lines = await follow(endByte, async (seen) => {
      await truncate(path);
      await sleep(A_LOOK_MS);
      await appendFile(path, "fresh\n");
      await untilSeen(seen, "fresh");
      await appendFile(path, "and more\n");
      await untilSeen(seen, "and more");
    });
    expect(lines).toEqual(["fresh", "and more"]);
  });

  it("ends when the file is removed, and when it never was there", async () => {
    await writeFile(path, "one\n");
    const signal = AbortSignal.timeout(10_000);
    const lines: string[] = [];
    const following = followLog(path, 0, signal, (line) => lines.push(line));
    await untilSeen(lines, "one");
    await rm(path);
    await following;
    await followLog(path, 0, signal, (line) => lines.push(line));
    expect(lines).toEqual(["one"]);
    expect(signal.aborted).toBe(false);
  });

  it("gives all of a burst that is larger than what one look reads", async () => {
    const line = "x".repeat(9_999);
    await writeFile(path, `${line}\n`.repeat(350));
    const lines = await follow(0, async (seen) => {
      await waitFor("all lines", () => seen.length === 350);
    });
    expect(lines.every((each) => each === line)).toBe(true);
  });

  it("gives a line in pieces that is larger than what one look reads", async () => {
    await writeFile(path, `${"y".repeat(2_500_000)}\n`);
    const lines = await follow(0, async (seen) => {
      await waitFor("the whole line", () => seen.join("").length === 2_500_000);
    });
    expect(lines.join("")).toBe("y".repeat(2_500_000));
  });
});
