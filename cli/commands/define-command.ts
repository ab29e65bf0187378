/** The shape of a command: data, a schema, a call, and words for the result. */

import type { z } from "zod";
import type { Context } from "../context.ts";

/** What a shell may offer as a value: these words, the environments of the project, or folders. */
export type Completes = readonly string[] | "environments" | "folders";

export interface FlagSpec {
  /** As commander writes it: `--timeout-seconds <n>`, `-f, --follow`. */
  readonly flag: string;
  readonly summary: string;
  /** Default: nothing. */
  readonly completes?: Completes;
}

export interface ArgumentSpec {
  /** `<release>`, `[release]` or `[args...]`. */
  readonly name: string;
  readonly summary: string;
  /** All that it may be, if that is known. */
  readonly values?: readonly string[];
}

/** One verb: flags, schema, call, words. No I/O of its own (house style B4). */
export interface CommandSpec<Options = unknown, Result extends object = object> {
  readonly name: string;
  readonly flags: readonly FlagSpec[];
  readonly arguments?: readonly ArgumentSpec[];
  /** Everything behind the command's own words goes to it untouched (`mizan run`). */
  readonly passThrough?: boolean;
  /** Flags by camel-case name, arguments by name. */
  readonly options: z.ZodType<Options>;
  run(context: Context, options: Options): Promise<Result>;
  /** The result for people; `--json` prints it as it is. */
  render?(result: Result, context: Context): readonly string[];
  exitCode?(result: Result): number;
}

/** A command by its name: what `--help` needs, and how to load the rest. */
export interface CommandEntry {
  /** One word, or a group's and its own: `edge stats`. */
  readonly name: string;
  readonly summary: string;
  load(): Promise<CommandSpec>;
}

/** Checks a command's types, then hides them from the index. */
export function defineCommand<Options, Result extends object>(
  command: CommandSpec<Options, Result>,
): CommandSpec {
  return command as unknown as CommandSpec; // run() only ever gets what options has parsed
}
