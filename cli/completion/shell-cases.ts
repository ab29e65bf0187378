/** The branches of `case` that bash and zsh have alike. */

import type { Completes } from "../commands/define-command.ts";
import { type CompletionCommand, quote } from "./completion-model.ts";

/** What stands before a pattern: zsh has the parenthesis in pairs, bash 3.2 has one only. */
export type PatternStart = "(" | "";

/** `edge stats` is found after `edge`; a word that is no command is an argument. */
export function renderNames(
  commands: readonly CompletionCommand[],
  start: PatternStart,
): readonly string[] {
  return commands
    .filter(({ name }) => name !== "")
    .map(({ name }) => {
      const known = name.includes(" ") ? name : ` ${name}`;
      return `          ${start}${quote(known)}) command=${quote(name)} ;;`;
    });
}

/** What may follow a flag. */
export function renderValues(
  commands: readonly CompletionCommand[],
  start: PatternStart,
  renderCompletes: (completes: Completes) => string,
): readonly string[] {
  return commands.flatMap(({ name, flags }) =>
    flags
      .filter(({ completes, needsValue }) => needsValue || completes.length > 0)
      .map(({ names, completes }) => {
        const pattern = names.map((flag) => quote(`${name}:${flag}`)).join("|");
        return `    ${start}${pattern}) ${renderCompletes(completes)}; return ;;`;
      }),
  );
}
