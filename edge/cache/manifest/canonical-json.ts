/** JSON with one spelling per value: what is hashed and compared, never the bytes that came. */

/** Shapes that come out of `JSON.parse`. */
type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * Keys sorted by UTF-16 code unit, no whitespace.
 * @param value out of `JSON.parse`; a value that JSON does not know is a bug of the caller
 */
export function buildCanonicalJson(value: unknown): string {
  return write(value as Json);
}

function write(value: Json): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(write).join(",")}]`;
  // Written piece by piece: a JS object would put "10" after "9" and lose "__proto__".
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${write(member)}`);
  return `{${members.join(",")}}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** @returns lower-case hex */
export async function computeSha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return buildHex(new Uint8Array(digest));
}

export function buildHex(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return hex;
}
