/** Brings the workspace to the state of the release, with the packages that components import. */

import { type FrontendRun, installPackages } from "../frontend/frontend-tools.ts";
import { generateClients } from "../frontend/generate-clients.ts";
import { mirrorTree } from "../frontend/mirror-tree.ts";
import { readNodeVersion } from "../frontend/node-version.ts";
import { ensureWorkspaceRepository } from "../frontend/workspace-repository.ts";
import type { BuildAnewOptions } from "./build-components.ts";

/** What is installed already is left as it is. @throws {MizanError} as `buildFrontends` */
export async function installComponents(options: BuildAnewOptions): Promise<void> {
  mirrorTree(options.tree, options.workspaceFolder);
  await ensureWorkspaceRepository(options.workspaceFolder, {
    ...options,
    folder: options.projectRoot,
  });
  const nodeVersion = await readNodeVersion({ ...options, folder: options.tree.root });
  const runs = options.packages.map(
    (project): FrontendRun => ({ ...options, project, nodeVersion }),
  );
  const places = new Set<string>();
  for (const run of runs) {
    const { installRoot } = run.project;
    if (!places.has(installRoot)) await installPackages(run);
    places.add(installRoot);
  }
  const [first] = runs;
  if (options.clients !== undefined && first !== undefined) {
    await generateClients(first, options.clients);
  }
}
