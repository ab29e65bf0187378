/** Bundles the components for one of the two runtimes. */

import { join } from "node:path";
import { type BuildOptions, build, type Message, type Metafile, type Plugin } from "esbuild";
import { buildComponentsError, isBuildFailure } from "./build-failure.ts";
import { buildSideOptions, type Side } from "./esbuild-options.ts";
import { createEntryPlugin, ENTRY_MODULE } from "./plugins/entry-plugin.ts";
import {
  createMissingPlugin,
  describeMissing,
  type MissingModule,
  readMissingModule,
} from "./plugins/missing-plugin.ts";

export interface BundleSideOptions {
  readonly side: Side;
  /** Text of the generated module. */
  readonly entry: string;
  /** Absolute: our rendering modules for that side; null: the entry needs none. */
  readonly runtimeFile: string | null;
  /** Absolute: sources and their node_modules. */
  readonly workspaceFolder: string;
  /** `external`: packages are left out [they are bundled]. */
  readonly packages?: "external";
  readonly define: Readonly<Record<string, string>>;
  readonly plugins: readonly Plugin[];
  readonly onWarning: (text: string) => void;
}

export interface BundledFile {
  /** No folder: `entry.mjs`, `chunk-3RG5ZIWI.mjs`, `chunk-3RG5ZIWI.mjs.map`. */
  readonly name: string;
  readonly content: Uint8Array;
}

export interface SideBundle {
  readonly files: readonly BundledFile[];
  readonly metafile: Metafile;
}

/** In the workspace's place; nothing is written there. */
export const OUTPUT_FOLDER = ".mizan-components";

/**
 * What cannot be resolved becomes a module that throws once it is loaded.
 * @throws {MizanError} BUILD_FAILED for anything else that does not build.
 */
export async function bundleSide(options: BundleSideOptions): Promise<SideBundle> {
  const missing = new Map<string, MissingModule>();
  for (;;) {
    const result = await tryBundle(options, [...missing.values()]);
    if ("files" in result) {
      for (const each of missing.values()) options.onWarning(describeMissing(each));
      return result;
    }
    const before = missing.size;
    for (const message of result.errors) {
      const found = readMissingModule(message);
      if (found !== null) missing.set(describeMissing(found), found);
    }
    const others = result.errors.filter((message) => readMissingModule(message) === null);
    if (others.length > 0) throw await buildComponentsError(others, result.cause);
    // Those that are known were answered, so each turn finds new ones or ends.
    if (missing.size === before) throw await buildComponentsError(result.errors, result.cause);
  }
}

async function tryBundle(
  options: BundleSideOptions,
  missing: readonly MissingModule[],
): Promise<SideBundle | { readonly errors: readonly Message[]; readonly cause: unknown }> {
  const { workspaceFolder } = options;
  try {
    const { outputFiles, metafile } = await build({
      ...buildSideOptions(options.side),
      absWorkingDir: workspaceFolder,
      entryPoints: [{ in: ENTRY_MODULE, out: "entry" }],
      outdir: join(workspaceFolder, OUTPUT_FOLDER),
      define: { ...options.define },
      ...(options.packages === undefined ? {} : { packages: options.packages }),
      plugins: [
        createMissingPlugin(missing, workspaceFolder),
        createEntryPlugin(options),
        ...options.plugins,
      ],
    } satisfies BuildOptions as BuildOptions & { write: false; metafile: true });
    const folder = join(workspaceFolder, OUTPUT_FOLDER, "/");
    const files = outputFiles.map(({ path, contents }) => ({
      name: path.slice(folder.length),
      content: contents,
    }));
    return { files: files.sort((a, b) => (a.name < b.name ? -1 : 1)), metafile };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    return { errors: error.errors, cause: error };
  }
}
