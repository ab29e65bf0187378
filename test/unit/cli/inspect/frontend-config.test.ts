import { describe, expect, test } from "vitest";
import { readFrontendSetting } from "../../../../cli/inspect/frontend-config.ts";

describe("readFrontendSetting", () => {
  test.each([
    ['build: { outDir: "www" }', "www"],
    ['build: { outDir: resolve(__dirname, "../static", "app") }', "../static/app"],
    ['const OUT = "../static"; export default { build: { outDir: OUT } }', "../static"],
    ['const outDir = path.resolve(__dirname, "www");\nexport default { build: { outDir } }', "www"],
    ["export default {}", "dist"],
  ])("reads what is written plainly: %s", (config, expected) => {
    expect(readFrontendSetting(config, "outDir", "dist")).toBe(expected);
  });

  test.each([
    "build: { outDir: process.env.OUT }",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the config's own text
    "build: { outDir: `${base}/www` }",
    'import { outDir } from "./paths.ts";\nexport default { build: { outDir } }',
    'build: { outDir: "/srv/www" }',
  ])("guesses nothing from what is computed: %s", (config) => {
    expect(readFrontendSetting(config, "outDir", "dist")).toBeNull();
  });
});
