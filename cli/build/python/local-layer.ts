/** A thin environment of one release: packages inside its own copy of the project, over the shared one. */

import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildLocalVersionVariables } from "../../tools/tool-environment.ts";
import * as uv from "../../tools/uv.ts";
import { getVenvPython, type InstallContext, runUv } from "./install-dependencies.ts";

/** Written last. */
const COMPLETE_FILE = "mizan-complete";

/**
 * Packages of the project (`-e .`, path dependencies, workspace members) are imported from the
 * release's copy, as they are from the working tree in development, while third-party packages
 * stay shared between releases: the layer's site folder names the shared one in a `.pth` file.
 *
 * @param context with the layer's folder as `venvFolder`.
 * @param sharedVenv absolute folder of the environment below.
 * @param localFolders absolute folders in the release's copy.
 */
export async function ensureLocalLayer(
  context: InstallContext,
  sharedVenv: string,
  localFolders: readonly string[],
): Promise<void> {
  const layer = context.venvFolder;
  if (existsSync(join(layer, COMPLETE_FILE))) return;
  rmSync(layer, { recursive: true, force: true });
  await runUv(context, uv.buildVenvCommand(context.uv, context.interpreterPath, layer));
  const shared = getSiteFolder(sharedVenv);
  // addsitedir, unlike a plain path, also reads the .pth files of the shared folder.
  const line = `import site; site.addsitedir(${JSON.stringify(shared)})\n`;
  writeFileSync(join(getSiteFolder(layer), "_mizan_shared.pth"), line);
  await runUv(
    context,
    uv.buildPipInstallCommand({
      uv: context.uv,
      python: getVenvPython(layer),
      editables: localFolders,
      noDependencies: true,
    }),
    buildLocalVersionVariables(context.environment),
  );
  writeFileSync(join(layer, COMPLETE_FILE), "");
}

/** `lib/python3.X/site-packages` of an environment. */
function getSiteFolder(venvFolder: string): string {
  const libraries = join(venvFolder, "lib");
  const version = readdirSync(libraries).find((name) => /^python3\.\d+$/.test(name));
  return join(libraries, version ?? "python3", "site-packages");
}
