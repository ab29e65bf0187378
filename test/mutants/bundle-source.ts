/** Bundles modules of the product as they are, or with changes of their text on the way: a mutant. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";

export const REPOSITORY = join(import.meta.dirname, "../..");

/** A change of the text of one module. */
export interface Patch {
  /** End of its path, long enough to be the only one: `authority.ts`, `edge/cache/read/coalesce.ts`. */
  readonly file: string;
  /** Stands exactly once in the file, else the mutant would not be what its name says. */
  readonly find: string;
  readonly replace: string;
}

export interface BundleOptions {
  /** What the bundle exports, as TypeScript. */
  readonly contents: string;
  /** Folder that its imports are relative to, from the repository's root. */
  readonly folder: string;
  readonly format: "esm" | "cjs";
  readonly patches: readonly Patch[];
  /** Modules of Node that whoever runs the text gives it. */
  readonly external?: readonly string[];
}

/** @throws Error where a patch fits nowhere, or in several places */
export async function bundleSource(options: BundleOptions): Promise<string> {
  const { contents, folder, format, patches, external = [] } = options;
  const planted = new Set<Patch>();
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: join(REPOSITORY, folder), loader: "ts" },
    bundle: true,
    format,
    target: "es2022",
    write: false,
    logLevel: "silent", // what is wrong is thrown
    external: [...external],
    plugins: patches.length === 0 ? [] : [createPlanter(patches, planted)],
  });
  const missing = patches.find((patch) => !planted.has(patch));
  if (missing !== undefined) throw new Error(`${missing.file} was not loaded`);
  return outputFiles[0]?.text ?? "";
}

function createPlanter(patches: readonly Patch[], planted: Set<Patch>): Plugin {
  return {
    name: "plant-mutant",
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const fitting = patches.filter(({ file }) => path.endsWith(`/${file}`));
        if (fitting.length === 0) return undefined;
        const source = await readFile(path, "utf8");
        for (const patch of fitting) planted.add(patch);
        return { contents: fitting.reduce(change, source), loader: "ts" };
      });
    },
  };
}

function change(source: string, { file, find, replace }: Patch): string {
  const places = source.split(find).length - 1;
  if (places !== 1) throw new Error(`${places} places in ${file} hold ${find}`);
  return source.replace(find, () => replace);
}
