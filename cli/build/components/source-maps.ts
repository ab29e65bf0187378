/** The module that holds the source maps of a bundle, with sources by their path in the project. */

import { posix } from "node:path";
import { z } from "zod";
import { type BundledFile, OUTPUT_FOLDER } from "./bundle-side.ts";

const mapSchema = z.looseObject({ sources: z.array(z.string()) });

/**
 * @param files of one side; those that end in `.map` are read.
 * @returns text of `maps.mjs`: module's name → its map (JSON text).
 */
export function buildMapsModule(files: readonly BundledFile[]): string {
  const maps = files
    .filter(({ name }) => name.endsWith(".map"))
    .map(({ name, content }) => {
      const map = mapSchema.parse(JSON.parse(new TextDecoder().decode(content)));
      const sources = map.sources.map(placeSource);
      return [name.slice(0, -".map".length), JSON.stringify({ ...map, sources })] as const;
    });
  return `export default ${JSON.stringify(Object.fromEntries(maps))};\n`;
}

/** `../frontend/components/a.tsx`, from the output's folder → `frontend/components/a.tsx`. */
function placeSource(source: string): string {
  return /^\.{1,2}\//.test(source) ? posix.join(OUTPUT_FOLDER, source) : source;
}
