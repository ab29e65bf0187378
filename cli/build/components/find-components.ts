/** Finds the components of an app: files with a default export below the template folders, and those of pages. */

import { join, posix } from "node:path";
import { build } from "esbuild";
import { MizanError } from "../../../infra/contract/errors.ts";
import { nearestName } from "../../inspect/nearest-name.ts";
import type { SourceTree } from "../source-tree.ts";
import { buildComponentsError, isBuildFailure } from "./build-failure.ts";
import {
  type ComponentFile,
  isWithinFolder,
  readComponentFile,
  readPageComponentFile,
} from "./component-file.ts";
import { SCRIPT_LOADERS } from "./esbuild-options.ts";

export interface FindComponentsOptions {
  readonly tree: SourceTree;
  /** Relative to the project, POSIX. */
  readonly templateFolders: readonly string[];
  /** As the config writes them. */
  readonly pageComponents: readonly string[];
}

/**
 * @returns in the order of their paths.
 * @throws {MizanError} CONFIG_INVALID when a page's component is not there or exports none, BUILD_FAILED
 *   when a file cannot be parsed.
 */
export async function findComponents(
  options: FindComponentsOptions,
): Promise<readonly ComponentFile[]> {
  const paths = options.tree.files.filter(({ kind }) => kind === "file").map(({ path }) => path);
  const pages = [...new Set(options.pageComponents)].map((path) => findPageComponent(path, paths));
  const templates = paths
    .filter((path) => options.templateFolders.some((folder) => isWithinFolder(path, folder)))
    .flatMap((path) => readComponentFile(path) ?? []);
  const candidates = new Map([...templates, ...pages].map((each) => [each.path, each]));
  const exporting = await findDefaultExports(options.tree.root, [...candidates.values()]);
  for (const { path } of pages) if (!exporting.has(path)) throw noDefaultExport(path);
  return [...candidates.values()]
    .filter(({ path }) => exporting.has(path))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function findPageComponent(written: string, paths: readonly string[]): ComponentFile {
  const component = paths.includes(written) ? readPageComponentFile(written) : null;
  if (component !== null) return component;
  const known = paths.filter((path) => readComponentFile(path) !== null);
  const near = known.includes(posix.normalize(written))
    ? posix.normalize(written)
    : (nearestName(written, known) ?? known.find((path) => path.endsWith(`/${written}`)) ?? null);
  const what = paths.includes(written) ? "is no component" : "does not exist";
  throw new MizanError("CONFIG_INVALID", `pages: ${written} ${what}`, {
    hint:
      near === null
        ? "Name a .tsx, .jsx, .vue or .svelte file by its path from the project's root"
        : `Did you mean ${near}?`,
    details: { component: written, near },
  });
}

function noDefaultExport(path: string): MizanError {
  return new MizanError("CONFIG_INVALID", `pages: ${path} has no default export`, {
    hint: `Export the component from ${path} by export default`,
    details: { component: path },
  });
}

/** Vue's and Svelte's files are components by their kind; of the others, the parser says it. */
async function findDefaultExports(
  root: string,
  candidates: readonly ComponentFile[],
): Promise<ReadonlySet<string>> {
  const scripts = candidates.filter(({ framework }) => framework === "react");
  const found = new Set(
    candidates.filter(({ framework }) => framework !== "react").map(({ path }) => path),
  );
  if (scripts.length === 0) return found;
  const outputs = await parseScripts(root, scripts);
  for (const { entryPoint, exports } of outputs) {
    if (entryPoint !== undefined && exports.includes("default")) found.add(entryPoint);
  }
  return found;
}

async function parseScripts(root: string, scripts: readonly ComponentFile[]) {
  try {
    const { metafile } = await build({
      absWorkingDir: root,
      // Named by number: `Card.tsx` and `Card.jsx` side by side are two.
      entryPoints: scripts.map(({ path }, index) => ({ in: join(root, path), out: `${index}` })),
      bundle: false,
      write: false,
      outdir: join(root, "out"),
      metafile: true,
      format: "esm",
      jsx: "automatic",
      loader: SCRIPT_LOADERS,
      tsconfigRaw: {},
      logLevel: "silent",
    });
    return Object.values(metafile.outputs);
  } catch (error) {
    throw isBuildFailure(error) ? await buildComponentsError(error.errors, error) : error;
  }
}
