/** Step of a deploy: the frontends of a release, with clients of the backend where mizan.toml asks for them. */

import { join } from "node:path";
import { type BuiltFrontend, buildFrontends } from "../../build/frontend/build-frontends.ts";
import type { ClientGeneration } from "../../build/frontend/generate-clients.ts";
import type { SourceTree } from "../../build/source-tree.ts";
import type { Facts } from "../../inspect/facts.ts";
import type { Held } from "./hold-environment.ts";
import type { LaunchPlan } from "./launch-plan.ts";
import type { LocalSession } from "./local-session.ts";
import { buildRuntimeEnv } from "./process-specs.ts";
import { readVariablesFile } from "./variables-file.ts";

export interface FrontendOptions {
  readonly held: Held;
  readonly tree: SourceTree;
  readonly facts: Facts;
  /** `mizan.toml` relative to the project, and what the backend runs with. */
  readonly clients?: { readonly config: string; readonly plan: LaunchPlan } | undefined;
}

/** @throws {MizanError} BUILD_FAILED, TOOL_MISSING, DISK_FULL */
export function buildFrontend(
  session: LocalSession,
  { held, tree, facts, clients }: FrontendOptions,
): Promise<readonly BuiltFrontend[]> {
  return held.step("frontend", "Build the frontend", async (step) => {
    const frontends = facts.frontends?.value ?? [];
    const { paths, context } = session;
    const result = await buildFrontends({
      tree,
      projectRoot: session.projectRoot,
      frontends,
      workspaceFolder: join(paths.folder, "workspace"),
      cacheFolder: join(paths.mizanFolder, "frontend"),
      environment: context.env,
      variables: session.environment.env,
      logFile: join(paths.logs, "frontend.log"),
      signal: held.signal,
      onProgress: step.progress,
      ...(clients === undefined ? {} : { clients: await describeClients(session, tree, clients) }),
    });
    for (const finding of result.findings) context.out.warn(finding.message);
    if (!result.built.some((each) => each.isNew)) {
      step.skip(frontends.length === 0 ? "there is none" : "unchanged");
    }
    return result.built;
  });
}

/** Clients that the backend generates for the frontend, and what they are generated with. */
export async function describeClients(
  session: LocalSession,
  tree: SourceTree,
  { config, plan }: NonNullable<FrontendOptions["clients"]>,
): Promise<ClientGeneration> {
  const variables = await readVariablesFile(plan.variablesFile);
  return {
    config,
    environment: { ...variables, ...buildRuntimeEnv(plan, session.specs) },
    key: tree.treeHash,
  };
}
