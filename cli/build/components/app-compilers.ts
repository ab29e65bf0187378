/** Vue's and Svelte's compilers as the app has installed them: what they write fits its own runtime. */

import { createRequire } from "node:module";
import { join } from "node:path";
import { MizanError } from "../../../infra/contract/errors.ts";
import type { SvelteCompiler } from "./plugins/svelte-plugin.ts";
import type { VueCompiler } from "./plugins/vue-plugin.ts";

export interface AppCompilers {
  readonly workspaceFolder: string;
  /** Absolute folder of the package that a file belongs to: names of scoped styles start there. */
  readonly frontendFolder: (file: string) => string;
  /** @throws {MizanError} BUILD_FAILED when the app does not have it */
  readonly vue: () => VueCompiler;
  readonly svelte: () => SvelteCompiler;
}

/** @param folders absolute: packages of the app, from which the compilers are looked up in this order. */
export function createAppCompilers(
  workspaceFolder: string,
  folders: readonly string[],
): AppCompilers {
  return {
    workspaceFolder,
    frontendFolder: (file) =>
      folders
        .filter((folder) => file.startsWith(`${folder}/`))
        .sort((a, b) => b.length - a.length)[0] ?? workspaceFolder,
    vue: () => load<VueCompiler>(folders, "vue", "vue/compiler-sfc"),
    svelte: () => load<SvelteCompiler>(folders, "svelte", "svelte/compiler"),
  };
}

/** Node keeps what it has loaded, so this is cheap from the second time on. */
function load<Compiler>(folders: readonly string[], name: string, module: string): Compiler {
  for (const folder of folders) {
    const require = createRequire(join(folder, "package.json"));
    try {
      return require(require.resolve(module)) as Compiler; // the app's own, of any version
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  throw new MizanError("BUILD_FAILED", `The app has .${name} files, but not the package ${name}`, {
    hint: `Add ${name} to the dependencies of its package.json`,
    details: { package: name },
  });
}
