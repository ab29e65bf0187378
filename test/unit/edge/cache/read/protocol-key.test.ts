import { describe, expect, test } from "vitest";
import { importHmacKey } from "../../../../../edge/cache/identity/key-ring.ts";
import { buildKeyMessage, ProtocolKeys } from "../../../../../edge/cache/read/protocol-key.ts";
import vectors from "../../../../standin/tests/vectors.json" with { type: "json" };

type Params = Readonly<Record<string, string | number | boolean | null>>;

interface Case {
  readonly context: string;
  readonly params: object;
  readonly user_id: string | null;
  readonly rev: number;
}

const subjectOf = ({ context, params, user_id, rev }: Case) => {
  return { context, params: Object.entries(params as Params), userId: user_id, rev };
};

const secret = await importHmacKey(vectors.secret_utf8);

describe("the protocol's key", () => {
  const keys = new ProtocolKeys(secret);

  test.each(vectors.computed_cache_keys)("agrees with the vector $name", async (vector) => {
    expect(buildKeyMessage(subjectOf(vector))).toBe(vector.canonical);
    expect(await keys.derive(subjectOf(vector))).toBe(vector.key);
    expect(await keys.derive(subjectOf(vector))).toBe(vector.key); // now from memory
  });

  test.each(vectors.computed_non_ascii)("has both forms of the vector $name", async (vector) => {
    const escaped = new ProtocolKeys(secret, "escaped");
    const { raw_utf8_as_JSON_stringify: raw, ascii_escaped_as_python_default: ascii } = vector;
    expect(buildKeyMessage(subjectOf(vector))).toBe(raw.canonical);
    expect(await keys.derive(subjectOf(vector))).toBe(raw.key);
    expect(buildKeyMessage(subjectOf(vector), "escaped")).toBe(ascii.canonical);
    expect(await escaped.derive(subjectOf(vector))).toBe(ascii.key);
  });

  test("escapes DEL and lone surrogates as Python does", () => {
    const subject = {
      context: "x",
      params: [["q", "\u007f\ud800"]] as const,
      userId: null,
      rev: 0,
    };
    expect(buildKeyMessage(subject, "escaped")).toContain('"\\u007f\\ud800"');
  });

  test("cannot be made to say something else by a value that looks like JSON", () => {
    const one = { context: "x", params: [["a", '1","b":"2']] as const, userId: null, rev: 0 };
    const two = {
      ...one,
      params: [
        ["a", "1"],
        ["b", "2"],
      ] as const,
    };
    expect(buildKeyMessage(one)).not.toBe(buildKeyMessage(two));
    const asUser = { ...one, params: [], userId: "5" };
    expect(buildKeyMessage(asUser)).not.toBe(buildKeyMessage({ ...asUser, userId: null }));
  });
});
