import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commandIndex, GROUP_SUMMARY } from "../../../cli/commands/index.ts";
import { FACT_KEYS } from "../../../cli/inspect/fact-table.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];

const repository = join(import.meta.dirname, "../../..");
const folder = mkdtempSync(join(tmpdir(), "mz-shell-"));
const run = promisify(execFile);

beforeAll(async () => {
  for (const shell of SHELLS) {
    const bin = join(repository, "cli/bin.ts");
    const { stdout } = await run(process.execPath, [bin, "completion", shell]);
    writeFileSync(join(folder, `mizan.${shell}`), stdout);
  }
  for (const name of ["local", "staging"])
    mkdirSync(join(folder, ".mizan/env", name), { recursive: true });
  mkdirSync(join(folder, "a folder"));
  writeFileSync(join(folder, "a file"), "");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the shell itself makes of the script, for words of which the last is being typed. */
const ASK: Readonly<Record<Shell, (words: readonly string[]) => readonly string[]>> = {
  bash: (words) => [
    "--norc",
    "-c",
    'source ./mizan.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _mizan; printf "%s\\n" "$' +
      '{COMPREPLY[@]}"',
    "bash",
    ...words,
  ],
  // Only a terminal has zsh's own completion system: its three commands print what they are given.
  zsh: (words) => [
    "-f",
    "-c",
    `compdef() { : }; compadd() { print -l -- $candidates }; _files() { print -l -- *(/) }
     _describe() { print -l -- $\{candidates%%:*} }
     source ./mizan.zsh; words=("$@"); CURRENT=$#; _mizan`,
    "zsh",
    ...words,
  ],
  fish: (words) => [
    "--no-config",
    "-c",
    "source ./mizan.fish; complete -C $argv[1]",
    "--",
    words.join(" "),
  ],
};

async function complete(shell: Shell, ...words: readonly string[]): Promise<readonly string[]> {
  const args = ASK[shell](["mizan", ...words]);
  const { stdout } = await run(shell, args, { cwd: folder, timeout: 15_000 });
  const last = words.at(-1) ?? "";
  return stdout
    .split("\n")
    .map((line) => line.split("\t")[0] ?? "") // fish prints the description behind a tab
    .filter((word) => word !== "" && word.startsWith(last))
    .sort();
}

function isInstalled(shell: Shell): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((path) => existsSync(join(path, shell)));
}

const names = commandIndex.map(({ name }) => name.split(" "));
const groups = Object.keys(GROUP_SUMMARY);

describe.each(SHELLS)("in %s", (shell) => {
  // bash is everywhere, CI has all; elsewhere the others are tested where they are.
  const mustRun = shell === "bash" || process.env["CI"] !== undefined;
  describe.runIf(mustRun || isInstalled(shell))("the script", () => {
    test("offers every command, and each command of a group after its name", async () => {
      const single = names.flatMap(([first, second]) =>
        second === undefined && first ? [first] : [],
      );
      expect(await complete(shell, "")).toEqual([...single, ...groups, "help"].sort());
      for (const group of groups) {
        const own = names.flatMap(([first, second]) => (first === group && second ? [second] : []));
        expect(await complete(shell, group, "")).toEqual(own.sort());
      }
      expect(await complete(shell, "de")).toEqual(["deploy", "destroy"]);
    });

    test("offers the flags of the command that stands there, behind flags with values too", async () => {
      expect(await complete(shell, "--env", "inspect", "inspect", "--st")).toEqual(["--static"]);
      expect(await complete(shell, "logs", "--f")).toEqual(["--follow"]);
      expect(await complete(shell, "edge", "purge", "--al")).toEqual(["--all"]);
      expect(await complete(shell, "status", "--st")).toEqual([]);
      expect(await complete(shell, "--js")).toEqual(["--json"]);
    });

    test("offers values: facts, environments that are there, folders, shells", async () => {
      expect(await complete(shell, "inspect", "--why", "")).toEqual([...FACT_KEYS].sort());
      expect(await complete(shell, "inspect", "--why", "backend.c")).toEqual([
        "backend.celery",
        "backend.channels",
      ]);
      expect(await complete(shell, "status", "--env", "")).toEqual(["local", "staging"]);
      expect(await complete(shell, "completion", "")).toEqual([...SHELLS].sort());
      const found = (await complete(shell, "--cwd", "")).map((path) => path.replace(/\/$/, ""));
      expect(found).toContain("a folder");
      expect(found).not.toContain("a file");
    });
  });
});

test("bash takes --env=st as one flag with its value", async () => {
  expect(await complete("bash", "status", "--env", "=", "st")).toEqual(["staging"]);
});
