/** The packages that components belong to: where their imports are looked up and what is installed. */

import { posix } from "node:path";
import { MizanError } from "../../../infra/contract/errors.ts";
import type { Frontend, NodePackageManager } from "../../inspect/facts.ts";
import { type FrontendProject, readFrontendProject } from "../frontend/frontend-project.ts";
import type { SourceTree } from "../source-tree.ts";
import type { ComponentFile } from "./component-file.ts";

const MANAGER_OF_LOCK: Readonly<Record<string, NodePackageManager>> = {
  "pnpm-lock.yaml": "pnpm",
  "yarn.lock": "yarn",
  "bun.lock": "bun",
  "bun.lockb": "bun",
};

/**
 * @param frontends of the facts; other folders with a package.json are packages of the same kind.
 * @returns the packages in the order in which `components` name them.
 * @throws {MizanError} BUILD_FAILED when a component belongs to none.
 */
export function findComponentPackages(
  tree: SourceTree,
  components: readonly ComponentFile[],
  frontends: readonly Frontend[],
): readonly FrontendProject[] {
  const paths = new Set(tree.files.map(({ path }) => path));
  const folders = new Set(components.map(({ path }) => findPackageFolder(paths, path)));
  return [...folders].map((folder) =>
    readFrontendProject(
      tree,
      frontends.find(({ root }) => root === folder) ?? describePackage(paths, folder),
    ),
  );
}

function findPackageFolder(paths: ReadonlySet<string>, component: string): string {
  for (let folder = posix.dirname(component); ; folder = posix.dirname(folder)) {
    if (paths.has(posix.join(folder, "package.json"))) return folder;
    if (folder === ".") break;
  }
  throw new MizanError(
    "BUILD_FAILED",
    `${component} has no package.json above it: where its packages come from is not known`,
    {
      hint: `Make one in ${posix.dirname(component)} (npm init -y) and install what the component imports`,
      details: { component },
    },
  );
}

/** A folder of components that has no build of its own. */
function describePackage(paths: ReadonlySet<string>, root: string): Frontend {
  return {
    root,
    packageManager: findManager(paths, root),
    framework: null,
    bundler: null,
    build: null,
    output: null,
  };
}

function findManager(paths: ReadonlySet<string>, root: string): NodePackageManager {
  for (let folder = root; ; folder = posix.dirname(folder)) {
    for (const [lock, manager] of Object.entries(MANAGER_OF_LOCK)) {
      if (paths.has(posix.join(folder, lock))) return manager;
    }
    if (folder === "." || paths.has(posix.join(folder, "package-lock.json"))) return "npm";
  }
}
