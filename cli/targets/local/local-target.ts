/** The local target: everything of an environment on this machine. */

import type { LoadedConfig } from "../../config/load-config.ts";
import type { ResolvedEnvironment } from "../../config/resolve-environment.ts";
import type { Context } from "../../context.ts";
import type { Target } from "../target.ts";
import { openLocalSession } from "./local-session.ts";

/** Each method loads only its own use-case. @throws {MizanError} STATE_NEWER */
export async function createLocalTarget(
  context: Context,
  loaded: LoadedConfig,
  environment: ResolvedEnvironment,
): Promise<Target> {
  const session = await openLocalSession(context, loaded, environment);
  return {
    name: "local",
    deploy: async (options) =>
      (await import("./deploy-release.ts")).deployRelease(session, options),
    plan: async () => (await import("./plan-deploy.ts")).planDeploy(session),
    inspect: async () => (await import("./inspect-app.ts")).inspectApp(session),
    doctor: async () => (await import("./doctor-app.ts")).doctorApp(session),
    status: async () => (await import("./report-status.ts")).reportStatus(session),
    releases: async () => (await import("./report-releases.ts")).reportReleases(session),
    rollback: async (options) =>
      (await import("./rollback-release.ts")).rollbackRelease(session, options),
    logs: async (options, onLine) =>
      (await import("./show-logs.ts")).showLogs(session, options, onLine),
    run: async (args) => (await import("./run-manage.ts")).runManage(session, args),
    verify: async () => (await import("./verify-live.ts")).verifyLive(session),
    explainEdge: async (question) =>
      (await import("./ask-edge.ts")).explainLiveEdge(session, question),
    readEdgeStats: async () => (await import("./ask-edge.ts")).readLiveEdgeStats(session),
    purgeEdge: async (request) => (await import("./ask-edge.ts")).purgeLiveEdge(session, request),
    up: async (options) => (await import("./change-power.ts")).startUp(session, options),
    down: async () => (await import("./change-power.ts")).shutDown(session),
    destroy: async (options) => (await import("./change-power.ts")).destroy(session, options),
  };
}
