/** Variables that a frontend's build puts into its code, so that both sides of a page see the same. */

import { parseEnv } from "node:util";
import type { EnvironmentFile } from "../frontend/environment-files.ts";

/** Vite's and Create React App's: others are not for the code. */
const PUBLIC = /^(?:VITE_|REACT_APP_|VUE_APP_)/;

/**
 * @param files the bundler's own, weakest first; values are taken as they are written.
 * @param variables of the environment: they win.
 */
export function readPublicVariables(
  files: readonly EnvironmentFile[],
  variables: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const written = files.flatMap(({ content }) => Object.entries(parseEnv(content)));
  const all = [...written, ...Object.entries(variables)].filter(
    (entry): entry is [string, string] => entry[1] !== undefined && PUBLIC.test(entry[0]),
  );
  return Object.fromEntries(all);
}
