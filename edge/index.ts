/** The door for the CLI: reads and compares manifests as the Edge itself does. Pure, web standards only. */

export { compareManifests } from "./cache/compare-manifests.ts";
export type { Manifest } from "./cache/manifest.ts";
export type { ManifestProblem } from "./cache/manifest-problems.ts";
export { computeManifestHash, parseManifest } from "./cache/parse-manifest.ts";
