/** JSON of contexts on its way from the origin into a page: kept as the app wrote it, on one line. Pure. */

/** @returns null: not UTF-8, or no JSON */
export function readJsonLine(body: Uint8Array): string | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(body);
    JSON.parse(text);
    // Only between its parts: inside a text JSON has no line break.
    return text.replace(/[\r\n]+/g, " ");
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

/** @returns of the error envelope (protocol 2.6); `""`: there is none */
export function readErrorCode(body: Uint8Array): string {
  const line = readJsonLine(body);
  const envelope: unknown = line === null ? null : JSON.parse(line);
  const error = readMember(envelope, "error");
  const code = readMember(error, "code");
  return typeof code === "string" ? code : "";
}

function readMember(value: unknown, name: string): unknown {
  const isObject = typeof value === "object" && value !== null;
  return isObject && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : null;
}
