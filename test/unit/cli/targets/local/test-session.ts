/** A session of the local target on a temporary project, as a command opens it. */

import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../../../../cli/config/load-config.ts";
import { resolveEnvironment } from "../../../../../cli/config/resolve-environment.ts";
import { createContext, type GlobalOptions } from "../../../../../cli/create-context.ts";
import {
  type LocalSession,
  openLocalSession,
} from "../../../../../cli/targets/local/local-session.ts";
import { FakeMachine, type FakeMachineOptions } from "../../fake-machine.ts";

export interface TestSession {
  readonly session: LocalSession;
  readonly machine: FakeMachine;
  remove(): Promise<void>;
}

/** @param environment what the config says of the environment `local`. */
export async function openTestSession(
  environment: object = {},
  options: FakeMachineOptions & { readonly globals?: GlobalOptions } = {},
): Promise<TestSession> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "mz-ses-")));
  const config = { environments: { local: environment } };
  await writeFile(join(folder, "mizan.config.json"), JSON.stringify(config));
  const machine = new FakeMachine({ ...options, cwd: folder });
  const globals = options.globals ?? {};
  const { context } = await createContext(globals, machine, { childHasTerminal: false });
  const loaded = await loadConfig(folder);
  const resolved = resolveEnvironment(loaded.config, context);
  const session = await openLocalSession(context, loaded, resolved);
  return { session, machine, remove: () => rm(folder, { recursive: true, force: true }) };
}
