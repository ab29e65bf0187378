/** The protocol's cache key (protocol 4.1 to 4.3): the one function whose result other languages must agree on. */

import { computeHmac, type HmacKey } from "../identity/key-ring.ts";
import { buildHex } from "../manifest/canonical-json.ts";
import { BoundedMap } from "../memory/bounded-map.ts";

/** Values with one text in every language. A float's text differs between them: better not used. */
export type ParameterValue = string | number | bigint | boolean | null | undefined;

export interface KeySubject {
  readonly context: string;
  readonly params: Iterable<readonly [string, ParameterValue]>;
  /** `sub` of the token as it is; null: public content. */
  readonly userId: string | null;
  readonly rev: number;
}

/**
 * Upstream's Python escapes what is not ASCII, its TypeScript does not, and neither says which is
 * right. Edge and origin share no entries, so that nothing depends on it.
 */
export type NonAsciiForm = "raw" | "escaped";

function normaliseParameter(value: ParameterValue): string {
  return value === undefined ? "null" : String(value);
}

/** Compact JSON with sorted keys, of which the key is the MAC. */
export function buildKeyMessage(subject: KeySubject, form: NonAsciiForm = "raw"): string {
  // Put together by hand: a JS object would put "10" after "9".
  const params = [...subject.params]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(normaliseParameter(value))}`);
  const user = subject.userId === null ? "" : `,"u":${JSON.stringify(subject.userId)}`;
  const context = JSON.stringify(subject.context);
  const message = `{"c":${context},"p":{${params.join(",")}},"r":${subject.rev}${user}}`;
  return form === "raw" ? message : escapeNonAscii(message);
}

/** As Python's `json.dumps`: per UTF-16 unit, lower-case hex, DEL included. */
function escapeNonAscii(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** Bytes of messages and keys that are kept, so that a hit costs no MAC. */
const REMEMBERED_BYTES = 8 * 1024 * 1024;
/** UTF-16 takes two; a key and the map's own bookkeeping some more. */
const BYTES_PER_CHARACTER = 2;
const BYTES_PER_ENTRY = 300;

/** Derives keys with one key of the cache ring. A rotation makes another deriver. */
export class ProtocolKeys {
  readonly #key: HmacKey;
  readonly #form: NonAsciiForm;
  readonly #remembered = new BoundedMap<string>(REMEMBERED_BYTES);

  constructor(key: HmacKey, form: NonAsciiForm = "raw") {
    this.#key = key;
    this.#form = form;
  }

  /** @returns `ctx:<context>:<64 hex digits>` */
  async derive(subject: KeySubject): Promise<string> {
    const message = buildKeyMessage(subject, this.#form);
    const known = this.#remembered.get(message);
    if (known !== undefined) return known;
    const hex = buildHex(await computeHmac(this.#key, message));
    const key = `ctx:${subject.context}:${hex}`;
    const weight = BYTES_PER_CHARACTER * message.length + BYTES_PER_ENTRY;
    this.#remembered.set(message, key, weight);
    return key;
  }
}
