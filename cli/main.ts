/** Parses the command line, runs one command, turns any error into text and an exit status. */

import { Command, CommanderError, Option } from "commander";
import { z } from "zod";
import { MizanError } from "../infra/contract/errors.ts";
import type { CommandSpec, FlagSpec } from "./commands/define-command.ts";
import { commandIndex } from "./commands/index.ts";
import { createContext, type GlobalOptions, type Machine } from "./create-context.ts";
import { exitCodeOf, renderError, renderErrorJson } from "./output/error-output.ts";
import { readPackageVersion } from "./package-files.ts";

/** Flags of every command. Each has its `MIZAN_*` twin. */
const GLOBAL_FLAGS: readonly FlagSpec[] = [
  { flag: "--json", summary: "events and one result as newline-delimited JSON" },
  { flag: "--plain", summary: "no colours, no moving lines" },
  { flag: "--verbose", summary: "say more; stack traces with errors" },
  { flag: "--yes", summary: "answer every question with yes" },
  { flag: "--cwd <folder>", summary: "work in this folder" },
  { flag: "--env <name>", summary: "environment (default: defaultEnvironment, else local)" },
  { flag: "--target <name>", summary: "where the environment lives: local" },
];

/**
 * Runs one command line.
 * @param argv arguments without node and script.
 * @returns the exit status (house style B3).
 */
export async function main(argv: readonly string[], machine: Machine): Promise<number> {
  let globals: GlobalOptions = readGlobalsForErrors(argv, machine);
  const program = createProgram(machine);
  const outcome: { exitCode: number } = { exitCode: 0 };
  try {
    await addCommands(program, argv, async (command, rawOptions, rawGlobals) => {
      globals = rawGlobals;
      outcome.exitCode = await runCommand(command, rawOptions, rawGlobals, machine);
    });
    await program.parseAsync([...argv], { from: "user" });
    return outcome.exitCode;
  } catch (error) {
    return reportFailure(error, globals, machine);
  }
}

function createProgram(machine: Machine): Command {
  const program = new Command("mizan")
    .description("Put a Django + React app live: on this machine, or in your cloud")
    .version(readPackageVersion(), "--version")
    .enablePositionalOptions()
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => machine.stdout.write(text),
      writeErr: () => undefined, // usage errors are rendered like every other error
    });
  for (const flag of GLOBAL_FLAGS) program.addOption(createOption(flag));
  return program;
}

type Action = (
  command: CommandSpec,
  options: Record<string, unknown>,
  globals: GlobalOptions,
) => Promise<void>;

/** Adds every command by name and summary; only the one that is called gets loaded. */
async function addCommands(program: Command, argv: readonly string[], action: Action) {
  const words = argv.filter((word) => !word.startsWith("-"));
  for (const entry of commandIndex) {
    const sub = program.command(entry.name).description(entry.summary);
    if (!words.includes(entry.name)) continue;
    const command = await entry.load();
    for (const argument of command.arguments ?? []) {
      sub.argument(argument.name, argument.summary);
    }
    for (const flag of command.flags) sub.addOption(createOption(flag));
    for (const flag of GLOBAL_FLAGS) sub.addOption(createOption(flag));
    if (command.passThrough) sub.passThroughOptions();
    sub.action(async (...received: unknown[]) => {
      const positionals = received.slice(0, command.arguments?.length ?? 0);
      const options = { ...sub.opts(), ...nameArguments(command, positionals) };
      const globals = { ...defined(program.opts()), ...defined(sub.opts()) };
      await action(command, options, globals as GlobalOptions);
    });
  }
}

async function runCommand(
  command: CommandSpec,
  rawOptions: Record<string, unknown>,
  globals: GlobalOptions,
  machine: Machine,
): Promise<number> {
  const options = parseOptions(command, rawOptions);
  const { context, dispose } = await createContext(globals, machine);
  try {
    const result = await command.run(context, options);
    if (context.out.json) {
      machine.stdout.write(`${JSON.stringify({ type: "result", ok: true, ...result })}\n`);
    } else {
      for (const line of command.render?.(result, context) ?? []) context.out.line(line);
    }
    return command.exitCode?.(result) ?? 0;
  } finally {
    dispose();
  }
}

/** The command's own flags and arguments, without the global ones, through its schema. */
function parseOptions(command: CommandSpec, raw: Record<string, unknown>): unknown {
  const globalNames = new Set(GLOBAL_FLAGS.map((flag) => new Option(flag.flag).attributeName()));
  const own = Object.entries(defined(raw)).filter(([name]) => !globalNames.has(name));
  const parsed = command.options.safeParse(Object.fromEntries(own));
  if (parsed.success) return parsed.data;
  throw new MizanError("USAGE", z.prettifyError(parsed.error), {
    hint: `mizan ${command.name} --help`,
  });
}

function createOption(spec: FlagSpec): Option {
  const option = new Option(spec.flag, spec.summary);
  return option.env(`MIZAN_${option.name().toUpperCase().replaceAll("-", "_")}`);
}

function nameArguments(command: CommandSpec, values: readonly unknown[]): Record<string, unknown> {
  const names = (command.arguments ?? []).map((argument) => argument.name.replace(/[<>[\].]/g, ""));
  return Object.fromEntries(names.map((name, index) => [name, values[index]]));
}

function defined(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Before commander has parsed anything, an error must still know whether to speak JSON. */
function readGlobalsForErrors(argv: readonly string[], machine: Machine): GlobalOptions {
  const has = (name: string) =>
    argv.includes(`--${name}`) || isOn(machine.env[`MIZAN_${name.toUpperCase()}`]);
  return { json: has("json"), verbose: has("verbose"), plain: has("plain") };
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}

function reportFailure(error: unknown, globals: GlobalOptions, machine: Machine): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0; // --help and --version have printed already
    const message = error.message.replace(/^error: /, "");
    return reportFailure(
      new MizanError("USAGE", message, { hint: "mizan --help", cause: error }),
      globals,
      machine,
    );
  }
  if (globals.json) machine.stdout.write(`${JSON.stringify(renderErrorJson(error))}\n`);
  else machine.stderr.write(renderError(error, globals, machine));
  return exitCodeOf(error);
}
