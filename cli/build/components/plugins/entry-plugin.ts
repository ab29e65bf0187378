/** Gives esbuild the generated module and our rendering modules, under names without folders. */

import { readFileSync } from "node:fs";
import type { Plugin } from "esbuild";
import { MAPS_MODULE, RUNTIME_MODULE } from "../app-entry.ts";

export const ENTRY_MODULE = "mizan:entry";
const NAMESPACE = "mizan";

export interface EntryPluginOptions {
  /** Text of the generated module. */
  readonly entry: string;
  /** Absolute: `render.mjs` or `child.mjs`, whole modules; null: the entry needs none. */
  readonly runtimeFile: string | null;
  /** Absolute: what the entry names is looked up from here. */
  readonly workspaceFolder: string;
}

export function createEntryPlugin(options: EntryPluginOptions): Plugin {
  return {
    name: "mizan-entry",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^mizan:(?:entry|runtime)$/ }, ({ path }) => ({
        path: path.slice(NAMESPACE.length + 1),
        namespace: NAMESPACE,
      }));
      onResolve({ filter: /^\.\/maps\.mjs$/, namespace: NAMESPACE }, () => ({
        path: MAPS_MODULE,
        external: true,
      }));
      onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
        contents: readContents(`${NAMESPACE}:${path}`, options),
        resolveDir: options.workspaceFolder,
        loader: "js",
      }));
    },
  };
}

function readContents(module: string, { entry, runtimeFile }: EntryPluginOptions): string {
  if (module !== RUNTIME_MODULE) return entry;
  if (runtimeFile === null)
    throw new Error("the entry asks for rendering modules that it has none of");
  return readFileSync(runtimeFile, "utf8");
}
