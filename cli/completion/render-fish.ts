/** The completion script for fish. */

import type { Completes } from "../commands/define-command.ts";
import {
  type CompletionCommand,
  type CompletionFlag,
  listValueFlags,
  quote,
} from "./completion-model.ts";

export function renderFish(commands: readonly CompletionCommand[]): readonly string[] {
  return [
    "# mizan for fish: mizan completion fish | source",
    ...renderCommandFunction(commands),
    "function __mizan_is",
    "  set -l command (__mizan_command)",
    '  test "$command" = "$argv[1]"',
    "end",
    "complete -c mizan -f",
    ...commands.flatMap(({ name, words, flags }) => {
      const when = `complete -c mizan -n ${quote(`__mizan_is "${name}"`)}`;
      return [
        ...words.map(({ word, summary }) => `${when} -a ${quote(word)}${describe(summary)}`),
        ...flags.map((flag) => `${when} ${renderFlag(flag)}`),
      ];
    }),
  ];
}

/** Prints the command that the line has so far. */
function renderCommandFunction(commands: readonly CompletionCommand[]): readonly string[] {
  const names = commands.map(({ name }) => name).filter((name) => name !== "");
  const single = names.filter((name) => !name.includes(" ")).map((name) => quote(` ${name}`));
  const double = names.filter((name) => name.includes(" ")).map(quote);
  return [
    "function __mizan_command",
    '  set -l command ""',
    "  set -l skip 0",
    "  for word in (commandline -opc)[2..-1]",
    "    if test $skip = 1",
    "      set skip 0",
    "      continue",
    "    end",
    "    switch $word",
    `      case ${listValueFlags(commands).join(" ")}`,
    "        set skip 1",
    "      case '-*'",
    "      case '*'",
    '        switch "$command $word"',
    `          case ${single.join(" ")}`,
    "            set command $word",
    ...(double.length === 0
      ? []
      : [`          case ${double.join(" ")}`, '            set command "$command $word"']),
    "        end",
    "    end",
    "  end",
    "  echo $command",
    "end",
  ];
}

function renderFlag({ names, summary, needsValue, completes }: CompletionFlag): string {
  const options = names.map((name) =>
    name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  );
  const value = needsValue ? ` -x${renderCompletes(completes)}` : "";
  return `${options.join(" ")}${value}${describe(summary)}`;
}

function renderCompletes(completes: Completes): string {
  if (completes === "folders") return ` -a ${quote("(__fish_complete_directories)")}`;
  if (completes === "environments") {
    return ` -a ${quote("(for folder in .mizan/env/*/; basename $folder; end)")}`;
  }
  return completes.length === 0 ? "" : ` -a ${quote(completes.join(" "))}`;
}

function describe(summary: string): string {
  return summary === "" ? "" : ` -d ${quote(summary)}`;
}
