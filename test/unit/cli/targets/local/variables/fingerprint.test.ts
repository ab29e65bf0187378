import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Secret } from "../../../../../../cli/output/secret.ts";
import { fingerprintVariables } from "../../../../../../cli/targets/local/variables/fingerprint.ts";

const key = new Secret("key");

function build(pairs: readonly (readonly [string, string])[], source = ".env") {
  return new Map(pairs.map(([name, value]) => [name, { value: new Secret(value), source }]));
}

const pairsArbitrary = fc.uniqueArray(fc.tuple(fc.string(), fc.string()), {
  selector: ([name]) => name,
});

describe("fingerprintVariables", () => {
  it("depends on neither order nor source", () => {
    fc.assert(
      fc.property(pairsArbitrary, (pairs) => {
        const reversed = build([...pairs].reverse(), "shell");
        expect(fingerprintVariables(build(pairs), key)).toBe(fingerprintVariables(reversed, key));
      }),
    );
  });

  it("differs where a name or a value differs", () => {
    fc.assert(
      fc.property(pairsArbitrary, pairsArbitrary, (one, other) => {
        const sort = (pairs: typeof one) => JSON.stringify([...pairs].sort());
        const isSame = sort(one) === sort(other);
        const [a, b] = [one, other].map((pairs) => fingerprintVariables(build(pairs), key));
        expect(a === b).toBe(isSame);
      }),
    );
  });

  it("cannot be told without the key", () => {
    const variables = build([["DEBUG", "1"]]);
    const one = fingerprintVariables(variables, key);
    expect(one).toMatch(/^[0-9a-f]{64}$/);
    expect(fingerprintVariables(variables, new Secret("other"))).not.toBe(one);
  });
});
