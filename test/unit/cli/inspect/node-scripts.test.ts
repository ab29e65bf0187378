import { describe, expect, test } from "vitest";
import { expandScript } from "../../../../cli/inspect/node-scripts.ts";

describe("expandScript", () => {
  test.each([
    ["npm run css", "sass a b"],
    ["pnpm css && yarn run js", "sass a b && esbuild a"],
    ["run-s css js", "sass a b && esbuild a"],
    ["npm run unknown", "npm run unknown"],
  ])("%s", (build, expected) => {
    expect(expandScript({ build, css: "sass a b", js: "esbuild a" }, "build")).toBe(expected);
  });

  test("ends with scripts that call each other in a circle", () => {
    expect(expandScript({ a: "npm run b", b: "npm run a" }, "a")).toMatch(/^npm run [ab]$/);
  });

  test("scripts that call each other a thousand times stay short", () => {
    const many = "npm run a && ".repeat(1000);
    expect(expandScript({ a: many }, "a").length).toBeLessThanOrEqual(10_000);
  });

  test("no such script is empty", () => {
    expect(expandScript({}, "build")).toBe("");
  });
});
