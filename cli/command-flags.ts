/** Flags of the command line: those of every command, and the `MIZAN_*` twin that each flag has. */

import { Option } from "commander";
import type { FlagSpec } from "./commands/define-command.ts";

/** Flags of every command. */
export const GLOBAL_FLAGS: readonly FlagSpec[] = [
  { flag: "--json", summary: "events and one result as newline-delimited JSON" },
  { flag: "--plain", summary: "no colours, no moving lines" },
  { flag: "--verbose", summary: "say more; details and stack traces with errors" },
  { flag: "--yes", summary: "answer every question with yes" },
  { flag: "--cwd <folder>", summary: "work in this folder", completes: "folders" },
  {
    flag: "--env <name>",
    summary: "environment (default: defaultEnvironment, else local)",
    completes: "environments",
  },
  { flag: "--target <name>", summary: "where the environment lives: local", completes: ["local"] },
];

export const GLOBAL_NAMES: ReadonlySet<string> = new Set(
  GLOBAL_FLAGS.map((spec) => createOption(spec).attributeName()),
);

export function createOption(spec: FlagSpec): Option {
  return new Option(spec.flag, spec.summary);
}

/** `--keep-data` → `MIZAN_KEEP_DATA`. */
export function twinName(spec: FlagSpec): string {
  return `MIZAN_${createOption(spec).name().toUpperCase().replaceAll("-", "_")}`;
}

/**
 * Values from the environment, by camel-case flag name; a flag on the command line wins over them.
 * For flags without a value, `0`, `false` and nothing are off, anything else is on.
 */
export function readTwins(
  flags: readonly FlagSpec[],
  env: Readonly<Record<string, string | undefined>>,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const spec of flags) {
    const option = createOption(spec);
    const text = env[twinName(spec)];
    if (text === undefined || text === "") continue;
    if (option.required) values[option.attributeName()] = text;
    else if (option.optional && !isSwitch(text)) values[option.attributeName()] = text;
    else if (isOn(text)) values[option.attributeName()] = true;
  }
  return values;
}

function isSwitch(text: string): boolean {
  return text === "true" || text === "false";
}

function isOn(text: string): boolean {
  return text !== "0" && text !== "false";
}
