/** Puts a module that throws in the place of one that is not there, so that only who needs it breaks. */

import { relative } from "node:path";
import type { Message, Plugin } from "esbuild";
import { isStyle } from "./file-plugin.ts";

const NAMESPACE = "mizan-missing";

/** An import that leads nowhere. */
export interface MissingModule {
  readonly specifier: string;
  /** Relative to the workspace. */
  readonly importer: string;
}

/** null: the message says something else. */
export function readMissingModule({ text, location }: Message): MissingModule | null {
  const specifier = /^Could not resolve "(.+)"$/.exec(text)?.[1];
  if (specifier === undefined || location === null) return null;
  return { specifier, importer: location.file };
}

export function describeMissing({ specifier, importer }: MissingModule): string {
  return `Cannot find module '${specifier}', imported by ${importer}`;
}

export function createMissingPlugin(
  missing: readonly MissingModule[],
  workspaceFolder: string,
): Plugin {
  return {
    name: "mizan-missing",
    setup({ onResolve, onLoad }) {
      for (const { specifier, importer } of missing) {
        const filter = new RegExp(`^${specifier.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&")}$`);
        onResolve({ filter }, (args) =>
          relative(workspaceFolder, args.importer) === importer
            ? { path: describeMissing({ specifier, importer }), namespace: NAMESPACE }
            : undefined,
        );
      }
      // CommonJS: any name may be imported from it, and it runs only when it is.
      onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
        contents: isStyle(path.split("'")[1] ?? "")
          ? ""
          : `throw new Error(${JSON.stringify(path)}); module.exports = {};`,
        loader: "js",
      }));
    },
  };
}
