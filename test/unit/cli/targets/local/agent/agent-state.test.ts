import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  readAgentState,
  writeAgentState,
} from "../../../../../../cli/targets/local/agent/agent-state.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mz-"));
  file = join(folder, "agent.json");
});
afterEach(() => rm(folder, { recursive: true }));

test("what is written is read again; nothing but the record is left, readable by its owner only", async () => {
  expect(readAgentState(file)).toBeNull();
  writeAgentState(file, { host: "127.0.0.1", port: 8000, processes: [], retiring: [] });
  expect(readAgentState(file)).toMatchObject({ version: 1, port: 8000 });
  expect(await readdir(folder)).toEqual(["agent.json"]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test("the record of a newer version is refused", async () => {
  await writeFile(file, JSON.stringify({ version: 2, anything: true }));
  expect(() => readAgentState(file)).toThrow(
    expect.objectContaining({ code: "STATE_NEWER", exitCode: 5 }),
  );
});
