/** Rules for environment variables in the forms that most formats share. */

import { automatic, type Decide, type KeyRule, none } from "./key-rule.ts";
import { readText } from "./source-node.ts";

/** `NAME: value` of a table; without a value only the name is known. */
export const variable: Decide = (value, place) =>
  place.collector.addVariable(place.key, readText(value), place);

/** Where only names stand, or references to where a secret is kept. */
export const secretName: Decide = (_value, place) =>
  place.collector.addVariable(place.key, null, place);

/** `NAME=value` or `NAME` as an item of a list. */
const assignment: Decide = (value, place) => {
  const text = readText(value) ?? "";
  const [, name = text, given] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  return place.collector.addVariable(name, given ?? null, place);
};

/** A table of variables, or a list of assignments. */
export const variables: KeyRule = { each: { value: variable }, items: { value: assignment } };

/** A file of variables. `.env` is read by Mizan, others are not. */
export const variableFile: Decide = (value) => {
  const path = readText(value);
  return path !== null && /^(\.\/)?\.env$/.test(path)
    ? automatic(".env of the project is read")
    : none("Mizan reads .env and .env.<environment>: copy or rename it");
};
