/** Bundles the same components for Render and for the SSR server, and says which stay on the latter. */

import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Plugin } from "esbuild";
import { createAppCompilers } from "./app-compilers.ts";
import { BUNDLE_PLACEHOLDER, buildAppEntry } from "./app-entry.ts";
import { askEachVite } from "./ask-vite.ts";
import { createAssetUrls } from "./asset-urls.ts";
import type { BuildAnewOptions, BundleRecord } from "./build-components.ts";
import { type BundledFile, bundleSide, type SideBundle } from "./bundle-side.ts";
import type { ComponentFile } from "./component-file.ts";
import { buildDefines, type Side } from "./esbuild-options.ts";
import { findNodeReaches } from "./node-reach.ts";
import { createAliasPlugin } from "./plugins/alias-plugin.ts";
import { createFilePlugin } from "./plugins/file-plugin.ts";
import { nodePlugin } from "./plugins/node-plugin.ts";
import { createSingleCopyPlugin } from "./plugins/single-copy-plugin.ts";
import { createSveltePlugin } from "./plugins/svelte-plugin.ts";
import { createVuePlugin } from "./plugins/vue-plugin.ts";
import { buildMapsModule } from "./source-maps.ts";

const MAPS_FILE = "maps.mjs";

export interface BundledComponents {
  readonly files: Readonly<Record<Side, readonly BundledFile[]>>;
  readonly record: BundleRecord;
}

/**
 * Needs the installed workspace.
 * @throws {MizanError} BUILD_FAILED
 */
export async function bundleComponents(options: BuildAnewOptions): Promise<BundledComponents> {
  const warnings = new Set<string>();
  const bundle = await createBundler(options, (text) => warnings.add(text));
  const { components } = options;
  const bun = await bundle("bun", components);
  const whole = await bundle("edge", components);
  const reasons = findNodeReaches(
    whole.metafile,
    components.map(({ path }) => path),
  );
  const atEdge = components.filter(({ path }) => !reasons.has(path));
  const edge = reasons.size === 0 ? whole : await bundle("edge", atEdge);
  const files = stampBundle({
    edge: atEdge.length === 0 ? [] : addMaps(edge),
    bun: addMaps(bun),
  });
  return {
    files: files.content,
    record: {
      hash: files.hash,
      edgeModules: listModules(files.content.edge),
      components: components.map((component) => {
        const reason = reasons.get(component.path) ?? null;
        return { ...component, runsOn: reason === null ? "edge" : "ssr", reason };
      }),
      warnings: [...warnings].sort(),
    },
  };
}

type Bundler = (side: Side, components: readonly ComponentFile[]) => Promise<SideBundle>;

async function createBundler(
  options: BuildAnewOptions,
  onWarning: (text: string) => void,
): Promise<Bundler> {
  const { workspaceFolder, packages, document, variables } = options;
  const folders = packages.map(({ frontend }) => join(workspaceFolder, frontend.root));
  const vite = await askEachVite(options);
  const compilers = createAppCompilers(workspaceFolder, folders);
  const shared: readonly Plugin[] = [
    createAliasPlugin(vite.aliases),
    createSingleCopyPlugin({ folders, workspaceFolder, onWarning }),
    createFilePlugin({
      workspaceFolder,
      findUrl: createAssetUrls({
        outputFolder: options.outputFolder,
        frontendRoot: packages[0]?.frontend.root ?? ".",
        baseUrl: vite.baseUrl,
      }),
      findClassNames: (path) => vite.classNames.get(path) ?? null,
      onWarning,
    }),
    createVuePlugin(compilers),
    createSveltePlugin(compilers),
  ];
  return (side, components) =>
    bundleSide({
      side,
      entry: buildAppEntry(side, components, document),
      runtimeFile: options.runtimeFiles[side],
      workspaceFolder,
      define: { ...vite.define, ...buildDefines(side, variables, vite.baseUrl) },
      plugins: side === "edge" ? [nodePlugin, ...shared] : shared,
      onWarning,
    });
}

/** Maps as files for people, and as the module that the bundle loads once something threw. */
function addMaps({ files }: SideBundle): readonly BundledFile[] {
  const maps = new TextEncoder().encode(buildMapsModule(files));
  return [...files, { name: MAPS_FILE, content: maps }];
}

/** One hash over both sides, put into their entries in the place that was kept for it. */
function stampBundle(files: Readonly<Record<Side, readonly BundledFile[]>>): {
  readonly hash: string;
  readonly content: Readonly<Record<Side, readonly BundledFile[]>>;
} {
  const digest = createHash("sha256");
  for (const [side, list] of Object.entries(files)) {
    for (const { name, content } of list) {
      digest.update(`${side}/${name}\0${content.byteLength}\0`).update(content);
    }
  }
  const hash = digest.digest("hex").slice(0, BUNDLE_PLACEHOLDER.length);
  const stamp = (file: BundledFile): BundledFile =>
    file.name === "entry.mjs"
      ? { ...file, content: replaceText(file.content, BUNDLE_PLACEHOLDER, hash) }
      : file;
  return { hash, content: { edge: files.edge.map(stamp), bun: files.bun.map(stamp) } };
}

function replaceText(content: Uint8Array, from: string, to: string): Uint8Array {
  return new TextEncoder().encode(new TextDecoder().decode(content).replace(from, to));
}

/** The entry first: workerd starts with it. */
function listModules(files: readonly BundledFile[]): readonly string[] {
  const names = files.map(({ name }) => name).filter((name) => name.endsWith(".mjs"));
  return names.toSorted((a, b) => Number(b === "entry.mjs") - Number(a === "entry.mjs"));
}
