/** What every use-case of the local target works with: one project, one environment. */

import { realpathSync } from "node:fs";
import { join } from "node:path";
import type { LoadedConfig } from "../../config/load-config.ts";
import type { ResolvedEnvironment } from "../../config/resolve-environment.ts";
import type { Context } from "../../context.ts";
import { readPackageVersion } from "../../package-files.ts";
import { type EnvironmentState, openEnvironmentState } from "../../state/environment-state.ts";
import type { StateStore } from "../../state/store.ts";
import type { EnvironmentPaths } from "./agent/contract.ts";
import { environmentPaths } from "./environment-paths.ts";
import type { SpecContext } from "./process-specs.ts";

export interface LocalSession {
  readonly context: Context;
  readonly loaded: LoadedConfig;
  readonly environment: ResolvedEnvironment;
  /** Absolute, without symbolic links. */
  readonly projectRoot: string;
  readonly paths: EnvironmentPaths;
  readonly state: EnvironmentState;
  readonly store: StateStore;
  readonly mizanVersion: string;
  /** For building the processes of a release. */
  readonly specs: SpecContext;
}

/** @throws {MizanError} STATE_NEWER when a newer `mizan` wrote the state. */
export async function openLocalSession(
  context: Context,
  loaded: LoadedConfig,
  environment: ResolvedEnvironment,
): Promise<LocalSession> {
  const projectRoot = realpathSync(context.cwd);
  const paths = environmentPaths(projectRoot, environment.name);
  const mizanVersion = readPackageVersion();
  const state = await openEnvironmentState(paths.state, mizanVersion);
  return {
    context,
    loaded,
    environment,
    projectRoot,
    paths,
    state,
    store: state.store,
    mizanVersion,
    specs: { paths, environment: environment.name },
  };
}

/** Folder of one release's artefacts. */
export function releaseFolder(session: LocalSession, release: string): string {
  return join(session.paths.releases, release);
}
