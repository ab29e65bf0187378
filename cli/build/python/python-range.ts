/** Python versions as projects write them (PEP 440, Poetry, .python-version, runtime.txt), in one form. */

import { satisfies, validRange } from "@renovatebot/pep440";

export interface PythonRange {
  /** PEP 440 specifiers; one of them must hold. */
  readonly alternatives: readonly string[];
  /** Set when one exact patch version was asked for, e.g. `3.11.9`. */
  readonly exactVersion: string | null;
}

const VERSION = /^\d+(?:\.\d+){0,2}$/;

/**
 * Understands `3.12`, `3.11.9`, `python-3.11.4`, `>=3.11,<4`, `^3.11`, `~3.11`, `~=3.11`,
 * `3.11.*`, `^3.9 || ^3.11`, `>=3.8 <3.12` and `*`. Of several lines the first counts, as pyenv has it.
 *
 * @returns null when the text is none of these (`pypy3.10`, `system`).
 */
export function parsePythonRange(raw: string): PythonRange | null {
  const line = raw
    .split("\n")
    .map((text) => text.replace(/#.*/, "").trim())
    .find((text) => text !== "");
  if (line === undefined) return null;
  const text = line.replace(/^(?:c?python)[-@]?(?=\d)/i, "");
  if (/^\d+\.\d+\.\d+$/.test(text)) return { alternatives: [`==${text}`], exactVersion: text };
  const alternatives = text.split("||").map((part) => normalizeSpecifier(part.trim()));
  const known = alternatives.filter((specifier) => specifier !== null);
  if (known.length !== alternatives.length) return null;
  return { alternatives: known, exactVersion: null };
}

/** @param version a full version, e.g. `3.12.1`. */
export function isInRange(version: string, range: PythonRange): boolean {
  return range.alternatives.some((specifier) => satisfies(version, specifier));
}

/** The range without its patch version: `3.11.9` becomes any 3.11. */
export function relaxToMinor(range: PythonRange): PythonRange {
  if (range.exactVersion === null) return range;
  const minor = range.exactVersion.split(".").slice(0, 2).join(".");
  return { alternatives: [`==${minor}.*`], exactVersion: null };
}

function normalizeSpecifier(text: string): string | null {
  if (text === "*" || text === "") return ">=3";
  // Poetry allows spaces between clauses; PEP 440 wants commas.
  const clauses = text
    .replace(/([<>=!~^]+)\s+/g, "$1")
    .split(/[\s,]+/)
    .filter((clause) => clause !== "")
    .map(normalizeClause);
  const specifier = clauses.join(",");
  return validRange(specifier) ? specifier : null;
}

function normalizeClause(clause: string): string {
  const operator = /^(\^|~(?!=))(.*)$/.exec(clause);
  const version = operator?.[2] ?? "";
  if (operator?.[1] === "^" && VERSION.test(version)) return caret(version);
  if (operator?.[1] === "~" && VERSION.test(version)) return tilde(version);
  if (VERSION.test(clause)) return `==${clause}.*`;
  if (/^\d+(?:\.\d+)*\.\*$/.test(clause)) return `==${clause}`;
  return clause;
}

/** Poetry: `^3.11` is `>=3.11,<4`. */
function caret(version: string): string {
  const major = Number(version.split(".")[0]);
  return `>=${version},<${major + 1}`;
}

/** Poetry: `~3.11` and `~3.11.2` stay on 3.11; `~3` is `>=3,<4`. */
function tilde(version: string): string {
  const [major = "3", minor] = version.split(".");
  const end = minor === undefined ? `${Number(major) + 1}` : `${major}.${Number(minor) + 1}`;
  return `>=${version},<${end}`;
}
