/** Bundles the components of `test/fixtures/render` as a deploy would: for Render, or for Bun. */

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { compile } from "svelte/compiler";
import type { RenderLimits } from "../../../edge/render/component-render.ts";
import type { DocumentShell } from "../../../edge/render/contract.ts";
import type { Framework } from "../../../edge/render/render-app.ts";

const root = join(import.meta.dirname, "../../..");
const fixtures = join(root, "test/fixtures/render");

export const SHELL: DocumentShell = {
  start: '<!doctype html><html lang="en"><head><meta charset="utf-8">',
  title: "<title>Shop — ü</title>",
  middle: '<link rel="stylesheet" href="/assets/a.css"></head><body>',
  end: "<footer>end</footer></body></html>",
};

/** Component → file, as a deploy keys them. */
const COMPONENTS: Readonly<Record<string, Framework>> = {
  "tree.tsx": "react",
  "product.tsx": "react",
  "late.tsx": "react",
  "unused-late.tsx": "react",
  "many-late.tsx": "react",
  "throws.tsx": "react",
  "throws-anything.tsx": "react",
  "throws-inside.tsx": "react",
  "rejects.tsx": "react",
  "import-throws.tsx": "react",
  "no-default.tsx": "react",
  "never.tsx": "react",
  "endless.tsx": "react",
  "huge.tsx": "react",
  "floods.tsx": "react",
  "hello-vue.ts": "vue",
  "hello-svelte.svelte": "svelte",
};

export interface BundleOptions {
  readonly runtime: "workerd" | "bun";
  /** Where `entry.mjs` and `maps.mjs` are written. */
  readonly folder: string;
  readonly limits?: Partial<RenderLimits>;
  /** Default: `SHELL`. */
  readonly document?: DocumentShell | null;
}

/** @returns the path of the module that answers: a worker, or a program that Bun runs with a socket's path */
export async function bundleFixture(options: BundleOptions): Promise<string> {
  const file = join(options.folder, "entry.mjs");
  const { outputFiles } = await build({
    stdin: { contents: buildEntry(options), resolveDir: fixtures, sourcefile: "mizan:entry.js" },
    outfile: file,
    bundle: true,
    format: "esm",
    ...OF_RUNTIME[options.runtime],
    define: { "process.env.NODE_ENV": '"production"' },
    jsx: "automatic",
    sourcemap: "external",
    sourcesContent: false,
    plugins: [sveltePlugin],
    write: false,
  });
  for (const { path, text } of outputFiles) {
    if (path.endsWith(".map"))
      writeFileSync(join(options.folder, "maps.mjs"), buildMaps(text, file));
    else writeFileSync(path, text);
  }
  return file;
}

/** `renderToString` of one component by this Node, from a bundle of its own: what Render is held against. */
export async function bundleReference(
  component: string,
): Promise<(props: Record<string, unknown>) => string> {
  const contents = `
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import Component from "./${component}";
export const renderReference = (props) => renderToString(createElement(Component, props));`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fixtures, sourcefile: "reference.js" },
    bundle: true,
    format: "cjs",
    platform: "node",
    define: { "process.env.NODE_ENV": '"production"' },
    jsx: "automatic",
    write: false,
  });
  const exported: { renderReference: (props: Record<string, unknown>) => string } = {
    renderReference: () => "",
  };
  const [output] = outputFiles;
  if (output === undefined) throw new Error("nothing was bundled");
  const module = { exports: exported };
  new Function("module", "exports", "require", output.text)(
    module,
    exported,
    createRequire(import.meta.url),
  );
  return module.exports.renderReference;
}

/** As `cli/build/components` bundles for the two. */
const OF_RUNTIME = {
  workerd: {
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
    external: ["./maps.mjs", "node:*"],
  },
  bun: {
    platform: "node",
    mainFields: ["module", "main"],
    conditions: ["bun"],
    external: ["./maps.mjs"],
  },
} satisfies Record<BundleOptions["runtime"], BuildOptions>;

/** Sources by their path from the project's root, as a deploy writes them. */
function buildMaps(text: string, file: string): string {
  const map: { sources: string[] } = JSON.parse(text);
  const sources = map.sources.map((source) =>
    source.startsWith(".") ? relative(root, join(dirname(file), source)) : source,
  );
  return `export default ${JSON.stringify({ "entry.mjs": JSON.stringify({ ...map, sources }) })};`;
}

function buildEntry({ runtime, limits, document = SHELL }: BundleOptions): string {
  const components = Object.entries(COMPONENTS).map(
    ([name, framework]) =>
      `"${name}": { framework: "${framework}", load: () => import("./${name}") }`,
  );
  return `
import { createElement } from "react";
import { renderToReadableStream } from "react-dom/server";
import { createSSRApp } from "vue";
import { renderToString } from "vue/server-renderer";
import { render } from "svelte/server";
import { ${["createReactAdapter", "createVueAdapter", "createSvelteAdapter", MAIN[runtime].name].join(", ")} } from ${JSON.stringify(join(root, "edge/render/index.ts"))};
const app = {
  bundle: "fixture",
  components: { ${components.join(", ")} },
  adapters: {
    react: createReactAdapter({ createElement, renderToReadableStream }),
    vue: createVueAdapter({ createSSRApp, renderToString }),
    svelte: createSvelteAdapter({ render }),
  },
  document: ${JSON.stringify(document)},
  loadSourceMaps: async () => (await import("./maps.mjs")).default,
};
const options = { limits: ${JSON.stringify(limits ?? {})} };
${MAIN[runtime].statement}`;
}

const MAIN = {
  workerd: {
    name: "createRenderWorker",
    statement: "export default createRenderWorker(app, options);",
  },
  bun: {
    name: "createRenderHandler",
    statement: `const handle = createRenderHandler(app, options);
Bun.serve({ unix: process.argv[2], idleTimeout: 0, fetch: (request) => handle(request) });`,
  },
} as const;

const sveltePlugin: Plugin = {
  name: "svelte",
  setup({ onLoad }) {
    onLoad({ filter: /\.svelte$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const { js } = compile(source, { generate: "server", filename: basename(path) });
      const map = Buffer.from(js.map.toString()).toString("base64");
      const contents = `${js.code}\n//# sourceMappingURL=data:application/json;base64,${map}`;
      return { contents, loader: "js" };
    });
  },
};
