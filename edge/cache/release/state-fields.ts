/** Reads single fields of what was pushed over the control socket; the first that is wrong ends it. */

/** The reason names the place: `live.assets["/a.css"].sha256: not a SHA-256`. */
export class StateError extends Error {
  override readonly name = "StateError";
}

export type Fields = Readonly<Record<string, unknown>>;

/** @throws {StateError} for a missing or an unknown field */
export function parseFields(
  raw: unknown,
  at: string,
  required: readonly string[],
  optional: readonly string[] = [],
): Fields {
  const fields = parseRecord(raw, at);
  const unknown = Object.keys(fields).find((name) => {
    return !required.includes(name) && !optional.includes(name);
  });
  if (unknown !== undefined) fail(at, `unknown field ${JSON.stringify(unknown)}`);
  const missing = required.find((name) => !Object.hasOwn(fields, name));
  if (missing !== undefined) fail(at, `no field ${JSON.stringify(missing)}`);
  return fields;
}

export function parseRecord(raw: unknown, at: string): Fields {
  const isRecord = typeof raw === "object" && raw !== null && !Array.isArray(raw);
  return isRecord ? (raw as Fields) : fail(at, "not an object");
}

export function parseList(raw: unknown, at: string): readonly unknown[] {
  return Array.isArray(raw) ? raw : fail(at, "not a list");
}

export function parseTexts(raw: unknown, at: string): readonly string[] {
  return parseList(raw, at).map((text, index) => parseText(text, `${at}[${index}]`));
}

export function parseText(raw: unknown, at: string): string {
  return typeof raw === "string" && raw !== "" ? raw : fail(at, "not a text");
}

export function parseBoolean(raw: unknown, at: string): boolean {
  return typeof raw === "boolean" ? raw : fail(at, "not true or false");
}

/** Not negative. */
export function parseNumber(raw: unknown, at: string): number {
  const isNumber = typeof raw === "number" && Number.isFinite(raw) && raw >= 0;
  return isNumber ? raw : fail(at, "not a number from 0 on");
}

export function fail(at: string, reason: string): never {
  throw new StateError(`${at}: ${reason}`);
}
