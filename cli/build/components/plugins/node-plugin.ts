/** Leaves Node's modules to whoever runs the bundle; what reaches them is read from the result. */

import { builtinModules } from "node:module";
import type { OnResolveResult, Plugin } from "esbuild";

const NAMES = builtinModules.filter((name) => !name.startsWith("_")).join("|");
/** With and without `node:`; Bun's own. */
const BUILTIN = new RegExp(`^(?:node:.+|bun(?::.+)?|(?:${NAMES})(?:/.+)?)$`);
const NATIVE = /\.node$/;
const DISABLED = "mizan-disabled";
/** Marks the plugin's own questions. */
const ASKED = { mizanNode: true };

/** True for `node:fs`, `fs`, `bun:sqlite`, and for a compiled `.node` file. */
export function isNodeModule(path: string): boolean {
  return BUILTIN.test(path) || NATIVE.test(path);
}

/**
 * For workerd. A package may have another form of a module for browsers (`browser` in its
 * package.json), or be one of the same name (`buffer`, `events`): that is taken.
 */
export const nodePlugin: Plugin = {
  name: "mizan-node",
  setup(build) {
    build.onResolve({ filter: BUILTIN }, async (args): Promise<OnResolveResult | undefined> => {
      if (args.pluginData === ASKED) return undefined;
      const external = { path: args.path, external: true, sideEffects: false };
      if (/^(?:node|bun)(?::|$)/.test(args.path)) return external;
      const found = await build.resolve(args.path, {
        importer: args.importer,
        namespace: args.namespace,
        resolveDir: args.resolveDir,
        kind: args.kind,
        pluginData: ASKED,
      });
      if (found.errors.length > 0 || found.external) return external;
      // `"fs": false` in the package's `browser` field.
      if (found.namespace === "") return { path: args.path, namespace: DISABLED };
      const { path, namespace, sideEffects } = found;
      return { path, namespace, sideEffects };
    });
    build.onResolve({ filter: NATIVE }, ({ path }) => ({
      path,
      external: true,
      sideEffects: false,
    }));
    build.onLoad({ filter: /.*/, namespace: DISABLED }, () => ({
      contents: "module.exports = {};",
    }));
  },
};
