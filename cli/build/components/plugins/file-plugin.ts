/** What a component imports beside code: styles are nothing on a server, pictures and fonts are URLs. */

import { readFileSync } from "node:fs";
import { extname, relative } from "node:path";
import type { OnLoadResult, Plugin } from "esbuild";

export interface FilePluginOptions {
  readonly workspaceFolder: string;
  /** Of a file, relative to the workspace; null: the build of the frontend has none of it. */
  readonly findUrl: (path: string, content: Uint8Array) => string | null;
  /** Names of a CSS module as the frontend's build writes them; null: they are not known. */
  readonly findClassNames: (path: string) => Readonly<Record<string, string>> | null;
  readonly onWarning: (text: string) => void;
}

const STYLE = /\.(?:css|scss|sass|less|styl|stylus|pcss|postcss|sss)(?:\?.*)?$/;
/** Vite's known asset types (constants.ts), and what esbuild has no loader for. */
const ASSET =
  /\.(?:apng|bmp|png|jpe?g|jfif|pjpeg|pjp|gif|svg|ico|webp|avif|cur|jxl|mp4|webm|ogg|mp3|wav|flac|aac|opus|mov|m4a|vtt|woff2?|eot|ttf|otf|webmanifest|pdf|txt)$/;

/** Usual with plugins; esbuild would end at them. */
const OTHER =
  /\.(?:mdx?|markdown|graphql|gql|ya?ml|toml|csv|html?|wasm|glsl|vert|frag|wgsl|po|ftl|astro|marko|pug|hbs|xml)$/;
/** Vite makes a class of it; on a server, components construct none before they are in a page. */
const WEB_WORKER = /\?(?:worker|sharedworker)(?:&.*)?$/;
const WORKER_NAMESPACE = "mizan-web-worker";
const NO_WORKER =
  'export default class { constructor() { throw new Error("A server has no web workers"); } }';
/** What Vite itself makes a URL of; others are of plugins, which make other things of a file. */
const URL_SUFFIX = /^$|^\?(?:url|inline|no-inline)\b/;

export function isStyle(path: string): boolean {
  return STYLE.test(path);
}

export function createFilePlugin(options: FilePluginOptions): Plugin {
  return {
    name: "mizan-files",
    setup({ onLoad, onResolve }) {
      onResolve({ filter: WEB_WORKER }, ({ path }) => ({ path, namespace: WORKER_NAMESPACE }));
      onLoad({ filter: /./, namespace: WORKER_NAMESPACE }, () => ({ contents: NO_WORKER }));
      onLoad({ filter: STYLE }, ({ path, suffix }) => loadStyle(path, suffix, options));
      onLoad({ filter: ASSET }, ({ path, suffix }) => loadAsset(path, suffix, options));
      onLoad({ filter: OTHER }, ({ path, suffix }) =>
        suffix.startsWith("?raw")
          ? exportText(readFileSync(path, "utf8"))
          : failToLoad(relative(options.workspaceFolder, path), options),
      );
    },
  };
}

function loadStyle(file: string, suffix: string, options: FilePluginOptions): OnLoadResult {
  if (suffix.startsWith("?raw")) return exportText(readFileSync(file, "utf8"));
  const path = relative(options.workspaceFolder, file);
  if (suffix !== "" || !/\.module\.\w+$/.test(path)) return { contents: "", loader: "js" };
  const names = options.findClassNames(path);
  if (names === null) {
    options.onWarning(
      `${path}: the names of its classes are known to the frontend's build alone, so what the server renders has none of them`,
    );
  }
  return { contents: JSON.stringify(names ?? {}), loader: "json" };
}

function loadAsset(file: string, suffix: string, options: FilePluginOptions): OnLoadResult {
  const content = readFileSync(file);
  if (suffix.startsWith("?raw")) return exportText(content.toString("utf8"));
  const path = relative(options.workspaceFolder, file);
  if (!URL_SUFFIX.test(suffix)) return failToLoad(`${path}${suffix}`, options);
  const url = options.findUrl(path, content);
  if (url === null) {
    options.onWarning(
      `${path}: the frontend's build has no such ${extname(path)} file, so what the server renders has no URL of it`,
    );
  }
  return exportText(url ?? "");
}

/** A module that throws once it is loaded: whoever needs it cannot be rendered on a server. */
function failToLoad(path: string, { onWarning }: FilePluginOptions): OnLoadResult {
  const text = `${path} is made by a plugin of the frontend's bundler, which servers do not run`;
  onWarning(text);
  return {
    contents: `throw new Error(${JSON.stringify(text)}); module.exports = {};`,
    loader: "js",
  };
}

function exportText(text: string): OnLoadResult {
  return { contents: text, loader: "text" };
}
