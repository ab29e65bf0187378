/** Compiles Vue's single-file components for the server, with the app's own compiler. */

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename, relative } from "node:path";
import type { OnLoadResult, PartialMessage, Plugin } from "esbuild";
import type { AppCompilers } from "../app-compilers.ts";
import { appendSourceMap } from "./source-map-comment.ts";

/** What we use of `vue/compiler-sfc` 3; the app's own may be any of its versions. */
export interface VueCompiler {
  readonly parse: (
    source: string,
    options: object,
  ) => { descriptor: Descriptor; errors: unknown[] };
  readonly compileScript: (descriptor: Descriptor, options: object) => CompiledScript;
  readonly compileTemplate: (options: object) => { code: string; errors: unknown[] };
}
interface Descriptor {
  readonly script: { readonly lang?: string } | null;
  readonly scriptSetup: { readonly lang?: string } | null;
  readonly template: {
    readonly content: string;
    readonly src?: string;
    readonly ast?: unknown;
  } | null;
  readonly styles: readonly { readonly scoped?: boolean }[];
  readonly slotted: boolean;
  readonly cssVars: readonly string[];
}
interface CompiledScript {
  readonly content: string;
  readonly lang?: string;
  readonly map?: object;
  readonly bindings?: object;
}

const NAME = "__sfc__";
/** Where the compiler reads types from that `defineProps<…>()` imports. */
const TYPE_FILES = {
  fileExists: (path: string) => existsSync(path),
  readFile: (path: string) => (existsSync(path) ? readFileSync(path, "utf8") : undefined),
};

export function createVuePlugin(compilers: AppCompilers): Plugin {
  return {
    name: "mizan-vue",
    setup({ onLoad }) {
      onLoad({ filter: /\.vue$/ }, ({ path }) => {
        const source = readFileSync(path, "utf8");
        return compileVue(compilers.vue(), source, {
          path,
          name: relative(compilers.workspaceFolder, path),
          id: buildScopeId(relative(compilers.frontendFolder(path), path), source),
        });
      });
    },
  };
}

/**
 * As @vitejs/plugin-vue 4 to 6 name the scope of a component's styles in a production build:
 * the browser keeps what the server wrote, and its styles are for that name.
 */
function buildScopeId(path: string, source: string): string {
  return createHash("sha256").update(`${path}${source}`).digest("hex").slice(0, 8);
}

interface VueFile {
  /** Absolute. */
  readonly path: string;
  /** Relative to the workspace. */
  readonly name: string;
  readonly id: string;
}

function compileVue(compiler: VueCompiler, source: string, file: VueFile): OnLoadResult {
  const { descriptor, errors } = compiler.parse(source, { filename: file.path, sourceMap: true });
  if (errors.length > 0) return { errors: errors.map((error) => readError(error, file, source)) };
  try {
    return buildModule(compiler, descriptor, file);
  } catch (error) {
    return { errors: [readError(error, file, source)] };
  }
}

function buildModule(compiler: VueCompiler, descriptor: Descriptor, file: VueFile): OnLoadResult {
  const isScoped = descriptor.styles.some(({ scoped }) => scoped === true);
  const template = {
    id: `data-v-${file.id}`,
    filename: file.path,
    scoped: isScoped,
    slotted: descriptor.slotted,
    isProd: true,
    ssr: true,
    ssrCssVars: descriptor.cssVars,
  };
  const compilerOptions = isScoped ? { scopeId: template.id } : {};
  const isInline = descriptor.scriptSetup !== null && descriptor.template?.src === undefined;
  const hasScript = descriptor.script !== null || descriptor.scriptSetup !== null;
  const script = hasScript
    ? compiler.compileScript(descriptor, {
        id: file.id,
        isProd: true,
        inlineTemplate: isInline,
        templateOptions: { ...template, compilerOptions },
        genDefaultAs: NAME,
        fs: TYPE_FILES,
      })
    : null;
  const lines = [script?.content ?? `const ${NAME} = {};`];
  if (descriptor.template !== null && !(isInline && hasScript)) {
    const { code, errors } = compiler.compileTemplate({
      ...template,
      source: descriptor.template.content,
      ast: descriptor.template.ast,
      compilerOptions: { ...compilerOptions, bindingMetadata: script?.bindings },
    });
    if (errors.length > 0) throw errors[0];
    lines.push(code, `${NAME}.ssrRender = ssrRender;`);
  }
  if (isScoped) lines.push(`${NAME}.__scopeId = ${JSON.stringify(template.id)};`);
  lines.push(`export default ${NAME};`);
  const lang = descriptor.scriptSetup?.lang ?? descriptor.script?.lang ?? "js";
  return {
    contents: appendSourceMap(lines.join("\n"), script?.map, basename(file.path)),
    loader: /tsx?/.test(lang) ? (lang === "tsx" ? "tsx" : "ts") : "jsx",
  };
}

/** Errors of the compiler say where they are; those of its script parser say it in their text. */
function readError(error: unknown, file: VueFile, source: string): PartialMessage {
  const text = error instanceof Error ? error.message : String(error);
  const start = (error as { loc?: { start?: { line: number; column: number } } }).loc?.start;
  const line = start?.line ?? 1;
  return {
    text: text.split("\n")[0] ?? text,
    location: {
      file: file.name,
      line,
      column: Math.max(0, (start?.column ?? 1) - 1),
      lineText: source.split("\n")[line - 1] ?? "",
    },
  };
}
