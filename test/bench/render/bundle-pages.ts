/** Bundles the bench's components as a deploy does, and bare react-dom in the same way beside them. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildAppEntry } from "../../../cli/build/components/app-entry.ts";
import { type BundledFile, bundleSide } from "../../../cli/build/components/bundle-side.ts";
import { buildDefines, type Side } from "../../../cli/build/components/esbuild-options.ts";
import { nodePlugin } from "../../../cli/build/components/plugins/node-plugin.ts";
import { buildMapsModule } from "../../../cli/build/components/source-maps.ts";
import { DOCUMENT } from "./bench-document.ts";

const here = import.meta.dirname;
const root = join(here, "../../..");

/** As they are shipped. */
const RUNTIME_FILES: Readonly<Record<Side, string>> = {
  edge: join(root, "dist/edge/render.mjs"),
  bun: join(root, "dist/ssr/child.mjs"),
};

export const CATALOG_COMPONENT = "components/catalog.tsx";
export const PRODUCT_COMPONENT = "components/product.tsx";

/** What `bare-react.ts` can answer with: a stream, or one piece. */
export type BareKind = "answerStreaming" | "answerWhole";

/**
 * Render's worker, or a renderer of the SSR server, with the components.
 * @param folder is made
 * @returns names of the modules, the entry first
 */
export async function bundlePages(side: Side, folder: string): Promise<readonly string[]> {
  const components = [CATALOG_COMPONENT, PRODUCT_COMPONENT].map((path) => ({
    path,
    framework: "react" as const,
  }));
  const files = await bundle(side, buildAppEntry(side, components, DOCUMENT));
  const maps = { name: "maps.mjs", content: new TextEncoder().encode(buildMapsModule(files)) };
  return writeModules(folder, [...files, maps]);
}

/** The catalog behind nothing but react-dom. Under Bun it listens on `PORT`. */
export async function bundleBare(
  side: Side,
  kind: BareKind,
  folder: string,
): Promise<readonly string[]> {
  const start = {
    edge: `export default { fetch: ${kind} };`,
    bun: `const port = Number(process.env.PORT);
Bun.serve({ hostname: "127.0.0.1", port, idleTimeout: 0, development: false, fetch: ${kind} });`,
  };
  const files = await bundle(side, `import { ${kind} } from "./bare-react.ts";\n${start[side]}\n`);
  return writeModules(folder, files);
}

async function bundle(side: Side, entry: string): Promise<readonly BundledFile[]> {
  const { files } = await bundleSide({
    side,
    entry,
    runtimeFile: RUNTIME_FILES[side],
    workspaceFolder: here,
    define: buildDefines(side, {}, "/"),
    plugins: side === "edge" ? [nodePlugin] : [],
    onWarning: (text) => {
      throw new Error(text);
    },
  });
  return files;
}

function writeModules(folder: string, files: readonly BundledFile[]): readonly string[] {
  mkdirSync(folder, { recursive: true });
  for (const { name, content } of files) writeFileSync(join(folder, name), content);
  const modules = files.map(({ name }) => name).filter((name) => name.endsWith(".mjs"));
  return ["entry.mjs", ...modules.filter((name) => name !== "entry.mjs")];
}
