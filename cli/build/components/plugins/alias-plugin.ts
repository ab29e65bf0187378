/** Follows the aliases of the app's Vite: `@/lib/price` → `frontend/src/lib/price`. */

import type { Plugin } from "esbuild";
import type { ViteAlias } from "../ask-vite.ts";

/** Marks the plugin's own questions. */
const ASKED = { mizanAlias: true };

export function createAliasPlugin(aliases: readonly ViteAlias[]): Plugin {
  return {
    name: "mizan-alias",
    setup(build) {
      if (aliases.length === 0) return;
      // Vite's patterns are JavaScript's, esbuild's filters are Go's: so each import is looked at here.
      build.onResolve({ filter: /./ }, (args) => {
        if (args.pluginData === ASKED || args.kind === "entry-point") return undefined;
        const path = replaceAlias(args.path, aliases);
        if (path === null) return undefined;
        const { importer, namespace, resolveDir, kind } = args;
        return build.resolve(path, { importer, namespace, resolveDir, kind, pluginData: ASKED });
      });
    },
  };
}

/** As @rollup/plugin-alias: the first that fits; null: none does. */
export function replaceAlias(path: string, aliases: readonly ViteAlias[]): string | null {
  for (const { find, replacement } of aliases) {
    if (typeof find !== "string") {
      const pattern = new RegExp(find.source, find.flags);
      if (pattern.test(path)) return path.replace(new RegExp(find.source, find.flags), replacement);
    } else if (path === find || path.startsWith(find.endsWith("/") ? find : `${find}/`)) {
      return replacement + path.slice(find.length);
    }
  }
  return null;
}
