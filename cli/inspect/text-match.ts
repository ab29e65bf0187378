/** Finds text in files and says where: `path:line`. */

import type { ProjectFiles } from "./facts.ts";

export interface TextMatch {
  readonly groups: readonly (string | undefined)[];
  /** `path:line`, line from 1. */
  readonly at: string;
}

/** `path:line` of an offset in a text. */
export function lineAt(path: string, text: string, offset: number): string {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) {
    line += 1;
  }
  return `${path}:${line}`;
}

/** Every match in a text, in order. `groups[0]` is the first capture group. */
export function matchText(path: string, text: string, pattern: RegExp): readonly TextMatch[] {
  const global = new RegExp(pattern.source, `${pattern.flags.replace("g", "")}g`);
  const matches: TextMatch[] = [];
  // Counted on from match to match: a lock file has thousands.
  let line = 1;
  let counted = 0;
  for (const match of text.matchAll(global)) {
    for (let at = text.indexOf("\n", counted); at !== -1 && at < match.index; ) {
      line += 1;
      counted = at + 1;
      at = text.indexOf("\n", counted);
    }
    matches.push({ groups: match.slice(1), at: `${path}:${line}` });
  }
  return matches;
}

/** First match in a text; null if there is none. */
function matchFirst(path: string, text: string, pattern: RegExp): TextMatch | null {
  const match = new RegExp(pattern.source, pattern.flags.replace("g", "")).exec(text);
  return match === null ? null : { groups: match.slice(1), at: lineAt(path, text, match.index) };
}

/** First match in a file as it is on disk; null if there is none or no such file. */
export function findInFile(files: ProjectFiles, path: string, pattern: RegExp): TextMatch | null {
  return matchFirst(path, files.read(path) ?? "", pattern);
}
