/** Bundles the components of a release for Render and for the SSR server; unchanged ones are taken from the cache. */

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { DocumentShell } from "../../../edge/render/contract.ts";
import { MizanError } from "../../../infra/contract/errors.ts";
import type { Frontend } from "../../inspect/facts.ts";
import { packageFile } from "../../package-files.ts";
import { diskFull, isDiskFull } from "../copy-source-tree.ts";
import { hashFolder, removeOldOutputs, touchOutput } from "../frontend/build-output.ts";
import { readEnvironmentFiles } from "../frontend/environment-files.ts";
import type { FrontendProject } from "../frontend/frontend-project.ts";
import type { ClientGeneration } from "../frontend/generate-clients.ts";
import type { SourceTree } from "../source-tree.ts";
import { bundleComponents } from "./bundle-components.ts";
import type { ComponentFile } from "./component-file.ts";
import { buildComponentKey } from "./component-key.ts";
import { findComponentPackages } from "./component-packages.ts";
import { parseDocumentShell } from "./document-shell.ts";
import { findComponents } from "./find-components.ts";
import { installComponents } from "./install-components.ts";
import { readPublicVariables } from "./public-variables.ts";

export interface BuildComponentsOptions {
  /** The release's copy, as `copySourceTree` returned it. */
  readonly tree: SourceTree;
  /** Absolute working tree: the bundlers' own `.env` files are read from there. */
  readonly projectRoot: string;
  readonly frontends: readonly Frontend[];
  /** Absolute; that of the frontends' builds: node_modules live here. */
  readonly workspaceFolder: string;
  /** Absolute; finished bundles by key. */
  readonly cacheFolder: string;
  /** `SsrFacts.folders`. */
  readonly templateFolders: readonly string[];
  /** Components and error components that `pages` names. */
  readonly pageComponents: readonly string[];
  /** Absolute output folder of the frontend that serves `/`; null: there is none. */
  readonly documentFolder: string | null;
  /** e.g. `VITE_API_URL`; they win over `.env` files. */
  readonly variables: Readonly<Record<string, string>>;
  /** The process environment (`context.env`). */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Clients of the backend, that components import. */
  readonly clients?: ClientGeneration | undefined;
  /** Absolute: our rendering modules [those of the package]. */
  readonly runtimeFiles?: RuntimeFiles | undefined;
  readonly logFile?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
}

export interface RuntimeFiles {
  /** `edge/render/index.ts`, bundled. */
  readonly edge: string;
  /** `runtime/ssr/child.ts`, bundled. */
  readonly bun: string;
}

export interface BuiltComponents {
  /** Absolute, in the cache: `edge/entry.mjs`, `bun/entry.mjs`, each with its chunks and `maps.mjs`. */
  readonly folder: string;
  /** Over the content of all modules, hex; the same as `RenderApp.bundle`. */
  readonly hash: string;
  /** File names in `edge/` for workerd's `modules`, the entry first; empty: nothing for Render. */
  readonly edgeModules: readonly string[];
  readonly components: readonly BuiltComponent[];
  /** null: there is no document. */
  readonly document: DocumentShell | null;
  /** Sentences for people. */
  readonly warnings: readonly string[];
  /** False: taken from the cache. */
  readonly isNew: boolean;
}

export interface BuiltComponent extends ComponentFile {
  readonly runsOn: "edge" | "ssr";
  /** Why it stays on the SSR server; null: it does not. */
  readonly reason: string | null;
}

/** A way back to a few earlier states without bundling. */
const KEPT_BUNDLES = 20;
/** Written last: it shows that all is kept. */
const RECORD_FILE = "bundle.json";

const recordSchema = z.object({
  hash: z.string(),
  edgeModules: z.array(z.string()).readonly(),
  components: z.array(
    z.object({
      path: z.string(),
      framework: z.enum(["react", "vue", "svelte"]),
      runsOn: z.enum(["edge", "ssr"]),
      reason: z.string().nullable(),
    }),
  ),
  warnings: z.array(z.string()),
});

/** What is written beside the modules. */
export type BundleRecord = z.output<typeof recordSchema>;

/**
 * @returns null: the app has no components.
 * @throws {MizanError} CONFIG_INVALID for a page whose component is not there, BUILD_FAILED,
 *   TOOL_MISSING without Node or the package manager, DISK_FULL, INTERRUPTED.
 */
export async function buildComponents(
  options: BuildComponentsOptions,
): Promise<BuiltComponents | null> {
  const components = await findComponents(options);
  if (components.length === 0) return null;
  const packages = findComponentPackages(
    options.tree,
    sortPagesFirst(components, options.pageComponents),
    options.frontends,
  );
  const document = readDocument(options);
  const outputFolder = options.documentFolder ?? findOutputFolder(options.tree, packages);
  const variables = readVariables(options, packages);
  const runtimeFiles = options.runtimeFiles ?? findRuntimeFiles();
  const key = buildComponentKey({
    components,
    packages,
    variables,
    outputHash: outputFolder === null ? null : hashFolder(outputFolder),
    runtimeFiles: [runtimeFiles.edge, runtimeFiles.bun],
    backendKey: options.clients?.key ?? null,
  });
  const folder = join(options.cacheFolder, key);
  const isNew = !existsSync(join(folder, RECORD_FILE));
  if (isNew) {
    const found = { components, packages, document, outputFolder, variables, runtimeFiles };
    await buildAnew({ ...options, ...found, folder });
  }
  touchOutput(folder);
  if (isNew) removeOldOutputs(options.cacheFolder, KEPT_BUNDLES);
  const text = readFileSync(join(folder, RECORD_FILE), "utf8");
  return { folder, document, isNew, ...recordSchema.parse(JSON.parse(text)) };
}

export interface BuildAnewOptions extends BuildComponentsOptions {
  readonly components: readonly ComponentFile[];
  /** Those of pages first: their frameworks are the ones that are bundled. */
  readonly packages: readonly FrontendProject[];
  readonly document: DocumentShell | null;
  /** Absolute: what a frontend's build made, with the pictures that components show; null: nothing. */
  readonly outputFolder: string | null;
  readonly variables: Readonly<Record<string, string>>;
  readonly runtimeFiles: RuntimeFiles;
  /** Absolute: where the result is kept. */
  readonly folder: string;
}

async function buildAnew(options: BuildAnewOptions): Promise<void> {
  try {
    await installComponents(options);
    options.onProgress?.(`bundling ${options.components.length} components`);
    const { files, record } = await bundleComponents(options);
    const unfinished = `${options.folder}.${process.pid}.tmp`;
    rmSync(unfinished, { recursive: true, force: true });
    for (const side of ["edge", "bun"] as const) {
      mkdirSync(join(unfinished, side), { recursive: true });
      for (const { name, content } of files[side])
        writeFileSync(join(unfinished, side, name), content);
    }
    writeFileSync(join(unfinished, RECORD_FILE), JSON.stringify(record));
    rmSync(options.folder, { recursive: true, force: true });
    renameSync(unfinished, options.folder);
  } catch (error) {
    throw isDiskFull(error) ? diskFull(options.cacheFolder, error) : error;
  }
}

/** Where several packages have a framework, that of the pages is the one. */
function sortPagesFirst(
  components: readonly ComponentFile[],
  pageComponents: readonly string[],
): readonly ComponentFile[] {
  const pages = new Set(pageComponents);
  return components.toSorted((a, b) => Number(pages.has(b.path)) - Number(pages.has(a.path)));
}

function readDocument({
  documentFolder,
  pageComponents,
}: BuildComponentsOptions): DocumentShell | null {
  if (pageComponents.length === 0) return null;
  const file = documentFolder === null ? null : join(documentFolder, "index.html");
  if (file !== null && existsSync(file)) {
    return parseDocumentShell(readFileSync(file, "utf8"), "index.html");
  }
  throw new MizanError("CONFIG_INVALID", "pages: no frontend's build has an index.html for them", {
    hint: "Give the frontend an index.html in the folder that its build writes, or remove pages from mizan.config",
  });
}

/** Where Django's own pages hold the components, no frontend serves `/`, but one is built for them. */
function findOutputFolder(tree: SourceTree, packages: readonly FrontendProject[]): string | null {
  const outputs = packages.flatMap(({ frontend }) => frontend.output ?? []);
  const folders = outputs.map((output) => join(tree.root, output));
  return folders.find((folder) => existsSync(folder)) ?? null;
}

function readVariables(
  { projectRoot, variables }: BuildComponentsOptions,
  packages: readonly FrontendProject[],
): Readonly<Record<string, string>> {
  const files = packages.flatMap(({ frontend }) =>
    readEnvironmentFiles(join(projectRoot, frontend.root)),
  );
  return readPublicVariables(files, variables);
}

function findRuntimeFiles(): RuntimeFiles {
  return { edge: packageFile("dist/edge/render.mjs"), bun: packageFile("dist/ssr/child.mjs") };
}
