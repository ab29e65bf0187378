/** The header's grammar and the JSON forms against small models of who writes them. */

import fc from "fast-check";
import type { Target } from "../../../edge/authority/target.ts";
import type { AuthorityModules } from "../load-authority.ts";
import { type RunOptions, runProperty } from "./run-property.ts";

const someName = fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/);
const someText = fc.oneof(fc.string({ unit: "binary" }), fc.string(), fc.nat().map(String));
const someTargets = fc.array(
  fc.record({ name: someName, values: fc.dictionary(someName, someText, { maxKeys: 3 }) }),
  { minLength: 1, maxLength: 5 },
);

interface WrittenTarget {
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Python's `quote(value, safe="")` and JavaScript's `encodeURIComponent` leave different characters. */
const ENCODERS = [
  (text: string) => encodeURIComponent(text),
  (text: string) =>
    encodeURIComponent(text).replace(/[!*'()]/g, (one) => `%${one.charCodeAt(0).toString(16)}`),
  (text: string) => encodeURIComponent(text).replaceAll("%2F", "/"),
];

/** @returns a header or an answer that was not read back as it was written; null: none found */
export function checkForms(modules: AuthorityModules, options: RunOptions): string | null {
  const written = fc.property(
    someTargets,
    fc.constantFrom(...ENCODERS),
    fc.constantFrom(",", ", ", ",\t "),
    (targets, encode, comma) => {
      const header = targets.map((target) => writeTarget(target, encode)).join(comma);
      compare(modules.parseInvalidateHeader(header), targets, header);
      const list = targets.map(({ name, values }) => ({ context: name, params: values }));
      for (const answer of [{ invalidate: list }, { merge: list }, { result: 1, merge: list }]) {
        compare(modules.parseCallTargets(answer), targets, JSON.stringify(answer));
      }
    },
  );
  const spoiled = fc.property(someTargets, fc.nat(), fc.constantFrom(...' ";=%,\n\0é'), spoil);
  return runProperty(spoiled, options) ?? runProperty(written, options);

  /** A text that the grammar does not allow is never read as naming less than it may. */
  function spoil(targets: readonly WrittenTarget[], place: number, character: string): void {
    const header = targets.map((target) => writeTarget(target, encodeURIComponent)).join(", ");
    const at = place % (header.length + 1);
    const text = header.slice(0, at) + character + header.slice(at);
    const isRead = modules.parseInvalidateHeader(text) !== null;
    if (isRead !== (GRAMMAR.test(text) && isUtf8(text)))
      throw new Error(`${JSON.stringify(text)}: ${isRead}`);
  }
}

function isUtf8(encoded: string): boolean {
  const bytes = encoded.replace(/%(..)/g, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(Buffer.from(bytes, "latin1").toString("utf8")).equals(
    Buffer.from(bytes, "latin1"),
  );
}

/** The grammar as one expression, but for the encoding of characters. */
const NAME = "[a-z_][\\w.-]*";
const TARGET = `[ \\t]*${NAME}(;${NAME}=([!-$&-+\\--:<-~]|%[0-9a-f]{2})*)*[ \\t]*`;
const GRAMMAR = new RegExp(`^${TARGET}(,${TARGET})*$`, "i");

function writeTarget({ name, values }: WrittenTarget, encode: (text: string) => string): string {
  const pairs = Object.entries(values).map(([param, value]) => `;${param}=${encode(value)}`);
  return name + pairs.join("");
}

function compare(
  read: readonly Target[] | "*" | null,
  written: readonly WrittenTarget[],
  text: string,
): void {
  const plain = Array.isArray(read)
    ? read.map(({ name, values }: Target) => ({ name, values: [...values] }))
    : read;
  const expected = written.map(({ name, values }) => ({ name, values: Object.entries(values) }));
  if (JSON.stringify(plain) !== JSON.stringify(expected)) {
    throw new Error(`${JSON.stringify(text)} was read as ${JSON.stringify(plain)}`);
  }
}
