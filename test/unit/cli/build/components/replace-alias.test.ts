import { describe, expect, it } from "vitest";
import { replaceAlias } from "../../../../../cli/build/components/plugins/alias-plugin.ts";

const ALIASES = [
  { find: { source: "^~([a-z]+)/(?!private)", flags: "" }, replacement: "/app/$1/" },
  { find: "@", replacement: "/app/src" },
  { find: "#/", replacement: "/app/lib/" },
  { find: "@", replacement: "/never" },
];

describe("replaceAlias", () => {
  it.each([
    ["@", "/app/src"],
    ["@/a", "/app/src/a"],
    ["#/a", "/app/lib/a"],
    ["~ui/button", "/app/ui/button"],
  ])("follows the first that fits: %s", (path, expected) => {
    expect(replaceAlias(path, ALIASES)).toBe(expected);
  });

  it.each(["@scope/package", "react", "./@/a", "~ui/private", "#"])(
    "leaves what none of them means: %s",
    (path) => expect(replaceAlias(path, ALIASES)).toBeNull(),
  );
});
