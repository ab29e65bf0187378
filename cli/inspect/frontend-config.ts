/** Reads single settings out of a frontend's configuration as text: nothing of it is run. */

import type { ProjectFiles } from "./facts.ts";
import { joinPath } from "./project-paths.ts";

const STRING = /["'`]([^"'`$]*)["'`]/g;

/** More is not written by hand. */
const MAX_CHARACTERS = 64 * 1024;

/** Text of the first matching file of a folder without comments; empty if there is none. */
export function readFrontendConfig(files: ProjectFiles, folder: string, name: RegExp): string {
  const prefix = folder === "." ? "" : `${folder}/`;
  const matching = files.paths.filter(
    (path) => path.startsWith(prefix) && name.test(path.slice(prefix.length)),
  );
  const path = matching.find((p) => /prod/.test(p)) ?? matching[0];
  const text = path === undefined ? "" : (files.read(path) ?? "").slice(0, MAX_CHARACTERS);
  return text
    .replace(/^[ \t]*\/\/.*$/gm, "")
    .replace(/^[ \t]*\/\*[\s\S]*?(?:\*\/|(?![\s\S]))/gm, "");
}

/** Value of `key: …`: the default if the key is absent, null if the value is not plain. */
export function readFrontendSetting(config: string, key: string, absent: string): string | null {
  const expression = findExpression(config, key);
  if (expression === null) return absent;
  const strings = [...expression.matchAll(STRING)].map(([, text = ""]) => text);
  const rest = expression
    .replace(STRING, "")
    .replace(/__dirname|process\.cwd\(\)|import\.meta\.(?:dirname|url)/g, "")
    .replace(/\b(?:path|resolve|join|fileURLToPath|new|URL|url)\b/g, "");
  // `root: __dirname` is the folder itself.
  const isPlain = /^[\s().,]*$/.test(rest) && !strings[0]?.startsWith("/");
  return isPlain ? joinPath(".", strings.join("/")) : null;
}

/** True where the value is made by a call, such as `resolve(__dirname, …)`. */
export function isSettingCall(config: string, key: string): boolean {
  return findExpression(config, key)?.includes("(") ?? false;
}

/** The text after `key:`; of a name that a `const` gives a value to, that value. */
function findExpression(config: string, key: string): string | null {
  const match = new RegExp(`(?:^|[\\s{,(])["']?${key}["']?\\s*:`).exec(config);
  if (match !== null)
    return followName(config, cutExpression(config, match.index + match[0].length));
  // `{ outDir }` is short for `outDir: outDir`.
  const isShort = new RegExp(`[{,]\\s*${key}\\s*[,}]`).test(config);
  return isShort ? followName(config, key) : null;
}

function followName(config: string, expression: string): string {
  const name = /^\s*([A-Za-z_$][\w$]*)\s*$/.exec(expression)?.[1];
  if (name === undefined) return expression;
  const given = new RegExp(`\\b(?:const|let|var)\\s+${name.replaceAll("$", "\\$")}\\s*=`);
  const match = given.exec(config);
  return match === null ? expression : cutExpression(config, match.index + match[0].length);
}

/** Up to the end of the value: the first comma or brace outside parentheses, or the line's end. */
function cutExpression(config: string, start: number): string {
  let depth = 0;
  let hasText = false;
  for (let index = start; index < config.length; index += 1) {
    const character = config[index];
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (depth < 0) return config.slice(start, index);
    if (
      depth === 0 &&
      hasText &&
      (character === "," || character === "}" || character === ";" || character === "\n")
    ) {
      return config.slice(start, index);
    }
    hasText ||= character?.trim() !== "";
  }
  return config.slice(start);
}
