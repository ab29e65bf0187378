/** Parses the command line, runs one command, turns any error into text and an exit status. */

import { Command, CommanderError } from "commander";
import { MizanError } from "../infra/contract/errors.ts";
import { createOption, GLOBAL_FLAGS, GLOBAL_NAMES, readTwins } from "./command-flags.ts";
import type { CommandSpec } from "./commands/define-command.ts";
import { commandIndex, GROUP_SUMMARY } from "./commands/index.ts";
import { createContext, type GlobalOptions, type Machine } from "./create-context.ts";
import { exitCodeOf, renderError, renderErrorJson } from "./output/error-output.ts";
import { decideLook } from "./output/look.ts";
import { readPackageVersion } from "./package-files.ts";
import { buildOptionsError, buildUsageError } from "./usage-error.ts";

const TWINS_HELP = `
Every flag can be set in the environment: MIZAN_ENV=staging is --env staging.`;

/**
 * Runs one command line.
 * @param args arguments without node and script.
 * @returns the exit status (house style B3).
 */
export async function main(args: readonly string[], machine: Machine): Promise<number> {
  const argv = expandGroupHelp(args);
  let globals = readGlobalsForErrors(argv, machine);
  const program = createProgram(machine);
  const outcome: { exitCode: number } = { exitCode: 0 };
  try {
    await addCommands(program, argv, machine, async (command, rawOptions, rawGlobals) => {
      globals = rawGlobals;
      outcome.exitCode = await runCommand(command, rawOptions, rawGlobals, machine);
    });
    await program.parseAsync([...argv], { from: "user" });
    return outcome.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0; // --help and --version have printed already
      if (error.code === "commander.help" && !globals.json) {
        machine.stderr.write(program.helpInformation());
      }
      return reportFailure(describeUsage(error, argv), globals, machine);
    }
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
    .addHelpText("after", TWINS_HELP)
    .configureOutput({
      writeOut: (text) => machine.stdout.write(text),
      writeErr: () => undefined, // usage errors are rendered like every other error
      getOutHasColors: () => false,
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
async function addCommands(
  program: Command,
  argv: readonly string[],
  machine: Machine,
  action: Action,
) {
  const groups = new Map<string, Command>();
  for (const entry of commandIndex) {
    const words = entry.name.split(" ");
    const parent =
      words.length === 1 ? program : ensureGroup(program, groups, { argv, name: words[0] ?? "" });
    const sub = parent.command(words.at(-1) ?? "").description(entry.summary);
    if (!words.every((word) => argv.includes(word))) continue;
    const command = await entry.load();
    for (const argument of command.arguments ?? []) {
      sub.argument(argument.name, argument.summary);
    }
    for (const flag of command.flags) sub.addOption(createOption(flag));
    for (const flag of GLOBAL_FLAGS) sub.addOption(createOption(flag));
    if (command.passThrough) sub.passThroughOptions();
    sub.action(async (...received: unknown[]) => {
      const positionals = received.slice(0, command.arguments?.length ?? 0);
      const own = { ...readTwins(command.flags, machine.env), ...ownOptions(sub.opts()) };
      const globals = {
        ...readTwins(GLOBAL_FLAGS, machine.env),
        ...program.opts(),
        ...parent.opts(),
        ...sub.opts(),
      };
      await action(command, { ...own, ...nameArguments(command, positionals) }, globals);
    });
  }
}

/** `help edge stats` as `edge stats --help`: commander's own help takes one word. */
function expandGroupHelp(argv: readonly string[]): readonly string[] {
  const [first, group = "", word] = argv;
  const isOfGroup = first === "help" && Object.hasOwn(GROUP_SUMMARY, group) && word !== undefined;
  return isOfGroup ? [...argv.slice(1), "--help"] : argv;
}

/** `mizan edge …`: made at its first command, so that it stands where that does in the help. */
function ensureGroup(
  program: Command,
  groups: Map<string, Command>,
  { argv, name }: { readonly argv: readonly string[]; readonly name: string },
): Command {
  const known = groups.get(name);
  if (known !== undefined) return known;
  const group = program.command(name).description(GROUP_SUMMARY[name] ?? "");
  // As with the other commands: the list of all shows their names alone.
  const flags = argv.includes(name) ? GLOBAL_FLAGS : [];
  for (const flag of flags) group.addOption(createOption(flag));
  groups.set(name, group);
  return group;
}

async function runCommand(
  command: CommandSpec,
  rawOptions: Record<string, unknown>,
  globals: GlobalOptions,
  machine: Machine,
): Promise<number> {
  const parsed = command.options.safeParse(rawOptions);
  if (!parsed.success) throw buildOptionsError(command, parsed.error);
  const childHasTerminal = command.passThrough === true;
  const { context, dispose } = await createContext(globals, machine, { childHasTerminal });
  try {
    const result = await command.run(context, parsed.data);
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

function ownOptions(options: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !GLOBAL_NAMES.has(name)));
}

function nameArguments(command: CommandSpec, values: readonly unknown[]): Record<string, unknown> {
  const names = (command.arguments ?? []).map((argument) => argument.name.replace(/[<>[\].]/g, ""));
  const pairs = names.map((name, index) => [name, values[index]] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}

/** Before commander has parsed anything, an error must still know whether to speak JSON. */
function readGlobalsForErrors(argv: readonly string[], machine: Machine): GlobalOptions {
  const flags = GLOBAL_FLAGS.filter(({ flag }) => argv.includes(flag));
  const typed = flags.map((spec) => [createOption(spec).attributeName(), true] as const);
  return { ...readTwins(GLOBAL_FLAGS, machine.env), ...Object.fromEntries(typed) };
}

/** Without a command people get the help, and scripts whose variable was empty a failure. */
function describeUsage(error: CommanderError, argv: readonly string[]): MizanError {
  const named =
    commandIndex.find(({ name }) => name.split(" ").every((word) => argv.includes(word)))?.name ??
    null;
  if (error.code !== "commander.help") return buildUsageError(error, named);
  const group = Object.keys(GROUP_SUMMARY).find((name) => argv.includes(name));
  if (group !== undefined) {
    const message = `mizan ${group} needs one of its commands: ${listGroup(group).join(", ")}.`;
    return new MizanError("USAGE", message, { hint: `mizan ${group} --help` });
  }
  const asked = argv.at(argv.indexOf("help") + 1);
  const message =
    argv.includes("help") && asked !== undefined
      ? `There is no command "${asked}".`
      : "No command was given.";
  return new MizanError("USAGE", message, { hint: "To put the app live: mizan deploy" });
}

function listGroup(group: string): readonly string[] {
  const words = commandIndex.map(({ name }) => name.split(" "));
  return words.flatMap(([first, second]) => (first === group && second ? [second] : []));
}

function reportFailure(error: unknown, globals: GlobalOptions, machine: Machine): number {
  if (globals.json) machine.stdout.write(`${JSON.stringify(renderErrorJson(error))}\n`);
  else {
    const look = decideLook(globals, machine);
    machine.stderr.write(renderError(error, { ...look, verbose: globals.verbose === true }));
  }
  return exitCodeOf(error);
}
