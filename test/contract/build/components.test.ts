import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { BuiltComponents } from "../../../cli/build/components/build-components.ts";
import { type Ask, Gallery } from "./gallery.ts";

const gallery = new Gallery();
const CUP = { name: "Cup", cents: 1250 };

beforeAll(() => gallery.start());
beforeEach(() => gallery.reset());
afterAll(() => gallery.end());

async function build(...more: Parameters<Gallery["build"]>): Promise<BuiltComponents> {
  const built = await gallery.build(...more);
  if (built === null) throw new Error("no components were found");
  return built;
}

function render(ask: Ask, component: string, props: unknown, output?: "inner") {
  return ask("/render", { component: `frontend/components/${component}`, props, output });
}

function componentOf(built: BuiltComponents, name: string) {
  return built.components.find(({ path }) => path.endsWith(`/${name}`));
}

/** Text of every module of one side. */
function readModules(built: BuiltComponents, side: "edge" | "bun"): string {
  const folder = join(built.folder, side);
  const names = readdirSync(folder).filter((name) => name.endsWith(".mjs") && name !== "maps.mjs");
  return names.map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
}

describe("the bundles", () => {
  it("render the same HTML in workerd and in Bun, whichever framework made the component", async () => {
    const built = await build();
    expect(built.warnings).toEqual([]);
    const [edge, bun] = [await gallery.runEdge(built), await gallery.runBun(built)];
    for (const name of ["piece.tsx", "shelf.vue", "plain.vue", "bowl.svelte"]) {
      const answers = [await render(edge, name, CUP), await render(bun, name, CUP)];
      expect(answers[0]).toEqual(answers[1]);
      expect(answers[0]?.status).toBe(200);
      expect(answers[0]?.text).toContain("Cup");
    }
    expect((await render(edge, "piece.tsx", CUP)).text).toContain("<p>12.50 €</p>");
    const ready = { bundle: built.hash, components: 5, broken: {} };
    for (const ask of [edge, bun])
      expect(JSON.parse((await ask("/ready", null)).text)).toEqual(ready);
  });

  it("name the line of the source where a component threw", async () => {
    const built = await build();
    for (const ask of [await gallery.runEdge(built), await gallery.runBun(built)]) {
      const { status, text } = await render(ask, "failing.tsx", { name: "vase" });
      expect(status).toBe(500);
      expect(JSON.parse(text).error).toMatchObject({
        message: "no vase is left",
        location: expect.stringMatching(/^frontend\/components\/failing\.tsx:7:\d+$/),
      });
    }
  });

  it("hold what has a default export below the template folders, no tests and no other modules", async () => {
    gallery.write("frontend/other/outside.tsx", "export default () => null;");
    const built = await build();
    expect(built.components.map(({ path }) => path.slice("frontend/components/".length))).toEqual([
      "bowl.svelte",
      "failing.tsx",
      "piece.tsx",
      "plain.vue",
      "shelf.vue",
    ]);
    expect(built.components.every(({ runsOn }) => runsOn === "edge")).toBe(true);
  });

  it("are the same bytes wherever the project lies, and name no folder of the machine", async () => {
    const built = await build();
    const other = mkdtempSync(join(tmpdir(), "mz-comp-b-"));
    try {
      cpSync(join(gallery.folder, "workspace"), join(other, "workspace"), { recursive: true });
      const again = await build({
        workspaceFolder: join(other, "workspace"),
        cacheFolder: join(other, "cache"),
      });
      expect(again.isNew).toBe(true);
      expect(again.hash).toBe(built.hash);
      for (const side of ["edge", "bun"]) {
        const names = readdirSync(join(built.folder, side));
        expect(readdirSync(join(again.folder, side))).toEqual(names);
        for (const name of names) {
          const [a, b] = [built, again].map(({ folder }) => readFileSync(join(folder, side, name)));
          expect(a?.equals(b ?? Buffer.of()), name).toBe(true);
          expect(a?.includes(gallery.folder), name).toBe(false);
        }
      }
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });

  it("are taken from the cache until a file of the package changes, with nothing installed or bundled", async () => {
    const first = await build();
    gallery.write("backend/views.py", "changed = True");
    const untouched = statSync(join(first.folder, "bundle.json")).mtimeMs;
    const workspace = join(gallery.folder, "workspace/frontend/node_modules");
    rmSync(join(gallery.folder, "workspace"), { recursive: true });
    const second = await build();
    expect(second).toEqual({ ...first, isNew: false });
    expect(statSync(join(second.folder, "bundle.json")).mtimeMs).toBe(untouched);
    expect(existsSync(workspace)).toBe(false);
    gallery.write(
      "frontend/lib/price.ts",
      "export const formatPrice = (cents: number) => String(cents);",
    );
    const third = await build();
    expect(third.isNew).toBe(true);
    expect(third.hash).not.toBe(first.hash);
  });

  it("know the frontend's public variables and no others", async () => {
    gallery.write("frontend/.env.production", "VITE_SHOP=from file\nSECRET=swordfish\n");
    gallery.write(
      "frontend/components/variables.tsx",
      `export default () => [
        import.meta.env.VITE_SHOP, import.meta.env.VITE_API, import.meta.env.SECRET,
        import.meta.env.SSR, import.meta.env.MODE, process.env.NODE_ENV,
      ].map((value) => String(value)).join("|");`,
    );
    const built = await build({ variables: { VITE_API: "/api", TOKEN: "swordfish" } });
    for (const ask of [await gallery.runEdge(built), await gallery.runBun(built)]) {
      const { text } = await render(ask, "variables.tsx", {}, "inner");
      expect(text).toBe("from file|/api|undefined|true|production|production");
    }
    expect(readModules(built, "edge") + readModules(built, "bun")).not.toContain("swordfish");
  });
});

describe("a component that needs Node", () => {
  it("stays on the SSR server, and the way to the module is said", async () => {
    gallery.write(
      "frontend/lib/files.ts",
      'import { readFileSync } from "node:fs";\nexport const read = (p: string) => readFileSync(p, "utf8").length;',
    );
    gallery.write(
      "frontend/components/report.tsx",
      'import { read } from "../lib/files";\nexport default () => <p>{read("/proc/version") > 0 ? "read" : ""}</p>;',
    );
    gallery.write(
      "frontend/components/late.tsx",
      'import { lazy } from "react";\nconst Report = lazy(() => import("./report"));\nexport default () => <Report />;',
    );
    gallery.write(
      "frontend/components/direct.tsx",
      'import os from "os";\nexport default () => <p>{os.EOL}</p>;',
    );
    gallery.write(
      "frontend/components/unused.tsx",
      'import { read } from "../lib/files";\nexport const later = () => read;\nexport default () => <p>unused</p>;',
    );
    const built = await build();
    const found = built.components.filter(({ runsOn }) => runsOn === "ssr");
    expect(
      Object.fromEntries(found.map(({ path, reason }) => [path.split("/").at(-1), reason])),
    ).toEqual({
      "direct.tsx": "imports os (frontend/components/direct.tsx)",
      "late.tsx":
        "imports node:fs (frontend/components/late.tsx → frontend/components/report.tsx → frontend/lib/files.ts)",
      "report.tsx": "imports node:fs (frontend/components/report.tsx → frontend/lib/files.ts)",
      "unused.tsx": "imports node:fs (frontend/components/unused.tsx → frontend/lib/files.ts)",
    });
    const [edge, bun] = [await gallery.runEdge(built), await gallery.runBun(built)];
    expect((await render(bun, "report.tsx", {}, "inner")).text).toBe("<p>read</p>");
    expect((await render(edge, "report.tsx", {})).status).toBe(404);
    expect((await render(edge, "piece.tsx", CUP)).status).toBe(200);
    expect(JSON.parse((await edge("/ready", null)).text).broken).toEqual({});
  });

  it("is at the Edge where a package has another form for workers or browsers", async () => {
    const packages = "../workspace/frontend/node_modules"; // as if they were installed
    await build();
    const manifests = {
      conditional: { exports: { workerd: "./web.js", default: "./node.js" } },
      "browser-field": { main: "./node.js", browser: { "./node.js": "./web.js" } },
      "no-fs": { main: "./guarded.js", browser: { fs: false } },
      "node-only": { main: "./node.js" },
    };
    for (const [name, manifest] of Object.entries(manifests)) {
      gallery.write(
        `${packages}/${name}/package.json`,
        JSON.stringify({ name, version: "1.0.0", ...manifest }),
      );
      gallery.write(
        `${packages}/${name}/node.js`,
        'const fs = require("fs"); exports.where = fs ? "node" : "";',
      );
      gallery.write(`${packages}/${name}/web.js`, 'exports.where = "web";');
      gallery.write(
        `${packages}/${name}/guarded.js`,
        'const fs = require("fs"); exports.where = fs.readFileSync ? "node" : "web";',
      );
      gallery.write(
        `frontend/components/${name}.tsx`,
        `import { where } from "${name}";\nexport default () => where;`,
      );
    }
    const built = await build();
    const [edge, bun] = [await gallery.runEdge(built), await gallery.runBun(built)];
    for (const name of ["conditional", "browser-field", "no-fs"]) {
      expect(componentOf(built, `${name}.tsx`)?.reason).toBe(null);
      expect((await render(edge, `${name}.tsx`, {}, "inner")).text).toBe("web");
      expect((await render(bun, `${name}.tsx`, {}, "inner")).text).toBe("node");
    }
    expect(componentOf(built, "node-only.tsx")?.reason).toBe(
      "imports fs (frontend/components/node-only.tsx → package node-only)",
    );
  });

  it("leaves nothing for Render when every component does", async () => {
    const folder = "frontend/reports";
    gallery.write(
      `${folder}/one.tsx`,
      'import { pid } from "node:process";\nexport default () => pid;',
    );
    const built = await build({ templateFolders: [folder] });
    expect(built.edgeModules).toEqual([]);
    expect(readdirSync(join(built.folder, "edge"))).toEqual([]);
    expect((await (await gallery.runBun(built))("/ready", null)).status).toBe(200);
  });
});

describe("what is wrong", () => {
  it("breaks only the component whose module is missing, and says so", async () => {
    gallery.write(
      "frontend/components/lost.tsx",
      'import { chart } from "chart-kit";\nimport "chart-kit/style.css";\nexport default () => chart();',
    );
    const built = await build();
    expect(built.warnings).toEqual([
      "Cannot find module 'chart-kit', imported by frontend/components/lost.tsx",
      "Cannot find module 'chart-kit/style.css', imported by frontend/components/lost.tsx",
    ]);
    for (const ask of [await gallery.runEdge(built), await gallery.runBun(built)]) {
      expect(JSON.parse((await ask("/ready", null)).text).broken).toEqual({
        "frontend/components/lost.tsx": expect.stringContaining(
          "Cannot find module 'chart-kit', imported by frontend/components/lost.tsx",
        ),
      });
      expect((await render(ask, "lost.tsx", {})).status).toBe(500);
      expect((await render(ask, "piece.tsx", CUP)).status).toBe(200);
    }
  });

  it("breaks only the component that imports what a bundler's plugin would make", async () => {
    gallery.write("frontend/components/icon.svg", "<svg></svg>");
    gallery.write("frontend/components/notes.md", "# Notes");
    gallery.write("frontend/components/count.ts", "postMessage(1);");
    const notes = 'import { toc } from "./notes.md";\nexport default () => toc;';
    gallery.write("frontend/components/notes.tsx", notes);
    const icon = 'import Icon from "./icon.svg?react";\nexport default () => <Icon />;';
    gallery.write("frontend/components/icon.tsx", icon);
    const text = 'import text from "./notes.md?raw";\nimport Count from "./count?worker";';
    const made = "export default () => <p>{text} {typeof Count}</p>;";
    gallery.write("frontend/components/made.tsx", `${text}\n${made}`);
    const built = await build();
    const why = "is made by a plugin of the frontend's bundler, which servers do not run";
    expect(built.warnings).toEqual([
      `frontend/components/icon.svg?react ${why}`,
      `frontend/components/notes.md ${why}`,
    ]);
    const ask = await gallery.runEdge(built);
    expect(Object.keys(JSON.parse((await ask("/ready", null)).text).broken)).toEqual([
      "frontend/components/icon.tsx",
      "frontend/components/notes.tsx",
    ]);
    expect((await render(ask, "made.tsx", {}, "inner")).text).toBe(
      "<p># Notes<!-- --> <!-- -->function</p>",
    );
  });

  it.each([
    [
      "bad.tsx",
      "export default () => (\n  <p>{</p>\n);",
      /frontend\/components\/bad\.tsx:2:\d+/,
      "<p>{</p>",
    ],
    [
      "bad.vue",
      '<template>\n  <p v-if="a ===">x</p>\n</template>',
      /frontend\/components\/bad\.vue:2:\d+/,
      "v-if",
    ],
    ["bad.svelte", "<p>\n{#if x}\n</p>", /frontend\/components\/bad\.svelte:\d+:\d+/, "bad.svelte"],
  ])(
    "fails the build with file, line and the line itself: %s",
    async (name, text, place, frame) => {
      gallery.write(`frontend/components/${name}`, text);
      const error = await gallery.build().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "BUILD_FAILED", exitCode: 7 });
      const { message, details } = error as { message: string; details: { output: string } };
      expect(message).toMatch(place);
      expect(details.output).toContain(frame);
    },
  );

  it("warns of a second React and bundles the first alone", async () => {
    gallery.write(
      "widgets/package.json",
      JSON.stringify({ name: "widgets", private: true, dependencies: { react: "18.3.1" } }),
    );
    gallery.write(
      "widgets/badge.tsx",
      'import { version } from "react";\nexport default () => <b>{version}</b>;',
    );
    const built = await build({ templateFolders: ["frontend/components", "widgets"] });
    expect(built.warnings).toEqual([
      "There are two copies of react: 19.3.1 in frontend/node_modules/react is bundled, not 18.3.1 in widgets/node_modules/react",
    ]);
    const ask = await gallery.runBun(built);
    const { text } = await ask("/render", {
      component: "widgets/badge.tsx",
      props: {},
      output: "inner",
    });
    expect(text).toBe("<b>19.3.1</b>");
    expect(readModules(built, "edge")).not.toContain("18.3.1");
  });

  it("asks for a package.json where a component has none above it", async () => {
    gallery.write("templates/hello.jsx", "export default () => <p>hello</p>;");
    await expect(build({ templateFolders: ["templates"] })).rejects.toMatchObject({
      code: "BUILD_FAILED",
      message: expect.stringContaining("templates/hello.jsx has no package.json above it"),
      hint: expect.stringContaining("npm init"),
    });
  });
});
