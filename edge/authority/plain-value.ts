/** Tells the parameter values that have one spelling from those that an app may read in several. Pure. */

/** Values of this length are not worth a row of their own; both sides of a bump agree on that. */
const MAX_LENGTH = 128;

const INTEGER = /^(?:0|[1-9][0-9]*)$/;
const WORD = /^[a-z][a-z0-9_-]*$/;

/** Pydantic's dates take integers above 2e10 as milliseconds: these have a second spelling, in seconds. */
const WHOLE_SECONDS_IN_MS = /^[0-9]{8,}000$/;

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Pydantic reads a UUID with or without its dashes, wherever they stand. */
const HEX_32 = /^[0-9a-f]{32}$/;

/** Pydantic reads these as booleans, floats or decimals; Mizan writes null as `None` or `null`. */
const WORDS_WITH_A_MEANING = new Set(
  "true false yes no on off t f y n none null inf infinity".split(" "),
);
const NOT_A_NUMBER = /^s?nan[0-9]*$/; // `nan` and `nan0` are one decimal

/**
 * `true`: no other text means the same to any parameter type that an app may declare, so requests
 * and bumps that name the value can be matched by comparing texts.
 * @param value decoded text of one parameter, untrusted
 */
export function isPlainValue(value: string): boolean {
  if (value.length > MAX_LENGTH) return false;
  if (UUID.test(value)) return true;
  if (HEX_32.test(value.replaceAll("-", ""))) return false;
  if (INTEGER.test(value)) return !WHOLE_SECONDS_IN_MS.test(value);
  return WORD.test(value) && !WORDS_WITH_A_MEANING.has(value) && !NOT_A_NUMBER.test(value);
}
