/** Step of a deploy: the app's components bundled for the SSR server and for Render. */

import { copyFile, cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SettingsFacts } from "../../../../runtime/origin/contract.ts";
import {
  type BuiltComponents,
  buildComponents,
} from "../../../build/components/build-components.ts";
import { ensureBun } from "../../../build/components/ensure-bun.ts";
import type { BuiltFrontend } from "../../../build/frontend/build-frontends.ts";
import type { SourceTree } from "../../../build/source-tree.ts";
import type { Facts } from "../../../inspect/facts.ts";
import { packageFile } from "../../../package-files.ts";
import { findWorkerd } from "../agent/workerd-path.ts";
import { describeClients } from "../build-frontend.ts";
import { findSite } from "../collect-assets.ts";
import type { Held } from "../hold-environment.ts";
import { type LaunchPlan, releaseFiles } from "../launch-plan.ts";
import { type LocalSession, releaseFolder } from "../local-session.ts";
import { writePipeWorkerShim } from "../pipe-worker-shim.ts";
import { buildRenderConfig } from "./render-config.ts";

export interface RenderOptions {
  readonly plan: LaunchPlan;
  readonly facts: SettingsFacts;
  /** Of the static inspection. */
  readonly staticFacts: Facts;
  readonly tree: SourceTree;
  readonly frontends: readonly BuiltFrontend[];
}

export interface BuiltRender {
  readonly render: NonNullable<LaunchPlan["render"]>;
  readonly components: BuiltComponents;
}

/**
 * Everything that the release needs to render is put into its folder.
 * @returns null: the app has no components
 * @throws {MizanError} BUILD_FAILED, CONFIG_INVALID, TOOL_MISSING
 */
export async function buildRender(
  session: LocalSession,
  held: Held,
  options: RenderOptions,
): Promise<BuiltRender | null> {
  const { ssr } = options.facts;
  const pages = Object.values(session.loaded.config.pages);
  if (ssr === null && pages.length === 0) return null;
  return held.step("components", "Bundle the components", async (step) => {
    const { paths, context } = session;
    const tools = { environment: context.env, signal: held.signal, onProgress: step.progress };
    const components = await buildComponents({
      ...tools,
      tree: options.tree,
      projectRoot: session.projectRoot,
      frontends: options.staticFacts.frontends?.value ?? [],
      workspaceFolder: join(paths.folder, "workspace"),
      cacheFolder: join(paths.mizanFolder, "components"),
      templateFolders: ssr?.folders ?? [],
      pageComponents: pages.flatMap(({ component, errorComponent }) =>
        errorComponent === undefined ? [component] : [component, errorComponent],
      ),
      documentFolder: findSite(options.facts, options.frontends) ?? null,
      variables: session.environment.env,
      logFile: join(paths.logs, "components.log"),
      clients: await findClients(session, options),
    });
    if (components === null) {
      step.skip("there are none");
      return null;
    }
    for (const warning of components.warnings) context.out.warn(warning);
    const bunPath = await ensureBun({ ...tools, toolsFolder: join(paths.mizanFolder, "tools") });
    if (components.isNew) step.note(describe(components));
    else step.skip("unchanged");
    return { components, render: await placeRender(session, options, components, bunPath) };
  });
}

async function findClients(session: LocalSession, { staticFacts, tree, plan }: RenderOptions) {
  const config = staticFacts.mizan?.value?.config ?? null;
  return config === null ? undefined : describeClients(session, tree, { config, plan });
}

async function placeRender(
  session: LocalSession,
  { plan, facts }: RenderOptions,
  components: BuiltComponents,
  bunPath: string,
): Promise<BuiltRender["render"]> {
  const { render: folder, bin } = releaseFiles(releaseFolder(session, plan.release));
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await cp(components.folder, folder, { recursive: true });
  await copyFile(packageFile("dist/ssr/server.mjs"), join(folder, "server.mjs"));
  const { edgeModules } = components;
  if (edgeModules.length > 0) {
    await writeFile(join(folder, "render.capnp"), buildRenderConfig(edgeModules));
  }
  const worker = facts.ssr?.worker ?? null;
  if (worker !== null) {
    const { pythonPath, runtimeFolder } = plan;
    await writePipeWorkerShim({ folder: bin, pythonPath, runtimeFolder });
  }
  return {
    bunPath,
    workerdPath: findWorkerd(),
    folder,
    edgeModules: [...edgeModules],
    worker,
  };
}

function describe({ components }: BuiltComponents): string {
  const onSsr = components.filter(({ runsOn }) => runsOn === "ssr");
  const count = components.length === 1 ? "1 component" : `${components.length} components`;
  return onSsr.length === 0 ? count : `${count}, ${onSsr.length} on the SSR server alone`;
}
