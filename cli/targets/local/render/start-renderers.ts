/** Starts what renders for a release. */

import { MizanError } from "../../../../infra/contract/errors.ts";
import type { AgentClient } from "../agent/agent-client.ts";
import type { LaunchPlan } from "../launch-plan.ts";
import type { LocalSession } from "../local-session.ts";
import { startProcess } from "../start-process.ts";
import { buildRenderSpecs } from "./render-specs.ts";

/**
 * `required`: a deploy, whose release is undone without them. `wanted`: a release that was live before;
 * it serves without them, each page one step lower.
 */
export type RendererNeed = "required" | "wanted";

/** @throws {MizanError} RELEASE_UNHEALTHY where they are required and do not start */
export async function startRenderers(
  session: LocalSession,
  agent: AgentClient,
  {
    plan,
    slot,
    need,
  }: { readonly plan: LaunchPlan; readonly slot: number; readonly need: RendererNeed },
): Promise<void> {
  const specs = buildRenderSpecs(plan, slot, session.specs);
  const starts = specs.map(async (spec) => {
    try {
      await startProcess(agent, spec);
    } catch (error) {
      if (need === "required" || !(error instanceof MizanError)) throw error;
      const why = String(error.details?.["detail"] ?? error.message);
      session.context.out.warn(
        `Release ${plan.release} runs without its ${spec.name} (${why}): until it starts, pages are rendered one step lower. See: mizan logs --process ${spec.name}`,
      );
    }
  });
  await Promise.all(starts);
}

/** Names of the processes that should render for a release. */
export function listRendererNames(session: LocalSession, plan: LaunchPlan): readonly string[] {
  return buildRenderSpecs(plan, 0, session.specs).map(({ name }) => name);
}
