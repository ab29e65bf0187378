/** What a project's `.gitignore` files leave out, decided as git does. */

import type { Ignore } from "ignore";
import ignore from "ignore";

/** One .gitignore: its rules hold for paths relative to the folder it lies in. */
export interface IgnoreRules {
  /** Relative to the root, with a trailing slash; empty for the root. */
  readonly folder: string;
  readonly rules: Ignore;
}

/**
 * Stars of one name between its slashes. Each one more makes a name of 255 letters that nearly fits
 * 255 times as dear to refuse; people write `*_*.py` at most.
 */
const MAX_STARS = 3;
/** The longest path of Linux: a longer pattern fits nothing. */
const MAX_PATTERN_LENGTH = 4096;

/** @returns `hasOdd`: a pattern with too many stars is not followed. */
export function parseIgnoreRules(
  folder: string,
  text: string,
): IgnoreRules & { readonly hasOdd: boolean } {
  const lines = text.split("\n");
  const plain = lines.filter((line) => !isOdd(line));
  // All at once first: seldom is one of them unusable.
  const followed = isUsable(plain) ? plain : plain.filter((line) => isUsable([line]));
  const rules = ignore().add(followed.join("\n"));
  return { folder, rules, hasOdd: followed.length < lines.length };
}

function isOdd(line: string): boolean {
  if (line.startsWith("#")) return false;
  if (line.length > MAX_PATTERN_LENGTH) return true;
  return line.split("/").some((name) => name.split(/\*+/).length - 1 > MAX_STARS);
}

/** False where `ignore` makes an expression of it that does not compile: git follows no such pattern either. */
function isUsable(lines: readonly string[]): boolean {
  try {
    ignore().add(lines.join("\n")).ignores("x");
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** As git decides: the innermost .gitignore that says something about the path wins. */
export function isIgnored(path: string, rules: readonly IgnoreRules[]): boolean {
  for (const { folder, rules: own } of rules) {
    const result = own.test(path.slice(folder.length));
    if (result.ignored) return true;
    if (result.unignored) return false;
  }
  return false;
}
