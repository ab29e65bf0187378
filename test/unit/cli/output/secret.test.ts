import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { Secret } from "../../../../cli/output/secret.ts";

describe("Secret", () => {
  it("gives its text to reveal() only", () => {
    const secret = new Secret("hunter2");
    expect(secret.reveal()).toBe("hunter2");
    const shown = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ secret }, { depth: 9, showHidden: true }),
      Object.entries(secret).join(),
      JSON.stringify(structuredClone({ ...secret })),
    ];
    expect(shown.join()).not.toContain("hunter2");
  });
});
