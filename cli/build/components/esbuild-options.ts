/** How components are bundled: what Render (workerd) and the SSR server (Bun) each can run. */

import type { BuildOptions, Loader } from "esbuild";

/** Which of the two a bundle is for. */
export type Side = "edge" | "bun";

/** Create React App has JSX in `.js` files; others lose nothing by it. */
export const SCRIPT_LOADERS: Readonly<Record<string, Loader>> = { ".js": "jsx", ".mjs": "jsx" };

const OF_SIDE = {
  // As wrangler bundles workers: the browser's forms of packages, workerd's first.
  edge: {
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
    target: "es2024",
  },
  bun: {
    platform: "node",
    mainFields: ["module", "main"],
    conditions: ["bun"],
    target: "esnext",
  },
} satisfies Record<Side, BuildOptions>;

/**
 * Names are kept, so that stacks and `displayName`s are those of the source. Nothing depends on
 * where the workspace lies.
 */
export function buildSideOptions(side: Side): BuildOptions & { readonly splitting: true } {
  return {
    ...OF_SIDE[side],
    bundle: true,
    splitting: true,
    format: "esm",
    write: false,
    metafile: true,
    sourcemap: "external",
    sourcesContent: false,
    minifySyntax: true,
    charset: "utf8",
    legalComments: "none",
    jsx: "automatic",
    // Compiled modules stay files: Bun loads them, workerd never has them (node-plugin.ts).
    loader: { ...SCRIPT_LOADERS, ".node": "copy" },
    outExtension: { ".js": ".mjs" },
    entryNames: "[name]",
    chunkNames: "chunk-[hash]",
    assetNames: "asset-[hash]",
    logLevel: "silent",
    logLimit: 0,
  };
}

/**
 * `import.meta.env` as Vite writes it for a server's production build, and what else a bundle for
 * browsers has in place of the machine's environment.
 *
 * @param variables public ones: `VITE_API`, `REACT_APP_API`.
 * @param baseUrl where the frontend's files are served: `/`, `/static/`.
 */
export function buildDefines(
  side: Side,
  variables: Readonly<Record<string, string>>,
  baseUrl: string,
): Readonly<Record<string, string>> {
  const vite = {
    ...Object.fromEntries(Object.entries(variables).filter(([name]) => name.startsWith("VITE_"))),
    BASE_URL: baseUrl,
    MODE: "production",
    PROD: true,
    DEV: false,
    SSR: true,
  };
  const node = Object.entries({ ...variables, NODE_ENV: "production" });
  return {
    "import.meta.env": JSON.stringify(vite),
    ...Object.fromEntries(
      node.map(([name, value]) => [`process.env.${name}`, JSON.stringify(value)]),
    ),
    // workerd has no `process`; the SSR server's own holds nothing of the app.
    ...(side === "edge"
      ? { "process.env": '{"NODE_ENV":"production"}', global: "globalThis" }
      : {}),
  };
}
