/** Reads from a frontend's configuration where its build writes, as far as it is written in plain text. */

import type { Frontend, ProjectFiles } from "./facts.ts";
import { isSettingCall, readFrontendConfig, readFrontendSetting } from "./frontend-config.ts";
import { findMetaBuild } from "./meta-frameworks.ts";
import type { NodePackage } from "./node-packages.ts";
import { expandScript } from "./node-scripts.ts";
import { folderOf, joinPath } from "./project-paths.ts";

/** The expressions below look back at each word; nobody's command is longer. */
const MAX_SCRIPT_LENGTH = 10_000;

/** Folders and files that bundlers are told to write on the command line. */
const FOLDER_FLAG =
  /(?:--outDir|--outdir|--output-path|--dest|--dist-dir|(?<=\bwebpack\b[^&|;]*\s)-o)[ =]["']?([^\s"']+)/;
const FILE_FLAG =
  /(?:--outfile|(?<=\b(?:tailwindcss|@tailwindcss\/cli|rollup)\b[^&|;]*\s)(?:-o|--output|--file))[ =]["']?([^\s"']+)/;

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
  return path === "." || path.startsWith("..") || path.startsWith("/") ? null : path;
}

/** The folder that the build script's own words name: `esbuild app.js --outdir=static/js`. */
export function findNamedOutput({ json }: NodePackage, build: string): string | null {
  const script = expandScript(json.scripts ?? {}, build).slice(0, MAX_SCRIPT_LENGTH);
  const folder = FOLDER_FLAG.exec(script)?.[1];
  if (folder !== undefined) return folder;
  const file = FILE_FLAG.exec(script)?.[1];
  return file === undefined ? null : folderOf(file);
}

function findOutputBelowPackage(
  files: ProjectFiles,
  nodePackage: NodePackage,
  bundler: Frontend["bundler"],
  build: string,
): string | null {
  const { folder, json, names } = nodePackage;
  const named = findNamedOutput(nodePackage, build);
  if (named !== null) return named;
  const meta = findMetaBuild(files, nodePackage);
  if (meta !== null) return meta.output;
  if (names.has("react-scripts")) {
    const script = expandScript(json.scripts ?? {}, build);
    return /BUILD_PATH=["']?([^\s"']+)/.exec(script)?.[1] ?? "build";
  }
  if (names.has("@vue/cli-service")) {
    const config = readFrontendConfig(files, folder, /^vue\.config\.[cm]?[jt]s$/);
    return readFrontendSetting(config, "outputDir", "dist");
  }
  if (bundler === "vite") return findViteOutput(files, folder);
  if (bundler !== "webpack") return null;
  const config = readFrontendConfig(files, folder, /^webpack\..*\.?[cm]?[jt]s$/);
  return readFrontendSetting(config, "path", "dist");
}

function findViteOutput(files: ProjectFiles, folder: string): string | null {
  const config = readFrontendConfig(files, folder, /^vite\.config\.[cm]?[jt]s$/);
  const viteRoot = readFrontendSetting(config, "root", ".");
  const outDir = readFrontendSetting(config, "outDir", "dist");
  if (outDir === null || viteRoot === null) return null;
  // A call such as resolve(__dirname, …) is from the config's folder, a plain string from Vite's root.
  return isSettingCall(config, "outDir") ? outDir : joinPath(viteRoot, outDir);
}
