/** Environments and variables: which value wins, what is missing, and that no value is found where it must not be. */

import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findFreePort } from "../../helpers/free-port.ts";
import { runMizan } from "../../helpers/run-mizan.ts";
import type { TempProject } from "../../helpers/temp-project.ts";
import { createTinyProject, expectFailure, fetchJson, runWords, urlOf } from "./use-mizan.ts";

let project: TempProject;
/** Everything that any command of this file has said. */
const said: string[] = [];

const planted = {
  API_TOKEN: "planted-token-3f81c2a97b",
  PAYMENT_KEY: "planted-payment-99d2e47a10",
  SHELL_SECRET: "planted-shell-52ab7c81d3",
};

beforeAll(async () => {
  project = await createTinyProject();
  const environments = { staging: { port: await findFreePort() }, production: {} };
  await project.edit("mizan.config.json", () =>
    JSON.stringify({ defaultEnvironment: "staging", environments }),
  );
});

afterAll(async () => {
  await project.mizan(["destroy", "--yes", "--env", "production"]);
  await project.remove();
});

function write(file: string, values: Readonly<Record<string, string>>): Promise<void> {
  const lines = Object.entries(values).map(([name, value]) => `${name}="${value}"\n`);
  return writeFile(join(project.folder, file), lines.join(""));
}

async function deploy(environment: string, env: Readonly<Record<string, string>> = {}) {
  const options = { cwd: project.folder, env };
  const run = await runMizan(["deploy", "--verbose", "--env", environment], options);
  said.push(JSON.stringify(run));
  expect(run.result).toMatchObject({ ok: true, environment });
  return urlOf(run.result ?? { type: "result", ok: false });
}

test("two environments of one project live side by side, each with its own values", async () => {
  await write(".env", { GREETING: "of all" });
  await write(".env.production", { GREETING: "of production" });
  const staging = await deploy("staging");
  const production = await deploy("production");
  expect(staging).not.toBe(production);
  expect(await fetchJson(staging, "/")).toMatchObject({ greeting: "of all" });
  expect(await fetchJson(production, "/")).toMatchObject({ greeting: "of production" });
  await fetchJson(staging, "/add/?text=staging");
  expect(await fetchJson(production, "/add/?text=own")).toEqual({ notes: ["own"] });
});

test("--env, MIZAN_ENV and defaultEnvironment say which one is meant", async () => {
  const named = async (words: readonly string[], env = {}) =>
    (await project.mizan(["status", ...words], { env }))["environment"];
  expect(await named([])).toBe("staging");
  expect(await named(["--env", "production"])).toBe("production");
  expect(await named([], { MIZAN_ENV: "production" })).toBe("production");
  const error = await expectFailure(project, ["status", "--env", "nope"], "ENVIRONMENT_UNKNOWN");
  expect(error.message + error.hint).toContain("production");
  await expectFailure(project, ["deploy", "--target", "aws"], "USAGE");
});

test("the shell wins over the files, for what the settings ask for", async () => {
  const url = await deploy("staging", { GREETING: "of the shell" });
  expect(await fetchJson(url, "/")).toMatchObject({ greeting: "of the shell" });
});

test("all missing variables come in one error, and the live release goes on", async () => {
  await project.edit(
    "tiny/settings.py",
    (text) =>
      `${text}
API_TOKEN = os.environ["API_TOKEN"]
PAYMENT_KEY = os.environ["PAYMENT_KEY"]
SHELL_SECRET = os.environ["SHELL_SECRET"]
`,
  );
  const error = await expectFailure(project, ["deploy"], "VARIABLES_MISSING");
  for (const name of Object.keys(planted)) expect(error.message).toContain(name);
  expect(error.message).toContain("tiny/settings.py:");
  const status = await project.mizan(["status"]);
  expect(await fetchJson(status["url"], "/")).toMatchObject({ version: "1" });
});

test("a variable that only the shell has is taken since the settings ask for it", async () => {
  const { SHELL_SECRET, ...inFiles } = planted;
  await write(".env", { GREETING: "with secrets", ...inFiles });
  const url = await deploy("staging", { SHELL_SECRET });
  expect(await fetchJson(url, "/")).toMatchObject({ greeting: "with secrets" });
});

test("an app that shows its secret in an error does not get it past us", async () => {
  await project.edit(
    "tiny/urls.py",
    (text) => `${text}\nraise ValueError("cannot connect with " + settings.API_TOKEN)\n`,
  );
  const env = { SHELL_SECRET: planted.SHELL_SECRET };
  for (const flag of ["--json", "--verbose"]) {
    const run = await runWords(["deploy", flag], { cwd: project.folder, env });
    expect(run.exitCode).toBe(7);
    expect(run.stdout + run.stderr).toContain("cannot connect with");
    said.push(run.stdout, run.stderr);
  }
  await project.edit("tiny/urls.py", (text) => text.replace(/\nraise ValueError.*\n/, ""));
});

test("no value is in any output, command line or file that others may read", async () => {
  for (const words of [["status"], ["releases"], ["plan"], ["inspect"], ["logs"]]) {
    const run = await runWords([...words, "--verbose"], { cwd: project.folder });
    said.push(run.stdout, run.stderr);
    const json = await runWords([...words, "--json"], { cwd: project.folder });
    said.push(json.stdout);
  }
  const outputs = said.join("\n");
  expect(outputs).toContain("API_TOKEN"); // names and sources are shown
  for (const value of Object.values(planted)) expect(outputs).not.toContain(value);
  for (const { command } of project.processes()) expect(command).not.toContain("planted-");
  const holders = await findFilesWith(join(project.folder, ".mizan"), "planted-");
  expect(holders.length).toBeGreaterThan(0); // each release's own variables
  for (const { path, mode } of holders) {
    expect({ path, mode: mode.toString(8) }).toEqual({ path, mode: "600" });
    expect(path).toMatch(/variables\.json$/);
  }
});

interface FoundFile {
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
}

async function findFilesWith(folder: string, text: string): Promise<FoundFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: FoundFile[] = [];
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    if (!(await readFile(path)).includes(text)) continue;
    found.push({ path, mode: (await stat(path)).mode & 0o777 });
  }
  return found;
}

test("destroying one environment leaves the other as it is", async () => {
  await project.mizan(["destroy", "--yes"]);
  expect(await project.mizan(["status"])).toMatchObject({ state: "none" });
  const production = await project.mizan(["status", "--env", "production"]);
  expect(production).toMatchObject({ state: "up" });
  expect(await fetchJson(production["url"], "/")).toMatchObject({ greeting: "of production" });
});
