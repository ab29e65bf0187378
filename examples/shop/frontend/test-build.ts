/** Before the tests: bundles the server's half of them, with everything in it, as a deploy does. */

import { build } from "vite";

export default async function buildServerHalf(): Promise<void> {
  await build({
    configFile: false,
    logLevel: "error",
    build: {
      ssr: "src/test-render.tsx",
      outDir: "node_modules/.cache/kiln-street",
      emptyOutDir: true,
    },
    ssr: { noExternal: true, target: "node" },
  });
}
