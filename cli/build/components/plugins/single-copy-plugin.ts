/** Resolves each framework from one place, so that a bundle holds one copy of it. */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from "esbuild";
import { z } from "zod";

export interface SingleCopyOptions {
  /** Absolute folders to look from: the first that has the framework is the one place. */
  readonly folders: readonly string[];
  readonly workspaceFolder: string;
  /** Called once for each other copy that some module would have got. */
  readonly onWarning: (text: string) => void;
}

const FRAMEWORK = /^(?:react|react-dom|vue|svelte)(?:\/.*)?$/;
/** Of these, a second copy is looked for. */
const ROOT = /^(?:react|vue|svelte)$/;
/** Marks the plugin's own questions. */
const ASKED = { mizanSingleCopy: true };

const packageSchema = z.object({ version: z.string() });

export function createSingleCopyPlugin(options: SingleCopyOptions): Plugin {
  return {
    name: "mizan-single-copy",
    setup(build) {
      const others = new Map<string, Promise<void>>();
      build.onResolve({ filter: FRAMEWORK }, async (args) => {
        if (args.pluginData === ASKED) return undefined;
        const chosen = await resolveFromFolders(build, args, options.folders);
        if (chosen === null) return undefined; // esbuild's own answer, or its error
        const key = `${args.path}\0${args.resolveDir}`;
        if (ROOT.test(args.path) && !others.has(key)) {
          others.set(key, warnOfOther(build, args, { chosen, ...options }));
          await others.get(key);
        }
        return chosen;
      });
    },
  };
}

async function resolveFromFolders(
  build: PluginBuild,
  { path, kind }: OnResolveArgs,
  folders: readonly string[],
): Promise<OnResolveResult | null> {
  for (const resolveDir of folders) {
    const found = await build.resolve(path, { resolveDir, kind, pluginData: ASKED });
    if (found.errors.length === 0) {
      return { path: found.path, sideEffects: found.sideEffects, external: found.external };
    }
  }
  return null;
}

async function warnOfOther(
  build: PluginBuild,
  { path, kind, resolveDir }: OnResolveArgs,
  options: SingleCopyOptions & { readonly chosen: OnResolveResult },
): Promise<void> {
  const own = await build.resolve(path, { resolveDir, kind, pluginData: ASKED });
  const chosen = options.chosen.path;
  if (own.errors.length > 0 || chosen === undefined || own.path === chosen) return;
  const [taken, left] = [chosen, own.path].map((file) =>
    describeCopy(file, options.workspaceFolder),
  );
  options.onWarning(`There are two copies of ${path}: ${taken} is bundled, not ${left}`);
}

/** `19.3.1 in frontend/node_modules/react` */
function describeCopy(file: string, workspaceFolder: string): string {
  let folder = dirname(file);
  while (!existsSync(join(folder, "package.json")) && folder !== dirname(folder)) {
    folder = dirname(folder);
  }
  const json: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const version = packageSchema.safeParse(json).data?.version ?? "a version";
  return `${version} in ${relative(workspaceFolder, folder)}`;
}
