/** The completion script for zsh. */

import type { Completes } from "../commands/define-command.ts";
import {
  type CompletionCommand,
  type CompletionWord,
  listValueFlags,
  quote,
} from "./completion-model.ts";
import { renderNames, renderValues } from "./shell-cases.ts";

export function renderZsh(commands: readonly CompletionCommand[]): readonly string[] {
  return [
    "#compdef mizan",
    "# mizan for zsh: source <(mizan completion zsh), after compinit",
    "_mizan() {",
    "  local command='' word index=2",
    "  local -a candidates",
    "  while (( index < CURRENT )); do",
    "    word=$words[index]",
    '    case "$word" in',
    `      (${listValueFlags(commands).join("|")}) (( index += 1 )) ;;`,
    "      (-*) ;;",
    "      (*)",
    '        case "$command $word" in',
    ...renderNames(commands, "("),
    "        esac ;;",
    "    esac",
    "    (( index += 1 ))",
    "  done",
    '  case "$command:$words[CURRENT-1]" in',
    ...renderValues(commands, "(", renderCompletes),
    "  esac",
    '  if [[ "$words[CURRENT]" == -* ]]; then',
    '    case "$command" in',
    ...commands.map(({ name, flags }) => renderCandidates(name, flags.flatMap(listFlagWords))),
    "    esac",
    "    _describe -o flag candidates",
    "  else",
    '    case "$command" in',
    ...commands.map(({ name, words }) => renderCandidates(name, words)),
    "    esac",
    "    _describe command candidates",
    "  fi",
    "}",
    // In a folder of fpath the file is the function itself; sourced, it only defines it.
    'if [[ "$funcstack[1]" == _mizan ]]; then _mizan "$@"; else compdef _mizan mizan; fi',
  ];
}

function renderCompletes(completes: Completes): string {
  if (completes === "folders") return "_files -/";
  const words =
    completes === "environments" ? ".mizan/env/*(N/:t)" : completes.map(quote).join(" ");
  return `candidates=(${words}); compadd -a candidates`;
}

function listFlagWords(flag: CompletionCommand["flags"][number]): readonly CompletionWord[] {
  return flag.names.map((word) => ({ word, summary: flag.summary }));
}

/** `word:summary`, the form of `_describe`. */
function renderCandidates(name: string, words: readonly CompletionWord[]): string {
  const list = words.map(({ word, summary }) =>
    quote(summary === "" ? escapeColons(word) : `${escapeColons(word)}:${summary}`),
  );
  return `      (${quote(name)}) candidates=(${list.join(" ")}) ;;`;
}

function escapeColons(word: string): string {
  return word.replaceAll(":", "\\:");
}
