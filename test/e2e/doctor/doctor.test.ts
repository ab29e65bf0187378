/** `mizan doctor` on one small app: before anything is built, before the first release, and on the live release. */

import { existsSync } from "node:fs";
import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CheckResult } from "../../../cli/doctor/run-checks.ts";
import { type MizanResult, type MizanRun, runMizan } from "../../helpers/run-mizan.ts";
import type { TempProject } from "../../helpers/temp-project.ts";
import { createTinyProject, expectFailure, runWords } from "../use/use-mizan.ts";

const CANARY = "canary-5b1e77d0";
const EXIT_FAILED = 7;

let project: TempProject;
beforeAll(async () => {
  project = await createTinyProject();
  await project.edit(
    "tiny/settings.py",
    (text) => `${text}\nTINY_TOKEN = os.environ["TINY_TOKEN"]\n`,
  );
});
afterAll(() => project.remove());

const checksOf = (result: MizanResult | null) => (result?.["checks"] ?? []) as CheckResult[];
const findings = (run: Pick<MizanRun, "result">) =>
  checksOf(run.result).filter(({ status }) => status === "finding");
const codes = (checks: readonly CheckResult[]) => checks.map(({ code }) => code);

function doctor(
  words: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<MizanRun> {
  return runMizan(["doctor", ...words], { cwd: project.folder, env });
}

/** Every file below a folder with its time of change, but those that SQLite has while the app is connected. */
async function listFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !/-(?:wal|shm)$/.test(entry.name));
  const shown = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    return `${path} ${(await stat(path)).mtimeMs}`;
  });
  return (await Promise.all(shown)).sort();
}

describe("before anything is built", () => {
  test("the files are judged; for the rest it says what makes it possible, and builds nothing", async () => {
    const run = await doctor();
    expect(run.exitCode).toBe(0);
    expect(run.result).toMatchObject({ ok: true, release: null, settingsRead: false });
    const checks = checksOf(run.result);
    expect(checks).toHaveLength(25);
    const unchecked = checks.filter(({ status }) => status === "not-checked");
    expect(unchecked).toHaveLength(22);
    expect(unchecked[0]?.message).toContain("mizan deploy makes their Python environment");
    expect(existsSync(join(project.folder, ".mizan/venv"))).toBe(false);
  });
});

describe("in the environment that a first deploy has built", () => {
  test("what is missing is found, unless the shell has it, and nothing is left behind", async () => {
    await expectFailure(project, ["deploy"], "VARIABLES_MISSING");
    const run = await doctor();
    expect(run.result).toMatchObject({ ok: true, release: null, settingsRead: true });
    const missing = findings(run).find(({ code }) => code === "DJ24");
    expect(missing).toMatchObject({
      severity: "warning",
      message: "The settings do not load without TINY_TOKEN",
      hint: "Add to .env: TINY_TOKEN=…",
    });
    expect(missing?.evidence).toMatch(/^tiny\/settings\.py:\d+$/);
    const given = await doctor([], { TINY_TOKEN: CANARY });
    expect(codes(findings(given))).not.toContain("DJ24");
    expect(JSON.stringify(given)).not.toContain(CANARY);
    expect(existsSync(join(project.folder, "db.sqlite3"))).toBe(false);
  });
});

describe("of the live release", () => {
  let release: unknown;
  beforeAll(async () => {
    await writeFile(join(project.folder, ".env"), `TINY_TOKEN=${CANARY}\n`);
    release = (await project.mizan(["deploy"]))["release"];
  });

  test("every check is made, startproject's defaults are told, values are not", async () => {
    const data = join(project.folder, ".mizan/env/local/data");
    const releases = join(project.folder, ".mizan/env/local/releases");
    const before = [...(await listFiles(data)), ...(await listFiles(releases))];
    const run = await doctor();
    expect(run.exitCode).toBe(0);
    expect(run.result).toMatchObject({ ok: true, release, settingsRead: true });
    const found = findings(run);
    // The app has no middleware but sessions: Django's own checks say so.
    expect(codes(found)).toEqual(["DJ01", "DJ04", "DJ16", "DJ17"]);
    expect(found[0]).toMatchObject({ severity: "warning", evidence: "tiny/settings.py:9" });
    const unchecked = checksOf(run.result).filter(({ status }) => status === "not-checked");
    expect(unchecked).toEqual([]);
    expect(JSON.stringify(run)).not.toContain(CANARY);
    expect([...(await listFiles(data)), ...(await listFiles(releases))]).toEqual(before);
  });

  test("--strict exits 7 for warnings; people read the worst first and what is in order in a line", async () => {
    const strict = await runWords(["doctor", "--strict"], { cwd: project.folder });
    expect(strict.exitCode).toBe(EXIT_FAILED);
    const lines = strict.stdout.trimEnd().split("\n");
    expect(lines[0]).toBe(`Environment local (local): settings of release ${release}`);
    expect(lines[1]).toBe("Should be repaired");
    expect(lines.at(-1)).toMatch(/^In order: DJ02 DJ03 DJ05/);
  });

  test("inspect tells the same findings for the same settings", async () => {
    const inspected = await project.mizan(["inspect"]);
    const told = (inspected["findings"] as { code: string }[]).map(({ code }) => code);
    const judged = codes(findings(await doctor())).filter((code) => code !== "DJ17");
    expect(told.filter((code) => code.startsWith("DJ"))).toEqual(judged);
  });
});
