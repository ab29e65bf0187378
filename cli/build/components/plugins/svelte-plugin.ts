/** Compiles Svelte's components and modules for the server, with the app's own compiler. */

import { readFileSync } from "node:fs";
import { basename, relative } from "node:path";
import type { OnLoadResult, Plugin } from "esbuild";
import { transform } from "esbuild";
import type { AppCompilers } from "../app-compilers.ts";
import { appendSourceMap } from "./source-map-comment.ts";

/** What we use of `svelte/compiler` 5. */
export interface SvelteCompiler {
  readonly compile: (source: string, options: object) => CompileResult;
  readonly compileModule: (source: string, options: object) => CompileResult;
}
interface CompileResult {
  readonly js: { readonly code: string; readonly map: object };
}
interface CompileError extends Error {
  readonly start?: { readonly line: number; readonly column: number };
}

export function createSveltePlugin(compilers: AppCompilers): Plugin {
  return {
    name: "mizan-svelte",
    setup({ onLoad, onResolve }) {
      // Of Svelte's own: the `browser` condition, which workers have too, would say that this is one.
      onResolve({ filter: /^esm-env\/browser$/ }, () => ({
        path: "esm-env/browser",
        namespace: "mizan-svelte",
      }));
      onLoad({ filter: /.*/, namespace: "mizan-svelte" }, () => ({
        contents: "export default false;",
      }));
      onLoad({ filter: /\.svelte$/ }, ({ path }) =>
        compileSvelte(compilers, path, (compiler, source, options) =>
          compiler.compile(source, options),
        ),
      );
      onLoad({ filter: /\.svelte\.[jt]s$/ }, ({ path }) =>
        compileSvelte(compilers, path, async (compiler, source, options) => {
          const { code } = await transform(source, {
            loader: path.endsWith(".ts") ? "ts" : "js",
            tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
          });
          return compiler.compileModule(code, options);
        }),
      );
    },
  };
}

async function compileSvelte(
  compilers: AppCompilers,
  path: string,
  run: (
    compiler: SvelteCompiler,
    source: string,
    options: object,
  ) => CompileResult | Promise<CompileResult>,
): Promise<OnLoadResult> {
  const name = relative(compilers.workspaceFolder, path);
  const source = readFileSync(path, "utf8");
  const options = {
    filename: path,
    // Names of scoped styles are made of the path from here, as the frontend's build makes them.
    rootDir: compilers.frontendFolder(path),
    generate: "server",
    dev: false,
    ...(path.endsWith(".svelte") ? { css: "external" } : {}),
  };
  try {
    const { js } = await run(compilers.svelte(), source, options);
    return { contents: appendSourceMap(js.code, js.map, basename(path)), loader: "js" };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { message, start } = error as CompileError;
    const line = start?.line ?? 1;
    const lineText = source.split("\n")[line - 1] ?? "";
    return {
      errors: [
        {
          text: message.split("\n")[0] ?? message,
          location: { file: name, line, column: start?.column ?? 0, lineText },
        },
      ],
    };
  }
}
