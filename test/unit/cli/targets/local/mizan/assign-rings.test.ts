import { describe, expect, it } from "vitest";
import { assignRings } from "../../../../../../cli/targets/local/mizan/assign-rings.ts";
import type { MizanFacts, MizanSecret } from "../../../../../../runtime/origin/contract.ts";
import { MIZAN_FACTS } from "../../../inspect/mizan-facts-example.ts";

function secret(part: Partial<MizanSecret>): MizanSecret {
  return {
    ring: "mwt",
    setting: "MIZAN_MWT_SECRET",
    state: "present",
    isSecretKey: false,
    variable: "TOKEN_KEY",
    ...part,
  };
}

function assign(
  secrets: readonly MizanSecret[],
  options: { readonly given?: readonly string[]; readonly fillsSettings?: boolean } = {},
) {
  const mizan: MizanFacts = { ...MIZAN_FACTS, secrets };
  const { given = [], fillsSettings = true } = options;
  return assignRings({ mizan, given: new Set(given), fillsSettings });
}

describe("whose keys the app gets", () => {
  it("gives each ring's key under the name that the settings use", () => {
    const secrets = [
      secret({}),
      secret({ ring: "cache", setting: "MIZAN_CACHE_SECRET", variable: "CACHE_KEY" }),
      secret({ ring: "jwt", setting: "JWT_SECRET", variable: "JWT_KEY" }),
    ];
    expect(assign(secrets)).toEqual({
      variables: { TOKEN_KEY: "mwt", CACHE_KEY: "cache", JWT_KEY: "jwt" },
      mwt: { kind: "ring" },
    });
  });

  it("leaves a variable that the user has given", () => {
    expect(assign([secret({})], { given: ["TOKEN_KEY"] })).toEqual({
      variables: {},
      mwt: { kind: "variable", name: "TOKEN_KEY" },
    });
  });

  it("never takes SECRET_KEY for a ring's key", () => {
    const shared = secret({ ring: "jwt", variable: "SECRET_KEY", isSecretKey: true });
    expect(assign([shared]).variables).toEqual({});
  });

  it("gives a variable of two secrets one key", () => {
    const cache = secret({ ring: "cache", setting: "MIZAN_CACHE_SECRET" });
    expect(assign([secret({}), cache]).variables).toEqual({ TOKEN_KEY: "mwt" });
    expect(assign([cache, secret({})]).mwt).toEqual({ kind: "unknown" });
  });

  it("knows nothing of an app without the framework", () => {
    expect(assignRings({ mizan: null, given: new Set(), fillsSettings: true })).toEqual({
      variables: {},
      mwt: { kind: "unknown" },
    });
  });
});

describe("the key that the Edge verifies with", () => {
  it.each<[string, Partial<MizanSecret>, string[], boolean, string]>([
    [
      "is the ring's where the overlay fills a missing one",
      { state: "absent", variable: null },
      [],
      true,
      "ring",
    ],
    [
      "is the ring's in place of a user's placeholder",
      { state: "placeholder" },
      ["TOKEN_KEY"],
      true,
      "ring",
    ],
    [
      "is the user's placeholder where the overlay is off",
      { state: "placeholder" },
      ["TOKEN_KEY"],
      false,
      "variable",
    ],
    ["is unknown where the settings have it themselves", { variable: null }, [], true, "unknown"],
    [
      "is unknown where there is none and nobody fills it",
      { state: "absent", variable: null },
      [],
      false,
      "unknown",
    ],
    [
      "is the ring's by a variable also without the overlay",
      { state: "absent" },
      [],
      false,
      "ring",
    ],
  ])("%s", (_what, part, given, fillsSettings, kind) => {
    expect(assign([secret(part)], { given, fillsSettings }).mwt.kind).toBe(kind);
  });
});
