/** The completion script for bash, from 3.2 on. */

import type { Completes } from "../commands/define-command.ts";
import { type CompletionCommand, listValueFlags, quote } from "./completion-model.ts";
import { renderNames, renderValues } from "./shell-cases.ts";

export function renderBash(commands: readonly CompletionCommand[]): readonly string[] {
  return [
    "# mizan for bash: source <(mizan completion bash)",
    ...ENVIRONMENTS,
    "_mizan() {",
    "  local cur prev command='' word index=1 words='' flags=''",
    "  COMPREPLY=()",
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: bash's own
    "  cur=${COMP_WORDS[COMP_CWORD]}",
    "  prev=${COMP_WORDS[COMP_CWORD-1]}",
    "  # bash takes --env=name apart at its sign",
    '  if [ "$cur" = "=" ]; then cur=""',
    '  elif [ "$prev" = "=" ]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi',
    '  while [ "$index" -lt "$COMP_CWORD" ]; do',
    "    word=${COMP_WORDS[index]}",
    '    case "$word" in',
    `      ${listValueFlags(commands).join("|")})`,
    "        index=$((index + 1))",
    '        [ "${COMP_WORDS[index]}" = "=" ] && index=$((index + 1)) ;;',
    "      -*|=) ;;",
    "      *)",
    '        case "$command $word" in',
    ...renderNames(commands, ""),
    "        esac ;;",
    "    esac",
    "    index=$((index + 1))",
    "  done",
    '  case "$command:$prev" in',
    ...renderValues(commands, "", renderCompletes),
    "  esac",
    '  case "$command" in',
    ...commands.map(renderWords),
    "  esac",
    '  case "$cur" in -*) words=$flags ;; esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: bash's own
    "}",
    "complete -F _mizan mizan",
  ];
}

/** Those that were deployed here. */
const ENVIRONMENTS: readonly string[] = [
  "_mizan_environments() {",
  "  local folder",
  "  for folder in .mizan/env/*/; do",
  '    folder="$' + '{folder%/}"',
  '    [ -d "$folder" ] && printf "%s\\n" "$' + '{folder##*/}"',
  "  done",
  "}",
];

function renderCompletes(completes: Completes): string {
  if (completes === "folders") {
    return `local IFS=$'\\n'; COMPREPLY=($(compgen -d -- "$cur")); compopt -o filenames 2>/dev/null`;
  }
  const words =
    completes === "environments" ? '"$(_mizan_environments)"' : quote(completes.join(" "));
  return `COMPREPLY=($(compgen -W ${words} -- "$cur"))`;
}

function renderWords({ name, words, flags }: CompletionCommand): string {
  const names = flags.flatMap((flag) => flag.names).join(" ");
  const list = words.map(({ word }) => word).join(" ");
  return `    ${quote(name)}) words=${quote(list)} flags=${quote(names)} ;;`;
}
