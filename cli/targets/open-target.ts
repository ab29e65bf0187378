/** From the context and the config to the target that the command works on. */

import { loadConfig } from "../config/load-config.ts";
import { resolveEnvironment } from "../config/resolve-environment.ts";
import type { Context } from "../context.ts";
import type { Target } from "./target.ts";

/** @throws {MizanError} CONFIG_INVALID, ENVIRONMENT_UNKNOWN or USAGE. */
export async function openTarget(context: Context): Promise<Target> {
  const loaded = await loadConfig(context.cwd);
  const environment = resolveEnvironment(loaded.config, {
    environmentName: context.environmentName,
    targetName: context.targetName,
  });
  // A switch by name as soon as there is a second target, so that each loads only its own code.
  const { createLocalTarget } = await import("./local/local-target.ts");
  return createLocalTarget(context, loaded, environment);
}
