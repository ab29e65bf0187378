import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GLOBAL_FLAGS, twinName } from "../../../cli/command-flags.ts";
import { commandIndex } from "../../../cli/commands/index.ts";
import { runJson, runMain } from "./fake-machine.ts";

const MANAGE = 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n';

let folder: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "mz-main-")));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the words that scripts and people type", () => {
  it("prints its version alone", async () => {
    expect(await runMain(["--version"])).toMatchObject({ exitCode: 0, stderr: "" });
    expect((await runMain(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it("gives help and exit status 2 when no command is given", async () => {
    const run = await runMain([]);
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    expect(run.stderr).toContain("Usage: mizan [options] [command]");
    expect(run.stderr).toContain("→ To put the app live: mizan deploy");
  });

  it("shows the help of a command by `help <command>` as by `<command> --help`", async () => {
    for (const { name } of commandIndex) {
      const words = name.split(" ");
      const asked = await runMain(["help", ...words]);
      const flagged = await runMain([...words, "--help"]);
      expect(asked).toEqual(flagged);
      expect(asked.exitCode).toBe(0);
    }
  });

  it.each([
    [["deply"], "Unknown command 'deply'", "Did you mean deploy? See mizan --help"],
    [["nonsense"], "Unknown command 'nonsense'", "mizan --help"],
    [["help", "nonsense"], 'There is no command "nonsense".', "mizan deploy"],
    [["--forse"], "Unknown option '--forse'", "mizan --help"],
    [
      ["deploy", "--forse"],
      "Unknown option '--forse'",
      "Did you mean --force? See mizan deploy --help",
    ],
    [["deploy", "production"], "Too many arguments for 'deploy'", "mizan deploy --help"],
    [["edge"], "mizan edge needs one of its commands: explain, stats, purge.", "mizan edge --help"],
    [["edge", "warm"], "Unknown command 'warm'", "mizan --help"],
    [["edge", "explain"], "Missing required argument 'url'", "mizan edge explain --help"],
    [["edge", "purge"], "context: name a context, or say --all", "mizan edge purge --help"],
    [
      ["edge", "purge", "cart", "--all"],
      "context: name a context, or say --all",
      "mizan edge purge --help",
    ],
    [["edge", "purge", "cart", "5"], "parameters: must be param=value", "edge purge --help"],
    [["run"], "Missing required argument 'command'", "mizan run --help"],
    [["logs", "--lines"], "Option '--lines <n>' argument missing", "mizan logs --help"],
    [["logs", "--lines", "-1"], "--lines: must be a whole number", "mizan logs --help"],
    [["logs", "--lines", "ten"], "--lines: must be a whole number", "mizan logs --help"],
    [["logs", "--lines="], "--lines: must be a whole number", "mizan logs --help"],
    [["deploy", "--wait", "soon"], "--wait: must be whole seconds", "mizan deploy --help"],
    [["deploy", "--wait="], "--wait: must be whole seconds", "mizan deploy --help"],
    [["rollback", "--wait", "1.5"], "--wait: must be whole seconds", "mizan rollback --help"],
    [["--cwd", "/nowhere", "status"], '--cwd: there is no folder "/nowhere"', "the folder"],
    [["--cwd", "/dev/null", "status"], '--cwd: there is no folder "/dev/null"', "the folder"],
    [["status", "--target", "moon"], 'Unknown target "moon"', "--target local"],
  ])(
    "refuses %j with exit status 2 and one next step, as text and as JSON",
    async (argv, message, hint) => {
      const text = await runMain(argv, { cwd: folder });
      expect(text).toMatchObject({ exitCode: 2, stdout: "" });
      expect(text.stderr).toContain(`✗ ${message}`);
      expect(text.stderr).toContain(`→ `);
      expect(text.stderr).toContain(hint);
      for (const words of [
        [...argv, "--json"],
        ["--json", ...argv],
      ]) {
        if (argv.at(-1) === "--lines" && words !== argv) continue; // --json would be its value
        const json = await runJson(words, { cwd: folder });
        expect(json.exitCode).toBe(2);
        expect(json.result).toMatchObject({ ok: false, exitCode: 2, error: { code: "USAGE" } });
        const { error } = json.result as { error: { message: string; hint: string } };
        expect(error.message).toContain(message);
        expect(error.hint).toContain(hint);
      }
    },
  );
});

describe("global flags", () => {
  it("are the same before and behind the command, and from the environment", async () => {
    const status = { environment: "shop", target: "local", release: null, state: "none" };
    const config = join(folder, "mizan.config.json");
    await writeFile(config, JSON.stringify({ environments: { shop: {}, other: {} } }));
    const before = await runJson(["--json", "--cwd", folder, "--env", "shop", "status"]);
    const behind = await runJson(["status", "--json", "--cwd", folder, "--env", "shop"]);
    const env = { MIZAN_JSON: "1", MIZAN_CWD: folder, MIZAN_ENV: "shop", MIZAN_TARGET: "local" };
    const twins = await runJson(["status"], { env });
    for (const run of [before, behind, twins])
      expect(run.result).toMatchObject({ ok: true, ...status });
  });

  it("win over their twins wherever they stand, and the nearer one over the farther", async () => {
    const env = { MIZAN_ENV: "other", MIZAN_JSON: "1", MIZAN_CWD: folder };
    for (const argv of [
      ["--env", "shop", "status"],
      ["status", "--env", "shop"],
      ["--env", "other", "status", "--env", "shop"],
    ]) {
      expect((await runJson(argv, { env })).result["environment"]).toBe("shop");
    }
  });

  it("are off where a twin says 0, false or nothing", async () => {
    for (const value of ["0", "false", ""]) {
      const run = await runMain(["status"], { cwd: folder, env: { MIZAN_JSON: value } });
      expect(run.stdout).toBe(
        "Environment local (local): nothing is deployed. Next: mizan deploy\n",
      );
    }
  });

  it("have twins that are named after them", () => {
    expect(GLOBAL_FLAGS.map(twinName)).toEqual([
      "MIZAN_JSON",
      "MIZAN_PLAIN",
      "MIZAN_VERBOSE",
      "MIZAN_YES",
      "MIZAN_CWD",
      "MIZAN_ENV",
      "MIZAN_TARGET",
    ]);
  });

  it("make an error JSON even when the command line cannot be parsed", async () => {
    const byTwin = await runJson(["deploy", "--nonsense"], { env: { MIZAN_JSON: "true" } });
    expect(byTwin.result).toMatchObject({ ok: false, error: { code: "USAGE" } });
    expect((await runJson(["--json"])).result).toMatchObject({ error: { code: "USAGE" } });
  });
});

describe("errors of the project", () => {
  it("lists every problem of the config at once, with exit status 3", async () => {
    const broken = await mkdtemp(join(folder, "broken-"));
    await writeFile(
      join(broken, "mizan.config.json"),
      JSON.stringify({ enviroments: {}, environments: { local: { port: "80", hots: [] } } }),
    );
    const text = await runMain(["status"], { cwd: broken });
    expect(text.exitCode).toBe(3);
    expect(text.stderr).toMatchInlineSnapshot(`
      "✗ mizan.config.json has 3 problems:
        environments.local.port: Invalid input: expected number, received string
        environments.local.hots: unknown key, did you mean hosts?
        enviroments: unknown key, did you mean environments?
      → Correct mizan.config.json, then try again.
      "
    `);
    const json = await runJson(["deploy", "--json"], { cwd: broken });
    expect(json.exitCode).toBe(3);
    const { error } = json.result as { error: { code: string; details: { problems: unknown[] } } };
    expect(error.code).toBe("CONFIG_INVALID");
    expect(error.details.problems).toHaveLength(3);
  });

  it("names the environments that there are", async () => {
    const run = await runMain(["status", "--env", "shpp"], { cwd: folder });
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toBe(
      '✗ No environment "shpp": there are shop, other, local\n→ Did you mean --env shop?\n',
    );
  });

  it.each([
    ["NOTHING_LIVE", {}, ["open"], "mizan deploy"],
    ["NOTHING_LIVE", {}, ["up"], "mizan deploy"],
    ["NOTHING_LIVE", {}, ["run", "check"], "mizan deploy"],
    ["APP_NOT_FOUND", {}, ["deploy"], "Run mizan in the app's folder, or name it with --cwd."],
    ["APP_AMBIGUOUS", { "a/manage.py": MANAGE, "b/manage.py": MANAGE }, ["deploy"], "backend.root"],
    [
      "LOCK_FILES_DISAGREE",
      { "manage.py": MANAGE, "uv.lock": "version = 1\n", "poetry.lock": "" },
      ["deploy"],
      "backend.packageManager",
    ],
  ])("are typed, exit status 3, and say what to do: %s %#", async (code, files, argv, hint) => {
    const project = await mkdtemp(join(folder, "app-"));
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(project, path)), { recursive: true });
      await writeFile(join(project, path), text);
    }
    const run = await runJson(["--json", ...argv], { cwd: project });
    expect(run.result).toMatchObject({ ok: false, error: { code }, exitCode: 3 });
    expect((run.result as { error: { hint: string } }).error.hint).toContain(hint);
    expect(run.exitCode).toBe(3);
  });

  it("leaves no file behind in a folder that it only looked at", async () => {
    const empty = await mkdtemp(join(folder, "empty-"));
    for (const name of ["status", "releases", "inspect", "plan", "logs", "open", "up", "down"]) {
      await runMain([name], { cwd: empty });
    }
    await expect(rm(join(empty, ".mizan"))).rejects.toThrow("ENOENT");
  });
});
