/** Loads the modules of edge/authority as they are, or with one of them changed on the way: a mutant. */

import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build, type Plugin } from "esbuild";

const FOLDER = join(import.meta.dirname, "../../edge/authority");

const MODULES = [
  "authority",
  "intents",
  "invalidate-header",
  "json-targets",
  "message-memory",
  "numbers",
  "outcome",
  "plain-value",
  "target",
  "times",
] as const;

/** Everything that the checks use, so that one changed module is seen by all others. */
export type AuthorityModules = typeof import("../../edge/authority/authority.ts") &
  typeof import("../../edge/authority/intents.ts") &
  typeof import("../../edge/authority/invalidate-header.ts") &
  typeof import("../../edge/authority/json-targets.ts") &
  typeof import("../../edge/authority/message-memory.ts") &
  typeof import("../../edge/authority/numbers.ts") &
  typeof import("../../edge/authority/outcome.ts") &
  typeof import("../../edge/authority/plain-value.ts") &
  typeof import("../../edge/authority/target.ts") &
  typeof import("../../edge/authority/times.ts");

/** A change of the text of one module. */
export interface Patch {
  /** File in edge/authority. */
  readonly file: string;
  /** Stands exactly once in the file, else the mutant would not be what its name says. */
  readonly find: string;
  readonly replace: string;
}

/** @throws Error where the patch fits nowhere, or in several places */
export async function loadAuthority(patch: Patch | null = null): Promise<AuthorityModules> {
  const contents = MODULES.map((name) => `export * from "./${name}.ts";`).join("\n");
  const planted: string[] = [];
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: FOLDER, loader: "ts" },
    bundle: true,
    format: "esm",
    write: false,
    plugins: patch === null ? [] : [createPlanter(patch, planted)],
  });
  if (patch !== null && planted.length !== 1) throw new Error(`${patch.file} was not loaded`);
  const text = Buffer.from(outputFiles[0]?.contents ?? []).toString("base64");
  return import(/* @vite-ignore */ `data:text/javascript;base64,${text}`);
}

function createPlanter({ file, find, replace }: Patch, planted: string[]): Plugin {
  return {
    name: "plant-mutant",
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (basename(path) !== file) return undefined;
        const source = await readFile(path, "utf8");
        const places = source.split(find).length - 1;
        if (places !== 1) throw new Error(`${places} places in ${file} hold ${find}`);
        planted.push(path);
        return { contents: source.replace(find, () => replace), loader: "ts" };
      });
    },
  };
}
