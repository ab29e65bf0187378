/** What can be typed: the commands and flags in the form that the scripts of the shells are made from. */

import { createOption, GLOBAL_FLAGS } from "../command-flags.ts";
import type { CommandSpec, Completes, FlagSpec } from "../commands/define-command.ts";

export interface CompletionFlag {
  /** `--follow`, `-f`: the long one first. */
  readonly names: readonly string[];
  readonly summary: string;
  /** Whether the next word is the flag's. */
  readonly needsValue: boolean;
  readonly completes: Completes;
}

export interface CompletionCommand {
  /** One word or two; empty for `mizan` itself. */
  readonly name: string;
  readonly summary: string;
  /** Words that may follow the name: commands of a group, values of the first argument. */
  readonly words: readonly CompletionWord[];
  readonly flags: readonly CompletionFlag[];
}

export interface CompletionWord {
  readonly word: string;
  readonly summary: string;
}

interface NamedCommand extends CompletionWord {
  readonly command: CommandSpec;
}

/**
 * @param commands All of them, `word` being the whole name.
 * @param groups Summaries of commands of two words, by the first.
 */
export function buildCompletionModel(
  commands: readonly NamedCommand[],
  groups: Readonly<Record<string, string>>,
): readonly CompletionCommand[] {
  const global = GLOBAL_FLAGS.map(buildFlag);
  const single = commands.filter(({ word }) => !word.includes(" "));
  const top: readonly CompletionWord[] = [
    ...single,
    ...Object.entries(groups).map(([word, summary]) => ({ word, summary })),
    { word: "help", summary: "Show the help of a command" },
  ].map(({ word, summary }) => ({ word, summary }));
  return [
    { name: "", summary: "", words: top, flags: global },
    { name: "help", summary: "", words: top, flags: [] },
    ...Object.entries(groups).map(([name, summary]) => ({
      name,
      summary,
      words: listGroup(commands, name),
      flags: global,
    })),
    ...commands.map(({ word, summary, command }) => ({
      name: word,
      summary,
      words: (command.arguments?.[0]?.values ?? []).map((value) => ({ word: value, summary: "" })),
      flags: [...command.flags.map(buildFlag), ...global],
    })),
  ];
}

function listGroup(commands: readonly NamedCommand[], group: string): readonly CompletionWord[] {
  return commands
    .filter(({ word }) => word.startsWith(`${group} `))
    .map(({ word, summary }) => ({ word: word.slice(group.length + 1), summary }));
}

function buildFlag(spec: FlagSpec): CompletionFlag {
  const { long, short, required } = createOption(spec);
  const names = [long, short].filter((name) => name !== undefined && name !== null);
  return { names, summary: spec.summary, needsValue: required, completes: spec.completes ?? [] };
}

/** Flags that take the word behind them, wherever they stand. */
export function listValueFlags(commands: readonly CompletionCommand[]): readonly string[] {
  const flags = commands.flatMap((command) => command.flags.filter((flag) => flag.needsValue));
  return [...new Set(flags.flatMap(({ names }) => names))];
}

/** In single quotes, as bash, zsh and fish read it. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
