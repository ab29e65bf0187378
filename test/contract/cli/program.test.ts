import { execFile } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildCleanEnvironment } from "../../helpers/run-mizan.ts";
import { findControlCharacters } from "../../unit/cli/fake-machine.ts";
import { createHandMadeRelease, type HandMadeRelease } from "./hand-made-release.ts";
import { bin, runProgram, startProgram, waitForExit } from "./run-program.ts";

/** Shows what it was called with, and does as it is told. */
const RUNTIME = `
import json, os, signal, sys
print(json.dumps({"argv": sys.argv[1:], "greeting": os.environ["GREETING"], "release": os.environ["MIZAN_RELEASE"]}))
print("on stderr", file=sys.stderr)
if "exit" in sys.argv: sys.exit(int(sys.argv[-1]))
if "die" in sys.argv: os.kill(os.getpid(), signal.SIGKILL)
`;

let release: HandMadeRelease;
beforeAll(async () => {
  release = await createHandMadeRelease(RUNTIME);
});
afterAll(() => release.remove());

const inProject = (env: Readonly<Record<string, string>> = {}) => ({ cwd: release.folder, env });

describe("mizan --help", () => {
  it("loads no command, no schema library, no spinner and no prompt", async () => {
    const hook = `import { registerHooks } from "node:module";
      import { writeSync } from "node:fs";
      registerHooks({ load(url, context, next) { writeSync(2, url + "\\n"); return next(url, context); } });`;
    const nodeWords = ["--import", `data:text/javascript,${encodeURIComponent(hook)}`];
    const { stdout, stderr, exitCode } = await runProgram(["--help"], { nodeWords });
    expect({ exitCode, stdout: stdout.split("\n")[0] }).toEqual({
      exitCode: 0,
      stdout: "Usage: mizan [options] [command]",
    });
    const loaded = stderr.trim().split("\n");
    const of = (part: string) => loaded.filter((url) => url.includes(part));
    expect(of("/cli/commands/").map((url) => url.split("/").at(-1))).toEqual(["index.ts"]);
    const packages = of("/node_modules/").map(
      (url) => url.split("/node_modules/")[1]?.split("/")[0],
    );
    expect([...new Set(packages)]).toEqual(["commander"]);
    expect(of("/cli/targets/")).toEqual([]);
  });
});

describe("the process", () => {
  it("says which Node it needs, exit status 5, where that is too old", async () => {
    const pretend = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "22.11.0" } })`;
    const nodeWords = ["--import", `data:text/javascript,${encodeURIComponent(pretend)}`];
    expect(await runProgram(["--help"], { nodeWords })).toMatchObject({
      exitCode: 5,
      stdout: "",
      stderr: "mizan needs Node 22.12 or newer; this is 22.11.0.\n",
    });
  });

  it("ends as if by SIGPIPE when nobody reads any more", async () => {
    const log = join(release.logs, "edge.log");
    await writeFile(log, "first\n");
    const child = startProgram(["logs", "-f"], inProject());
    if (child.stdout === null) throw new Error("started without pipes");
    await once(child.stdout, "data");
    child.stdout.destroy();
    const ended = waitForExit(child);
    await appendFile(log, "second\n");
    expect(await ended).toEqual({ exitCode: 141, signal: null });
    await rm(log);
  });

  it("ends well after SIGINT: following logs has a result as every command has", async () => {
    const log = join(release.logs, "edge.log");
    await writeFile(log, "first\n");
    const child = startProgram(["logs", "-f", "--json"], inProject());
    if (child.stdout === null) throw new Error("started without pipes");
    let shown = "";
    child.stdout.on("data", (chunk: Buffer) => {
      shown += chunk.toString();
    });
    await once(child.stdout, "data");
    child.kill("SIGINT");
    expect(await waitForExit(child)).toEqual({ exitCode: 0, signal: null });
    expect(shown).toBe(
      '{"type":"log","process":"edge","line":"first"}\n{"type":"result","ok":true}\n',
    );
    await rm(log);
  });

  it("writes no control character into pipes, and the stack only with --verbose", async () => {
    const colours = { FORCE_COLOR: "1", CLICOLOR_FORCE: "1" };
    const calm = await runProgram(["status", "--env", "nowhere"], inProject(colours));
    const verbose = await runProgram(
      ["status", "--env", "nowhere", "--verbose"],
      inProject(colours),
    );
    expect([calm.exitCode, verbose.exitCode]).toEqual([3, 3]);
    const all = calm.stdout + calm.stderr + verbose.stdout + verbose.stderr;
    expect(findControlCharacters(all)).toEqual([]);
    expect(calm.stderr).not.toContain("    at ");
    expect(verbose.stderr).toContain("MizanError: No environment");
    expect(verbose.stderr).toContain("    at ");
  });
});

describe("mizan run", () => {
  const shownBy = (stdout: string) => JSON.parse(stdout.split("\n")[0] ?? "") as { argv: string[] };

  it.each([
    [["createsuperuser", "--email", "x@example.com"]],
    [["shell", "--command", "print(1)"]],
    [["test", "--json", "--yes", "--env", "other", "--help", "-h", "--version"]],
    [["dumpdata", "--", "--cwd"]],
    [["loaddata", "a b", "", "ünïcode", "$HOME", "*"]],
  ])("passes %j on untouched", async (words) => {
    const run = await runProgram(["run", ...words], inProject());
    expect(run.exitCode).toBe(0);
    expect(shownBy(run.stdout)).toEqual({
      argv: ["manage", ...words],
      greeting: "salām",
      release: "r1",
    });
    expect(run.stderr).toBe("on stderr\n");
  });

  it("takes a -- before the command as the end of its own flags", async () => {
    const run = await runProgram(["run", "--", "migrate", "--plan"], inProject());
    expect(shownBy(run.stdout).argv).toEqual(["manage", "migrate", "--plan"]);
  });

  it("ends with the exit status of the command, 128 + n for a signal", async () => {
    expect((await runProgram(["run", "exit", "3"], inProject())).exitCode).toBe(3);
    expect((await runProgram(["run", "exit", "0"], inProject())).exitCode).toBe(0);
    expect((await runProgram(["run", "die"], inProject())).exitCode).toBe(137);
  });

  it("has its own flags before the command, and gives events with --json", async () => {
    const run = await runProgram(["run", "--json", "exit", "4"], inProject());
    expect(run).toMatchObject({ exitCode: 4, stderr: "" });
    const lines = run.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.at(-1)).toEqual({ type: "result", ok: true, status: 4 });
    expect(lines.slice(0, -1)).toEqual(
      expect.arrayContaining([
        { type: "output", stream: "stderr", line: "on stderr" },
        { type: "output", stream: "stdout", line: expect.stringContaining('"manage", "exit"') },
      ]),
    );
  });

  it("has nothing to run in where nothing is live", async () => {
    const empty = await mkdtemp(join(tmpdir(), "mz-empty-"));
    const run = await runProgram(["run", "check"], { cwd: empty });
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain("→ mizan deploy");
    await rm(empty, { recursive: true });
  });
});

describe("at a terminal", () => {
  const useTerminal = async (
    dialogue: readonly (readonly [string, string])[],
    words: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ) => {
    const folder = await mkdtemp(join(tmpdir(), "mz-tty-"));
    await mkdir(join(folder, ".mizan/env/local/data"), { recursive: true });
    const script = join(import.meta.dirname, "terminal.py");
    const command = [script, JSON.stringify(dialogue), process.execPath, bin, ...words];
    const shell = { ...buildCleanEnvironment(), TERM: "xterm", ...env };
    const { stdout } = await promisify(execFile)("python3", command, { cwd: folder, env: shell });
    const left = await readdir(folder);
    await rm(folder, { recursive: true, force: true });
    return { ...(JSON.parse(stdout) as { exitCode: number; shown: string }), left };
  };
  const question = "Type local to go on:";

  it("asks for the name before anything is removed", async () => {
    const run = await useTerminal([[question, "local\r"]], ["destroy"]);
    expect(run).toMatchObject({ exitCode: 0, left: [] });
    expect(run.shown).toContain("Remove environment local with all its releases and data?");
    expect(run.shown).toContain("Destroyed.");
  });

  it("removes nothing after another word, exit status 9", async () => {
    const run = await useTerminal([[question, "yes\r"]], ["destroy"]);
    expect(run).toMatchObject({ exitCode: 9, left: [".mizan"] });
    expect(run.shown).toContain("Nothing was removed.");
  });

  it("takes Ctrl-C at a question as an interruption, exit status 130", async () => {
    const run = await useTerminal([[question, "\u0003"]], ["destroy"]);
    expect(run).toMatchObject({ exitCode: 130, left: [".mizan"] });
    expect(run.shown).toContain("Interrupted.");
    expect(run.shown).not.toContain("bug in Mizan");
  });

  it("asks nothing with --yes", async () => {
    expect(await useTerminal([], ["destroy", "--yes"])).toMatchObject({ exitCode: 0, left: [] });
    expect(await useTerminal([], ["destroy"], { MIZAN_YES: "1" })).toMatchObject({
      exitCode: 0,
      left: [],
    });
  });

  it("has colours, and none with NO_COLOR", async () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour is a control sequence
    const colour = /\u001b\[\d+m/;
    expect((await useTerminal([], ["deply"])).shown).toMatch(colour);
    const env = { NO_COLOR: "1" };
    expect((await useTerminal([], ["deply"], env)).shown).not.toMatch(colour);
    expect((await useTerminal([], ["destroy", "--yes"], env)).shown).not.toMatch(colour);
  });

  it("is plain with --plain, in CI and in a dumb terminal", async () => {
    for (const [words, env] of [
      [["destroy", "--yes", "--plain"], {}],
      [["destroy", "--yes"], { CI: "true" }],
      [["destroy", "--yes"], { TERM: "dumb" }],
    ] as const) {
      const { shown } = await useTerminal([], words, env);
      // The terminal itself makes \r\n of a line feed.
      expect(findControlCharacters(shown.replaceAll("\r\n", "\n"))).toEqual([]);
    }
  });
});

describe("without a terminal", () => {
  it("destroy needs --yes, exit status 9", async () => {
    const run = await runProgram(["destroy"], inProject());
    expect(run.exitCode).toBe(9);
    expect(run.stderr).toContain("There is no terminal to ask at.\n→ Add --yes to go on.\n");
  });
});
