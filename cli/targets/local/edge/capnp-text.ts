/** Text of workerd's configuration language, Cap'n Proto. Pure. */

/** Behaviour of the runtime that the workers were written for; not later than the pinned workerd. */
export const COMPATIBILITY_DATE = "2026-11-01";

/** A list of entries that are text already. */
export function writeList(entries: readonly string[]): string {
  return `[\n${entries.map((entry) => `    ${entry},\n`).join("")}  ]`;
}

/** A text literal: escapes as in C, everything else as it is, in UTF-8. */
export function quote(text: string): string {
  const escaped = text.replace(/["\\]|\p{Cc}/gu, (character) =>
    character === '"' || character === "\\" ? `\\${character}` : escapeBytes(character),
  );
  return `"${escaped}"`;
}

function escapeBytes(character: string): string {
  const bytes = [...Buffer.from(character)];
  return bytes.map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
}
