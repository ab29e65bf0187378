/** Turns what the command line's parser or a command's schema refuses into one kind of error. */

import type { CommanderError } from "commander";
import type { z } from "zod";
import { MizanError } from "../infra/contract/errors.ts";
import { createOption } from "./command-flags.ts";
import type { CommandSpec } from "./commands/define-command.ts";

/** @param commandName the command that was meant, or null. */
export function buildUsageError(error: CommanderError, commandName: string | null): MizanError {
  const help = commandName === null ? "mizan --help" : `mizan ${commandName} --help`;
  // commander puts its suggestion on a line of its own: `(Did you mean deploy?)`.
  const [first = "", suggestion] = error.message.replace(/^error: /, "").split("\n");
  const hint = suggestion === undefined ? help : `${suggestion.replace(/[()]/g, "")} See ${help}`;
  return new MizanError("USAGE", `${first.charAt(0).toUpperCase()}${first.slice(1)}`, {
    hint,
  });
}

/** Names each flag as it is typed: `--lines: must be a whole number`. */
export function buildOptionsError(command: CommandSpec, error: z.ZodError): MizanError {
  const lines = error.issues.map((issue) => {
    const name = String(issue.path[0] ?? "");
    const flag = command.flags.map(createOption).find((each) => each.attributeName() === name);
    return `${flag?.long ?? name}: ${issue.message}`;
  });
  return new MizanError("USAGE", lines.join("\n"), { hint: `mizan ${command.name} --help` });
}
