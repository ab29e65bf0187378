import { describe, expect, test } from "vitest";
import { importKeyRing, RingError } from "../../../../../edge/cache/identity/key-ring.ts";

const key = (kid: string, state: "sign" | "verify" | "retired", secret = `secret-${kid}`) => {
  return { kid, state, secret };
};

describe("a key ring", () => {
  test("accepts live keys, the signing one first, and no retired one", async () => {
    const ring = await importKeyRing([key("a", "verify"), key("b", "retired"), key("c", "sign")]);
    expect(ring.signing.kid).toBe("c");
    expect(ring.accepted.map(({ kid }) => kid)).toEqual(["c", "a"]);
  });

  test.each([
    ["no key signs", [key("a", "verify")]],
    ["more than one key signs", [key("a", "sign"), key("b", "sign")]],
    ["4 live keys", [key("a", "sign"), ...["b", "c", "d"].map((kid) => key(kid, "verify"))]],
    ["a key is empty", [key("a", "sign", "")]],
    ["no key signs", []],
  ])("is refused where %s", async (reason, entries) => {
    const refusal = importKeyRing(entries);
    await expect(refusal).rejects.toThrow(RingError);
    await expect(refusal).rejects.toThrow(reason);
    await expect(refusal).rejects.not.toThrow("secret-");
  });
});
