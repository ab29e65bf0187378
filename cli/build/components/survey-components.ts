/** Says without an install which components need Node's modules, as far as the app's own code shows it. */

import { readFileSync } from "node:fs";
import type { Plugin } from "esbuild";
import type { BuiltComponent } from "./build-components.ts";
import { bundleSide } from "./bundle-side.ts";
import { buildDefines } from "./esbuild-options.ts";
import { type FindComponentsOptions, findComponents } from "./find-components.ts";
import { findNodeReaches } from "./node-reach.ts";
import { createFilePlugin } from "./plugins/file-plugin.ts";
import { nodePlugin } from "./plugins/node-plugin.ts";

export interface ComponentsSurvey {
  readonly components: readonly Omit<BuiltComponent, "framework">[];
  /** Sentences about modules of the app that are not there. */
  readonly warnings: readonly string[];
}

/**
 * What packages import is not looked at: they are not installed.
 * @throws {MizanError} CONFIG_INVALID, BUILD_FAILED as the build itself
 */
export async function surveyComponents(options: FindComponentsOptions): Promise<ComponentsSurvey> {
  const found = await findComponents(options);
  if (found.length === 0) return { components: [], warnings: [] };
  const workspaceFolder = options.tree.root;
  const warnings = new Set<string>();
  const { metafile } = await bundleSide({
    side: "edge",
    entry: found.map(({ path }) => `import(${JSON.stringify(`./${path}`)});`).join("\n"),
    runtimeFile: null,
    workspaceFolder,
    packages: "external",
    define: buildDefines("edge", {}, "/"),
    plugins: [
      nodePlugin,
      // What only the build knows is no news here.
      createFilePlugin({
        workspaceFolder,
        findUrl: () => "",
        findClassNames: () => ({}),
        onWarning: () => undefined,
      }),
      scriptsPlugin,
    ],
    onWarning: (text) => warnings.add(text),
  });
  const reasons = findNodeReaches(
    metafile,
    found.map(({ path }) => path),
  );
  const components = found.map(({ path }) => {
    const reason = reasons.get(path) ?? null;
    return { path, runsOn: reason === null ? ("edge" as const) : ("ssr" as const), reason };
  });
  return { components, warnings: [...warnings].sort() };
}

/** Of Vue's and Svelte's files, what they import: the app's compilers are not installed. */
const scriptsPlugin: Plugin = {
  name: "mizan-scripts",
  setup({ onLoad }) {
    onLoad({ filter: /\.(?:vue|svelte)$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      const scripts = [...text.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script\s*>/gi)];
      const imports = scripts.flatMap(([, script = ""]) => listImports(script));
      return { contents: `${imports.join("\n")}\nexport default {};`, loader: "ts" };
    });
  },
};

/** For their effect alone: what is imported and not used by the rest would be taken out. */
function listImports(script: string): readonly string[] {
  const found = script.matchAll(
    /\b(?:import|export)\s+(?!type\b)(?:[\w*{}\s,$]+\bfrom\s*)?["']([^"']+)["']|\bimport\s*\(\s*["']([^"']+)["']/g,
  );
  return [...found].map(([, specifier, dynamic], index) => {
    const from = JSON.stringify(specifier ?? dynamic);
    return `import * as used${index} from ${from}; console.log(used${index});`;
  });
}
