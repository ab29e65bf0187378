import { describe, expect, it } from "vitest";
import { createOption, GLOBAL_FLAGS, twinName } from "../../../../cli/command-flags.ts";
import { commandIndex } from "../../../../cli/commands/index.ts";
import { RUNTIME_ENV } from "../../../../runtime/origin/contract.ts";
import { runMain } from "../fake-machine.ts";

const commands = await Promise.all(commandIndex.map((entry) => entry.load()));

/** The help of a command without the flags that every command has. */
async function readHelp(name: string): Promise<string> {
  const { stdout } = await runMain([...name.split(" "), "--help"]);
  const isGlobal = (line: string) => GLOBAL_FLAGS.some(({ flag }) => line.startsWith(`  ${flag} `));
  return stdout
    .split("\n")
    .filter((line) => !isGlobal(line))
    .join("\n");
}

describe("the list of commands", () => {
  it("is what --help shows, with the flags of every command", async () => {
    const { stdout } = await runMain(["--help"]);
    expect(stdout).toMatchInlineSnapshot(`
      "Usage: mizan [options] [command]

      Put a Django + React app live: on this machine, or in your cloud

      Options:
        --version        output the version number
        --json           events and one result as newline-delimited JSON
        --plain          no colours, no moving lines
        --verbose        say more; details and stack traces with errors
        --yes            answer every question with yes
        --cwd <folder>   work in this folder
        --env <name>     environment (default: defaultEnvironment, else local)
        --target <name>  where the environment lives: local
        -h, --help       display help for command

      Commands:
        deploy           Build the app and put it live
        plan             Show what a deploy would do; change nothing
        inspect          Show what the app is, and why we think so
        doctor           Check the app's settings against what production asks of them
        status           Show what is live and how it is
        verify           Ask the live release the questions of the protocol
        releases         List the releases of an environment
        rollback         Go back to an earlier release
        logs             Show what the app's processes wrote
        run              Run a manage.py command in the live release
        edge             Look into the Edge's cache, or empty it
        open             Open the live app in the browser
        up               Start what should be live (after a restart of the machine)
        down             Stop everything of an environment; keep it
        destroy          Stop and remove an environment
        init             Write a commented mizan.config.ts (never needed)
        completion       Print a script that completes commands in bash, zsh or fish
        help [command]   display help for command

      Every flag can be set in the environment: MIZAN_ENV=staging is --env staging.
      "
    `);
  });

  it("names each command as its module does", () => {
    expect(commands.map(({ name }) => name)).toEqual(commandIndex.map(({ name }) => name));
  });

  it("shows the global flags in the help of each", async () => {
    for (const { name } of commandIndex) {
      const { stdout } = await runMain([...name.split(" "), "--help"]);
      const words = stdout.replace(/\s+/g, " ");
      for (const { flag, summary } of GLOBAL_FLAGS) expect(words).toContain(`${flag} ${summary}`);
    }
  });

  it("fits into 80 columns", async () => {
    for (const argv of [
      ["--help"],
      ...commandIndex.map(({ name }) => [...name.split(" "), "--help"]),
    ]) {
      for (const line of (await runMain(argv)).stdout.split("\n")) {
        expect(line.length, line).toBeLessThanOrEqual(80);
      }
    }
  });
});

describe("flags", () => {
  it("are no flag of another command's meaning, nor a name that the runtime reads", () => {
    const runtimeNames: readonly string[] = Object.values(RUNTIME_ENV);
    for (const { name, flags } of commands) {
      const twins = [...GLOBAL_FLAGS, ...flags].map(twinName);
      expect(new Set(twins).size, name).toBe(twins.length);
      for (const twin of twins) expect(runtimeNames).not.toContain(twin);
    }
  });

  it("are taken by the command's own schema, and unknown ones refused", () => {
    for (const command of commands) {
      for (const spec of command.flags) {
        const option = createOption(spec);
        const value = option.required ? "7" : true;
        const given = { [option.attributeName()]: value, ...sampleArguments(command.name) };
        expect(command.options.safeParse(given).success, `${command.name} ${spec.flag}`).toBe(true);
      }
      expect(command.options.safeParse({ nonsense: true }).success, command.name).toBe(false);
    }
  });

  it("gives --wait three forms: absent, alone, with seconds", async () => {
    const { waitOption } = await import("../../../../cli/commands/wait-flags.ts");
    expect(waitOption.parse(undefined)).toBeNull();
    expect(waitOption.parse(true)).toBe(900);
    expect(waitOption.parse("30")).toBe(30);
    expect(waitOption.parse("0")).toBe(0);
  });
});

function sampleArguments(name: string): Record<string, unknown> {
  if (name === "edge explain") return { url: "/" };
  return name === "run" ? { command: ["check"] } : {};
}

describe("the help of each command", () => {
  it("deploy", async () => {
    expect(await readHelp("deploy")).toMatchInlineSnapshot(`
      "Usage: mizan deploy [options]

      Build the app and put it live

      Options:
        --force           make a release though nothing changed
        --wait [seconds]  wait for a command under way (default 900 s)
        -h, --help        display help for command
      "
    `);
  });

  it("plan", async () => {
    expect(await readHelp("plan")).toMatchInlineSnapshot(`
      "Usage: mizan plan [options]

      Show what a deploy would do; change nothing

      Options:
        -h, --help       display help for command
      "
    `);
  });

  it("inspect", async () => {
    expect(await readHelp("inspect")).toMatchInlineSnapshot(`
      "Usage: mizan inspect [options]

      Show what the app is, and why we think so

      Options:
        --static         read files only; run no code of the app
        --why <fact>     every candidate for one fact, and why it won
        -h, --help       display help for command
      "
    `);
  });

  it("status", async () => {
    expect(await readHelp("status")).toMatchInlineSnapshot(`
      "Usage: mizan status [options]

      Show what is live and how it is

      Options:
        -h, --help       display help for command
      "
    `);
  });

  it("releases", async () => {
    expect(await readHelp("releases")).toMatchInlineSnapshot(`
      "Usage: mizan releases [options]

      List the releases of an environment

      Options:
        -h, --help       display help for command
      "
    `);
  });

  it("rollback", async () => {
    expect(await readHelp("rollback")).toMatchInlineSnapshot(`
      "Usage: mizan rollback [options] [release]

      Go back to an earlier release

      Arguments:
        release             release id (default: the one that was live before)

      Options:
        --allow-migrations  go back though later migrations may not fit the older code
        --wait [seconds]    wait for a command under way (default 900 s)
        -h, --help          display help for command
      "
    `);
  });

  it("logs", async () => {
    expect(await readHelp("logs")).toMatchInlineSnapshot(`
      "Usage: mizan logs [options]

      Show what the app's processes wrote

      Options:
        -f, --follow      go on showing new lines
        --process <name>  only this one: origin, worker, beat, edge, …
        --lines <n>       how many of the last lines of each to show (default 100)
        -h, --help        display help for command
      "
    `);
  });

  it("run", async () => {
    expect(await readHelp("run")).toMatchInlineSnapshot(`
      "Usage: mizan run [options] <command...>

      Run a manage.py command in the live release

      Arguments:
        command          the manage.py command and its arguments

      Options:
        -h, --help       display help for command
      "
    `);
  });

  it("verify", async () => {
    expect(await readHelp("verify")).toMatchInlineSnapshot(`
      "Usage: mizan verify [options]

      Ask the live release the questions of the protocol

      Options:
        -h, --help       display help for command
      "
    `);
  });

  it("edge explain", async () => {
    expect(await readHelp("edge explain")).toMatchInlineSnapshot(`
      "Usage: mizan edge explain [options] <url>

      Say what the Edge would do with a request, and why

      Arguments:
        url              address or path, as a browser would GET it

      Options:
        --token-stdin    read the X-Mizan-Token from the standard input
        -h, --help       display help for command
      "
    `);
  });

  it("edge stats", async () => {
    expect(await readHelp("edge stats")).toMatchInlineSnapshot(`
      "Usage: mizan edge stats [options]

      Count hits, misses and bypasses

      Options:
        -h, --help       display help for command
      "
    `);
  });

  it("edge purge", async () => {
    expect(await readHelp("edge purge")).toMatchInlineSnapshot(`
      "Usage: mizan edge purge [options] [context] [parameters...]

      Forget what is cached of a context

      Arguments:
        context          context of the manifest
        parameters       only what has these: param=value

      Options:
        --all            everything
        -h, --help       display help for command
      "
    `);
  });

  it("open", async () => {
    expect(await readHelp("open")).toMatchInlineSnapshot(`
      "Usage: mizan open [options]

      Open the live app in the browser

      Options:
        -h, --help       display help for command
      "
    `);
  });

  it("up", async () => {
    expect(await readHelp("up")).toMatchInlineSnapshot(`
      "Usage: mizan up [options]

      Start what should be live (after a restart of the machine)

      Options:
        --at-boot        and at every start of the machine (a user service)
        -h, --help       display help for command
      "
    `);
  });

  it("down", async () => {
    expect(await readHelp("down")).toMatchInlineSnapshot(`
      "Usage: mizan down [options]

      Stop everything of an environment; keep it

      Options:
        -h, --help       display help for command
      "
    `);
  });

  it("destroy", async () => {
    expect(await readHelp("destroy")).toMatchInlineSnapshot(`
      "Usage: mizan destroy [options]

      Stop and remove an environment

      Options:
        --keep-data      leave the data folder (database, uploads)
        -h, --help       display help for command
      "
    `);
  });

  it("init", async () => {
    expect(await readHelp("init")).toMatchInlineSnapshot(`
      "Usage: mizan init [options]

      Write a commented mizan.config.ts (never needed)

      Options:
        --from <source>  import: a file, fly, render, … or auto
        --dry-run        show what would be imported; write nothing
        --force          replace a config; the old one is kept as .old
        -h, --help       display help for command
      "
    `);
  });
});
