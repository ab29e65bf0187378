import { describe, expect, it } from "vitest";
import { assertNoneMissing } from "../../../../../../cli/targets/local/variables/missing-variables.ts";
import type { AskedVariable } from "../../../../../../runtime/origin/contract.ts";

function ask(name: string, options: Partial<AskedVariable> = {}): AskedVariable {
  return { name, required: true, present: false, file: null, line: null, ...options };
}

function fail(asked: readonly AskedVariable[], provided: readonly string[] = []): unknown {
  try {
    assertNoneMissing(asked, new Set(provided));
    return null;
  } catch (error) {
    return error;
  }
}

describe("assertNoneMissing", () => {
  it("names all missing variables at once, each with its place", () => {
    const asked = [
      ask("STRIPE_KEY", { file: "config/settings.py", line: 41 }),
      ask("API_URL", { file: "config/settings.py", line: 7 }),
      ask("API_URL", { file: "shop/apps.py", line: 3 }),
      ask("NO_PLACE"),
    ];
    expect(fail(asked)).toMatchObject({
      code: "VARIABLES_MISSING",
      exitCode: 3,
      message:
        "The settings need environment variables without a value: API_URL (config/settings.py:7), NO_PLACE, STRIPE_KEY (config/settings.py:41)",
      hint: "Add a line for each to .env: `API_URL=…`, `NO_PLACE=…`, `STRIPE_KEY=…`.",
      details: {
        names: [
          { name: "API_URL", at: "config/settings.py:7" },
          { name: "NO_PLACE", at: null },
          { name: "STRIPE_KEY", at: "config/settings.py:41" },
        ],
      },
    });
  });

  it("gives the line to add for a single one", () => {
    expect(fail([ask("API_URL")])).toMatchObject({ hint: "Add the line `API_URL=…` to .env." });
  });

  it("asks for nothing that is optional or provided", () => {
    const asked = [ask("A", { required: false }), ask("B")];
    expect(fail(asked, ["B"])).toBeNull();
  });
});
