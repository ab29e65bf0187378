/** The door for the CLI: reads and compares manifests as the Edge itself does. Pure, web standards only. */

export { computeHardAgeMs, DEFAULT_TIMES } from "./authority/times.ts";
export { compareManifests } from "./cache/manifest/compare-manifests.ts";
export type { Manifest } from "./cache/manifest/manifest.ts";
export type { ManifestProblem } from "./cache/manifest/manifest-problems.ts";
export { computeManifestHash, parseManifest } from "./cache/manifest/parse-manifest.ts";
