/** Reads from a frontend's configuration where its build writes, as far as it is written in plain text. */

import type { Frontend, ProjectFiles } from "./facts.ts";
import type { NodePackage } from "./node-packages.ts";
import { joinPath } from "./project-paths.ts";

const STRING = /["'`]([^"'`$]*)["'`]/g;

/** @returns Folder relative to the project; null if it cannot be read, or lies outside the project. */
export function findBuildOutput(
  files: ProjectFiles,
  nodePackage: NodePackage,
  bundler: Frontend["bundler"],
  build: string,
): string | null {
  const below = findOutputBelowPackage(files, nodePackage, bundler, build);
  if (below === null) return null;
  const path = joinPath(nodePackage.folder, below).replace(/\/$/, "");
  return path.startsWith("..") || path.startsWith("/") ? null : path;
}

function findOutputBelowPackage(
  files: ProjectFiles,
  { folder, json, names }: NodePackage,
  bundler: Frontend["bundler"],
  build: string,
): string | null {
  const script = json.scripts?.[build] ?? "";
  const flag = /(?:--outDir|--output-path|--dest|(?<=webpack .*)-o)[ =]["']?([^\s"']+)/.exec(
    script,
  );
  if (flag?.[1] !== undefined) return flag[1];
  if (names.has("@sveltejs/kit")) return names.has("@sveltejs/adapter-static") ? "build" : null;
  if (names.has("react-scripts")) return /BUILD_PATH=["']?([^\s"']+)/.exec(script)?.[1] ?? "build";
  if (names.has("next")) return null;
  if (names.has("@vue/cli-service")) {
    return readSetting(readConfig(files, folder, /^vue\.config\.[cm]?[jt]s$/), "outputDir", "dist");
  }
  if (bundler === "vite") {
    const config = readConfig(files, folder, /^vite\.config\.[cm]?[jt]s$/);
    const viteRoot = readSetting(config, "root", ".");
    const outDir = readSetting(config, "outDir", "dist");
    if (outDir === null || viteRoot === null) return null;
    // A call such as resolve(__dirname, …) is from the config's folder, a plain string from Vite's root.
    return isCall(config, "outDir") ? outDir : joinPath(viteRoot, outDir);
  }
  if (bundler !== "webpack") return null;
  return readSetting(readConfig(files, folder, /^webpack\..*\.?[cm]?[jt]s$/), "path", "dist");
}

/** Text of the first matching file of a folder without comments; empty if there is none. */
function readConfig(files: ProjectFiles, folder: string, name: RegExp): string {
  const prefix = folder === "." ? "" : `${folder}/`;
  const matching = files.paths.filter(
    (path) => path.startsWith(prefix) && name.test(path.slice(prefix.length)),
  );
  const path = matching.find((p) => /prod/.test(p)) ?? matching[0];
  const text = path === undefined ? "" : (files.read(path) ?? "");
  return text.replace(/^\s*\/\/.*$/gm, "").replace(/^\s*\/\*[\s\S]*?\*\//gm, "");
}

/** Value of `key: …`: the default if the key is absent, null if the value is not plain. */
function readSetting(config: string, key: string, absent: string): string | null {
  const expression = findExpression(config, key);
  if (expression === null) return absent;
  const strings = [...expression.matchAll(STRING)].map(([, text = ""]) => text);
  const rest = expression
    .replace(STRING, "")
    .replace(/__dirname|process\.cwd\(\)|import\.meta\.(?:dirname|url)/g, "")
    .replace(/\b(?:path|resolve|join|fileURLToPath|new|URL|url)\b/g, "");
  // `root: __dirname` is the folder itself.
  const isPlain = /^[\s().,]*$/.test(rest) && !strings[0]?.startsWith("/");
  return isPlain ? joinPath(".", ...strings) : null;
}

function isCall(config: string, key: string): boolean {
  return findExpression(config, key)?.includes("(") ?? false;
}

/** The text after `key:` up to the end of the value: the first comma or brace outside parentheses. */
function findExpression(config: string, key: string): string | null {
  const match = new RegExp(`(?:^|[\\s{,])["']?${key}["']?\\s*:`).exec(config);
  if (match === null) return null;
  let depth = 0;
  const start = match.index + match[0].length;
  for (let index = start; index < config.length; index += 1) {
    const character = config[index];
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (depth === 0 && (character === "," || character === "}" || character === "\n")) {
      const expression = config.slice(start, index);
      if (expression.trim() !== "") return expression;
    }
  }
  return config.slice(start);
}
