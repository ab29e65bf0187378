import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { createErrorLocator, parseStack } from "../../../../edge/render/locate-error.ts";

function withStack(stack: string): Error {
  return Object.assign(new Error("x"), { stack });
}

describe("parseStack", () => {
  it.each([
    ["V8 and workerd", "Error: x\n    at Price (entry.mjs:12:7)\n    at chunk-A1.mjs:3:4"],
    [
      "V8 with addresses",
      "Error: x\n    at Price (file:///srv/a b/entry.mjs:12:7)\n at async file:///chunk-A1.mjs:3:4",
    ],
    ["JavaScriptCore", "Price@file:///srv/entry.mjs:12:7\nasync chunk@/srv/chunk-A1.mjs:3:4"],
  ])("reads frames as %s writes them", (_, stack) => {
    expect(parseStack(withStack(stack))).toEqual([
      { module: "entry.mjs", line: 12, column: 7 },
      { module: "chunk-A1.mjs", line: 3, column: 4 },
    ]);
  });

  it("finds none where there is no stack", () => {
    for (const thrown of [null, "text", 1, Symbol("s"), {}, withStack("")])
      expect(parseStack(thrown)).toEqual([]);
  });
});

describe("createErrorLocator", () => {
  const SOURCE =
    "export const a = 1;\n\n\nexport function explode() {\n  throw new Error('x');\n}\n";

  async function buildMaps(
    sourcefile: string,
  ): Promise<{ frame: string; maps: Record<string, string> }> {
    const { outputFiles } = await build({
      stdin: { contents: SOURCE, sourcefile },
      outfile: "/out/entry.mjs",
      sourceRoot: "",
      format: "esm",
      sourcemap: "external",
      sourcesContent: false,
      write: false,
    });
    const [map, code] = [".map", ".mjs"].map(
      (end) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? "",
    );
    const sources = [sourcefile];
    const lines = (code ?? "").split("\n");
    const line = lines.findIndex((text) => text.includes("throw")) + 1;
    const column = (lines[line - 1] ?? "").indexOf("throw") + 1;
    const frame = `Error: x\n    at explode (/srv/entry.mjs:${line}:${column})`;
    return { frame, maps: { "entry.mjs": JSON.stringify({ ...JSON.parse(map ?? ""), sources }) } };
  }

  it("gives file, line and column of the app's own source, and loads the maps once", async () => {
    const { frame, maps } = await buildMaps("frontend/src/price.ts");
    let loads = 0;
    const locate = createErrorLocator(async () => {
      loads += 1;
      return maps;
    });
    expect(loads).toBe(0);
    for (let round = 0; round < 2; round += 1)
      expect(await locate(withStack(frame))).toBe("frontend/src/price.ts:5:3");
    expect(loads).toBe(1);
  });

  it.each(["frontend/node_modules/react/index.js", "mizan:entry", "../outside.ts", "/abs.ts"])(
    "passes over %s",
    async (source) => {
      const { frame, maps } = await buildMaps(source);
      expect(await createErrorLocator(async () => maps)(withStack(frame))).toBe(null);
    },
  );

  it("gives null for modules without a map, and when the maps cannot be read", async () => {
    const { frame } = await buildMaps("a.ts");
    expect(await createErrorLocator(async () => ({}))(withStack(frame))).toBe(null);
    const broken = createErrorLocator(async () => ({ "entry.mjs": "{" }));
    expect(await broken(withStack(frame))).toBe(null);
  });
});
