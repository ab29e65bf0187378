/**
 * Becomes of the lines of a Procfile. A process type is any name; two of them mean something:
 * https://devcenter.heroku.com/articles/procfile (read 2026-11).
 */

import { describeCommand } from "../describe-command.ts";
import type { Decide, FormatTable } from "../key-rule.ts";
import { readText } from "../source-node.ts";

const process: Decide = (value, place) => {
  const command = readText(value);
  if (command === null) {
    return { outcome: "unknown", text: "not `name: command`, or a later line has the same name" };
  }
  // `mizan inspect` reads the one at the root; others, e.g. Procfile.prod, it does not know.
  const isRead = /^Procfile:\d+$/.test(place.at);
  return describeCommand({ name: place.key, command, isRead }, place);
};

export const PROCFILE: FormatTable = { keys: {}, each: { value: process } };
