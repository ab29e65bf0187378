/** Finds files that ship with the package, in a checkout as in an installation. */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

let packageRoot: string | undefined;

/** Absolute path of a file or folder of this package: `runtime/origin`, `dist/edge/cache.mjs`. */
export function packageFile(path: string): string {
  return join(findPackageRoot(), path);
}

/** Version of this package, from its package.json. */
export function readPackageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(packageFile("package.json"), "utf8"));
  const { version } = manifest as { version: string }; // our own file, checked at build
  return version;
}

/** Source modules and bundles lie at different depths: the nearest package.json above is ours. */
function findPackageRoot(): string {
  if (packageRoot !== undefined) return packageRoot;
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    if (folder === dirname(folder)) throw new Error("The package of mizan has no package.json");
    folder = dirname(folder);
  }
  packageRoot = folder;
  return folder;
}
