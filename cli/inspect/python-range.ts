/** Compares Python versions with ranges as projects write them: PEP 440, and Poetry's `^` and `~`. */

import { satisfies, validRange } from "@renovatebot/pep440";

/** `3.12` or `3.12.4` → itself; null for a range. */
export function parseExactVersion(value: string): string | null {
  return /^\d+(\.\d+){1,2}$/.exec(value.trim())?.[0] ?? null;
}

/**
 * Whether a version, of two or three parts, can be one of the range's.
 * @returns null if the range cannot be read.
 */
export function isVersionInRange(version: string, rawRange: string): boolean | null {
  const exact = parseExactVersion(rawRange);
  // `3.12` stands for any 3.12.x on both sides.
  if (exact !== null)
    return `${version}.`.startsWith(`${exact}.`) || `${exact}.`.startsWith(`${version}.`);
  const alternatives = rawRange.split("||").map(convertPoetryRange);
  if (!alternatives.every((range) => validRange(range))) return null;
  const full = version.split(".").length > 2 ? [version] : [`${version}.0`, `${version}.99`];
  return full.some((candidate) => alternatives.some((range) => satisfies(candidate, range)));
}

/** https://python-poetry.org/docs/dependency-specification/#version-constraints */
function convertPoetryRange(range: string): string {
  return range
    .split(",")
    .map((part) => part.trim())
    .map((part) => {
      const match = /^([~^])\s*(\d+)(?:\.(\d+))?(?:\.(\d+))?$/.exec(part);
      if (match === null) return /^\d+(\.\d+)*(\.\*)?$/.test(part) ? `==${part}` : part;
      const [, sign, major = "", minor] = match;
      const next =
        sign === "~" && minor !== undefined
          ? `${major}.${Number(minor) + 1}`
          : String(Number(major) + 1);
      return `>=${part.slice(1).trim()},<${next}`;
    })
    .join(",");
}
