/** Reads `X-Mizan-Invalidate` (protocol.md 3.3): `user;user_id=5, notifications`. Pure. */

import type { Target } from "./target.ts";

const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** Printable ASCII but `;` and `,`, which the framework encodes; `%` only before two hex digits. */
const ENCODED_VALUE = /^(?:[!-$&-+\--:<-~]|%[0-9A-Fa-f]{2})*$/;

/**
 * @param header as the origin sent it; several lines joined by `, `
 * @returns null: not of that grammar, so it may name anything
 */
export function parseInvalidateHeader(header: string): readonly Target[] | null {
  const targets: Target[] = [];
  for (const text of header.split(",")) {
    const target = parseTarget(trimSpaces(text));
    if (target === null) return null;
    targets.push(target);
  }
  return targets;
}

function parseTarget(text: string): Target | null {
  const [name = "", ...pairs] = text.split(";");
  if (!NAME.test(name)) return null;
  const values = new Map<string, string | null>();
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    const param = pair.slice(0, Math.max(at, 0));
    const value = decodeValue(pair.slice(at + 1));
    if (!NAME.test(param) || value === null) return null;
    // Named twice: which of the two is meant cannot be known, so neither narrows the target.
    values.set(param, values.has(param) ? null : value);
  }
  return { name, values };
}

function decodeValue(encoded: string): string | null {
  if (!ENCODED_VALUE.test(encoded)) return null;
  try {
    return decodeURIComponent(encoded);
  } catch (error) {
    if (error instanceof URIError) return null; // not UTF-8
    throw error;
  }
}

/** Only what HTTP calls optional white space; `trim()` takes more. */
function trimSpaces(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}
