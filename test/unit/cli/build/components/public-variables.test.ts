import { describe, expect, it } from "vitest";
import { readPublicVariables } from "../../../../../cli/build/components/public-variables.ts";

describe("readPublicVariables", () => {
  it("takes the strongest value of each public name, the environment's before files", () => {
    const files = [
      { name: ".env", content: 'VITE_A=1\nVITE_B="two words"\nDATABASE_URL=secret\n' },
      { name: ".env.production", content: "VITE_A=3\nREACT_APP_C=4 # why\n" },
    ];
    expect(readPublicVariables(files, { VITE_B: "5", AWS_SECRET: "x", NODE_ENV: "y" })).toEqual({
      VITE_A: "3",
      VITE_B: "5",
      REACT_APP_C: "4",
    });
  });
});
