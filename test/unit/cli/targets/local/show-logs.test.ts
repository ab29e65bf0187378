import { appendFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { moveCurrent } from "../../../../../cli/state/pointer.ts";
import { showLogs } from "../../../../../cli/targets/local/show-logs.ts";
import { waitFor } from "../../../../helpers/wait-for.ts";
import { openTestSession, type TestSession } from "./test-session.ts";

let opened: TestSession;
beforeEach(async () => {
  opened = await openTestSession();
  const { paths, store } = opened.session;
  await mkdir(paths.logs, { recursive: true });
  await moveCurrent(store, { from: null, to: "r1", nowMs: Date.now() });
  await write("edge.log", "served\n");
  await write("origin-r0.log", "an older release\n");
  await write("origin-r1.log", "one\ntwo\nhalf");
  await write("migrate-r1.log", "applied\n");
});
afterEach(() => opened.remove());

const write = (name: string, text: string) =>
  writeFile(join(opened.session.paths.logs, name), text);

async function show(options: { process?: string; lines?: number } = {}): Promise<string[]> {
  const shown: string[] = [];
  const wanted = { follow: false, process: options.process ?? null, lines: options.lines ?? 100 };
  await showLogs(opened.session, wanted, (process, line) => shown.push(`${process}: ${line}`));
  return shown;
}

describe("mizan logs", () => {
  it("shows the live release's processes and the environment's own, not the steps of building", async () => {
    expect(await show()).toEqual(["edge: served", "origin: one", "origin: two", "origin: half"]);
  });

  it("shows the last lines only, of one process only", async () => {
    expect(await show({ process: "origin", lines: 1 })).toEqual(["origin: two", "origin: half"]);
    expect(await show({ process: "migrate" })).toEqual(["migrate: applied"]);
  });

  it("names the logs that there are for a process that has none", async () => {
    await expect(show({ process: "orign" })).rejects.toMatchObject({
      code: "USAGE",
      message: 'There is no log of "orign".',
      hint: "There are: edge, migrate, origin",
    });
  });

  it("says so where nothing was ever written", async () => {
    await rm(opened.session.paths.logs, { recursive: true });
    expect(await show()).toEqual([]);
    expect(opened.machine.stderr.text).toBe("! There are no logs yet. Next: mizan deploy\n");
    await expect(show({ process: "origin" })).rejects.toMatchObject({ hint: "mizan deploy" });
  });

  it("goes on across a deploy with the new release's file, and lives with files that go", async () => {
    const { session, machine } = opened;
    const { logs } = session.paths;
    const shown: string[] = [];
    const following = showLogs(
      session,
      { follow: true, process: null, lines: 1 },
      (process, line) => shown.push(`${process}: ${line}`),
    );
    const untilSeen = (line: string) => waitFor(line, () => shown.includes(line));
    await untilSeen("origin: two");
    await appendFile(join(logs, "origin-r1.log"), " a line\n");
    await untilSeen("origin: half a line");
    await moveCurrent(session.store, { from: "r1", to: "r2", nowMs: Date.now() });
    await rm(join(logs, "origin-r1.log"));
    await write("origin-r2.log", "of the new release\n");
    await appendFile(join(logs, "origin-r2.log"), "and more\n");
    await untilSeen("origin: and more");
    machine.emit("SIGINT");
    await following;
    expect(shown).toEqual([
      "edge: served",
      "origin: two",
      "origin: half a line",
      "origin: of the new release",
      "origin: and more",
    ]);
  });
});
