/** The two processes of a release that render components: the SSR server (Bun) and Render (workerd). Pure. */

import { join } from "node:path";
import { RENDER_PATH } from "../../../../edge/render/contract.ts";
import { SSR_ENV } from "../../../../runtime/ssr/contract.ts";
import type { ProcessSpec } from "../agent/contract.ts";
import type { LaunchPlan } from "../launch-plan.ts";
import type { SpecContext } from "../process-specs.ts";

/** Both finish what they have begun; a render takes no longer (`RENDER_LIMIT`, `SSR_DRAIN_SECONDS`). */
const STOP_SECONDS = 16;
/** A component that loops holds the whole isolate: so long nobody answers, then it is killed. */
const SILENT_SECONDS = 3;
const MIB = 1024 * 1024;
/** Of one renderer. A page with all its props takes a few MiB; what is above leaks or never ends. */
const RENDERER_MEMORY_BYTES = 512 * MIB;
/** The SSR server itself, whose children are bounded one by one. */
const SSR_MEMORY_BYTES = 4 * RENDERER_MEMORY_BYTES;

/** @returns none where the release has no components */
export function buildRenderSpecs(
  plan: LaunchPlan,
  slot: number,
  context: SpecContext,
): readonly ProcessSpec[] {
  const { render } = plan;
  if (render === null) return [];
  const ssr = buildSsrSpec(plan, render, slot, context);
  return render.edgeModules.length === 0
    ? [ssr]
    : [ssr, buildRenderSpec(plan, render, slot, context)];
}

type RenderPlan = NonNullable<LaunchPlan["render"]>;

function buildSsrSpec(
  plan: LaunchPlan,
  { bunPath, folder }: RenderPlan,
  slot: number,
  context: SpecContext,
): ProcessSpec {
  const socketPath = context.paths.ssrSocket(slot);
  return {
    ...buildCommon("ssr", plan, socketPath, context),
    command: [bunPath, join(folder, "server.mjs")],
    cwd: folder,
    // No variables of the app: what a component reads could end up in its HTML.
    env: {
      ...plan.baseEnv,
      [SSR_ENV.bind]: `unix:${socketPath}`,
      [SSR_ENV.entry]: join(folder, "bun", "entry.mjs"),
      [SSR_ENV.memoryBytes]: String(RENDERER_MEMORY_BYTES),
    },
    watch: {
      socketPath,
      path: RENDER_PATH.live,
      silentSeconds: SILENT_SECONDS,
      memoryBytes: SSR_MEMORY_BYTES,
    },
  };
}

function buildRenderSpec(
  plan: LaunchPlan,
  { folder, workerdPath }: RenderPlan,
  slot: number,
  context: SpecContext,
): ProcessSpec {
  const socketPath = context.paths.renderSocket(slot);
  return {
    ...buildCommon("render", plan, socketPath, context),
    command: [
      workerdPath,
      "serve",
      join(folder, "render.capnp"),
      "--socket-addr",
      `http=unix:${socketPath}`,
    ],
    cwd: folder,
    env: { ...plan.baseEnv },
    watch: {
      socketPath,
      path: RENDER_PATH.live,
      silentSeconds: SILENT_SECONDS,
      memoryBytes: RENDERER_MEMORY_BYTES,
    },
  };
}

function buildCommon(
  name: "ssr" | "render",
  plan: LaunchPlan,
  socketPath: string,
  context: SpecContext,
) {
  return {
    name,
    release: plan.release,
    envFiles: [],
    user: null,
    logFile: join(context.paths.logs, `${name}-${plan.release}.log`),
    stopSignal: "SIGTERM",
    stopTimeoutSeconds: STOP_SECONDS,
    ready: { kind: "http", socketPath, path: RENDER_PATH.ready },
    readyTimeoutSeconds: plan.startTimeoutSeconds,
    sockets: [socketPath],
    neededBy: ["origin", "worker", "beat"],
  } as const;
}
