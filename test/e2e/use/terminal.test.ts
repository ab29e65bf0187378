/** `run`, `logs`, `open`, `up --at-boot` and `init`, as a person uses them. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildCleanEnvironment, builtBin, runMizan, startMizan } from "../../helpers/run-mizan.ts";
import type { TempProject } from "../../helpers/temp-project.ts";
import { waitFor } from "../../helpers/wait-for.ts";
import { createTinyProject, expectFailure, fetchText, runWords, urlOf } from "./use-mizan.ts";

let project: TempProject;
let url = "";

beforeAll(async () => {
  project = await createTinyProject();
  url = urlOf(await project.mizan(["deploy"]));
});
afterAll(() => project.remove());

/** A person at a terminal: types each answer once its question is on the screen. */
async function typeAtTerminal(
  words: readonly string[],
  dialogue: readonly (readonly [question: string, answer: string])[],
): Promise<{ exitCode: number; screen: string }> {
  // util-linux's script gives the command a terminal of its own, and passes its exit status on.
  const command = [process.execPath, builtBin, ...words].map((word) => `'${word}'`).join(" ");
  const child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
    cwd: project.folder,
    env: { ...buildCleanEnvironment(), TERM: "xterm" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let screen = "";
  child.stdout.on("data", (chunk: Buffer) => {
    screen += chunk.toString();
  });
  const ended = once(child, "close");
  for (const [question, answer] of dialogue) {
    await waitFor(`"${question}" after:\n${screen}`, () => screen.includes(question), {
      timeoutSeconds: 30,
    });
    child.stdin.write(`${answer}\n`);
  }
  const [exitCode] = (await ended) as [number];
  return { exitCode, screen };
}

test("run keeps the terminal: createsuperuser asks and is answered", async () => {
  const { exitCode, screen } = await typeAtTerminal(
    ["run", "createsuperuser"],
    [
      ["Username", "ada"],
      ["Email address:", "ada@example.com"],
      ["Password:", "correct-horse-7"],
      ["Password (again):", "correct-horse-7"],
    ],
  );
  expect(screen).toContain("Superuser created successfully.");
  expect(exitCode).toBe(0);
  expect(screen).not.toContain("correct-horse"); // no echo: it is a terminal
});

test("run keeps the terminal: a shell answers until it is left, its status is passed on", async () => {
  const { exitCode, screen } = await typeAtTerminal(
    ["run", "shell", "--interface", "python"],
    [
      [">>>", "from django.contrib.auth.models import User"],
      [">>>", "print('found', User.objects.get().username.upper())"],
      ["found ADA", "raise SystemExit(5)"],
    ],
  );
  expect(screen).toContain("found ADA");
  expect(exitCode).toBe(5);
});

test("run passes arguments, flags and the exit status through", async () => {
  const failed = await runWords(["run", "shell", "-c", "raise SystemExit(3)"], {
    cwd: project.folder,
  });
  expect(failed.exitCode).toBe(3);
  const shown = await runWords(["run", "showmigrations", "--plan", "--no-color"], {
    cwd: project.folder,
  });
  expect(shown).toMatchObject({ exitCode: 0, stderr: "" });
  expect(shown.stdout).toContain("[X]  notes.0001_initial");
});

test("run --json gives the output as events and the status in the result", async () => {
  const program = "import sys; print('to stdout'); sys.stderr.write('to stderr'); sys.exit(4)";
  // --json stands before the command's own words.
  const { events, result, exitCode } = await runJson(["run", "shell", "-c", program]);
  expect(events).toContainEqual({ type: "output", stream: "stdout", line: "to stdout" });
  expect(events).toContainEqual({ type: "output", stream: "stderr", line: "to stderr" });
  expect(result).toMatchObject({ ok: true, status: 4 });
  expect(exitCode).toBe(4);
});

/** `--json` behind `run <command>` would be the command's own. */
async function runJson(words: readonly string[]) {
  const { stdout, exitCode } = await runWords(["--json", ...words], { cwd: project.folder });
  const lines = stdout.split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
  return { events: lines.slice(0, -1), result: lines.at(-1), exitCode };
}

test("logs shows the app's lines, of one process when asked", async () => {
  await fetchText(url, "/");
  const seen = await waitFor("the line of the page", async () => {
    const { stdout } = await runWords(["logs"], { cwd: project.folder });
    return stdout.includes("home of version 1") && stdout;
  });
  expect(seen).toMatch(/^origin {3}│ .*home of version 1$/m);
  const one = await runWords(["logs", "--process", "origin", "--lines", "1"], {
    cwd: project.folder,
  });
  expect(one.stdout.split("\n")).toHaveLength(1);
  expect(one.stdout).not.toContain("│");
  const error = await expectFailure(project, ["logs", "--process", "nope"], "USAGE");
  expect(error.hint).toContain("origin");
});

test("logs -f goes on across a deploy, and ends with Ctrl-C", async () => {
  const { child, finished } = startMizan(["logs", "-f", "--lines", "0"], { cwd: project.folder });
  const lines: string[] = [];
  child.stdout?.on("data", (chunk: Buffer) => lines.push(chunk.toString()));
  const hasLine = async (text: string) => {
    await fetchText(url, "/");
    return lines.join("").includes(text);
  };
  await waitFor("a line of the first release", () => hasLine("home of version 1"));
  await project.edit("tiny/urls.py", (text) => text.replace('"1"', '"2"'));
  await project.mizan(["deploy"]);
  await waitFor("a line of the second release", () => hasLine("home of version 2"));
  child.kill("SIGINT");
  const { exitCode, result } = await finished;
  expect({ exitCode, result }).toMatchObject({ exitCode: 0, result: { ok: true } });
});

test("open starts the browser with the app's address", async () => {
  const folder = join(project.folder, ".mizan/test-bin");
  const opened = join(folder, "opened");
  await mkdir(folder);
  for (const name of ["xdg-open", "open"]) {
    await writeFile(join(folder, name), `#!/bin/sh\nprintf %s "$1" > ${opened}\n`, { mode: 0o755 });
  }
  const env = { PATH: `${folder}:${process.env["PATH"]}`, DISPLAY: ":0" };
  const { result } = await runMizan(["open"], { cwd: project.folder, env });
  expect(result).toMatchObject({ ok: true, url });
  await waitFor("the browser", () => existsSync(opened));
  expect(await readFile(opened, "utf8")).toBe(url);
});

test.skipIf(existsSync("/run/systemd/system"))(
  "up --at-boot without systemd is an error that says what to run at boot",
  async () => {
    const error = await expectFailure(project, ["up", "--at-boot"], "PLATFORM_UNSUPPORTED");
    expect(error.hint).toContain(`up --cwd ${project.folder} --env local`);
    await fetchText(url, "/");
  },
);

test("init writes a config that loads, says what was found, and is not written over", async () => {
  const before = await project.mizan(["inspect", "--static"]);
  expect(await project.mizan(["init"])).toMatchObject({ path: "mizan.config.ts" });
  const text = await readFile(join(project.folder, "mizan.config.ts"), "utf8");
  expect(text).toContain('"backend.settingsModule": "tiny.settings"');
  expect((await project.mizan(["inspect", "--static"]))["facts"]).toEqual(before["facts"]);
  // As a TypeScript file it takes effect: every line of it uncommented still loads.
  await project.edit("mizan.config.ts", (written) =>
    written.replace(/^( +)\/\/ (?=[\w"]+(\.\w+)?"?: )/gm, "$1"),
  );
  const { facts } = await project.mizan(["inspect", "--static"]);
  expect(facts).toMatchObject({
    "backend.settingsModule": { from: expect.stringMatching(/config/) },
  });
  await expectFailure(project, ["init"], "GUARD_REFUSED");
  await writeFile(join(project.folder, "mizan.config.ts"), text);
});
