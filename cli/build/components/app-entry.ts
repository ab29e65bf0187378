/** Writes the generated module: the app's components, its own framework, and our rendering modules. */

import type { DocumentShell } from "../../../edge/render/contract.ts";
import type { ComponentFile, Framework } from "./component-file.ts";
import type { Side } from "./esbuild-options.ts";

/** Resolved by the entry plugin to `dist/edge/render.mjs` or `dist/ssr/child.mjs`. */
export const RUNTIME_MODULE = "mizan:runtime";
/** Written beside the bundle. */
export const MAPS_MODULE = "./maps.mjs";
/** Takes the place of the bundle's hash, which is known when all modules are: as long as one. */
export const BUNDLE_PLACEHOLDER = "@mizan-bundle-hash-in-32-letters";

const ADAPTERS: Readonly<Record<Framework, { imports: string; create: string }>> = {
  react: {
    imports: `import { createElement } from "react";
import { renderToReadableStream } from "react-dom/server";`,
    create: "createReactAdapter({ createElement, renderToReadableStream })",
  },
  vue: {
    imports: `import { createSSRApp } from "vue";
import { renderToString } from "vue/server-renderer";`,
    create: "createVueAdapter({ createSSRApp, renderToString })",
  },
  svelte: {
    imports: 'import { render } from "svelte/server";',
    create: "createSvelteAdapter({ render })",
  },
};

const START: Readonly<Record<Side, { name: string; statement: string }>> = {
  edge: { name: "createRenderWorker", statement: "export default createRenderWorker(app);" },
  bun: { name: "serveRenders", statement: "serveRenders(app);" },
};

/** @param document null: the app has none, so no declared pages. */
export function buildAppEntry(
  side: Side,
  components: readonly ComponentFile[],
  document: DocumentShell | null,
): string {
  const used = listFrameworks(components);
  const adapters = used.map((framework) => ADAPTERS[framework]);
  const names = [START[side].name, ...adapters.map(({ create }) => create.split("(")[0])];
  return `import { ${names.join(", ")} } from ${JSON.stringify(RUNTIME_MODULE)};
${adapters.map(({ imports }) => imports).join("\n")}
const app = {
  bundle: ${JSON.stringify(BUNDLE_PLACEHOLDER)},
  components: {
    __proto__: null,
${components.map(writeComponent).join("\n")}
  },
  adapters: {
${used.map((framework) => `    ${framework}: ${ADAPTERS[framework].create},`).join("\n")}
  },
  document: ${JSON.stringify(document)},
  loadSourceMaps: async () => (await import(${JSON.stringify(MAPS_MODULE)})).default,
};
${START[side].statement}
`;
}

/** In a fixed order. */
function listFrameworks(components: readonly ComponentFile[]): readonly Framework[] {
  return (["react", "vue", "svelte"] as const).filter((framework) =>
    components.some((component) => component.framework === framework),
  );
}

function writeComponent({ path, framework }: ComponentFile): string {
  const from = JSON.stringify(`./${path}`);
  return `    ${JSON.stringify(path)}: { framework: "${framework}", load: () => import(${from}) },`;
}
