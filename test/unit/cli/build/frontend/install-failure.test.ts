import { describe, expect, test } from "vitest";
import { findFrontendHint } from "../../../../../cli/build/frontend/install-failure.ts";

describe("findFrontendHint", () => {
  test.each([
    "Error: Missing environment variable: VITE_API_URL",
    "error during build:\nError: Missing required env var 'VITE_API_URL'",
    "VITE_API_URL is not set",
    "The environment variable `VITE_API_URL` must be set",
    "ValueError: VITE_API_URL is required",
  ])("names the variable that a build asks for: %s", (output) => {
    const hint = findFrontendHint("npm", output);
    expect(hint).toContain("VITE_API_URL");
    expect(hint).toContain("environments.local.env");
  });

  test.each([
    "the value is not set",
    "npm error code EBADENGINE",
    "error TS2304: the variable my_value is not defined",
  ])("takes no other word for a variable: %s", (output) => {
    expect(findFrontendHint("npm", output) ?? "").not.toContain("mizan.config");
  });
});
