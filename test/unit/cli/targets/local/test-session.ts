/** A session of the local target on a temporary project, as a command opens it. */

import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../../../../cli/config/load-config.ts";
import { resolveEnvironment } from "../../../../../cli/config/resolve-environment.ts";
import { createContext } from "../../../../../cli/create-context.ts";
import {
  type LocalSession,
  openLocalSession,
} from "../../../../../cli/targets/local/local-session.ts";
import { FakeMachine } from "../../fake-machine.ts";

export interface TestSession {
  readonly session: LocalSession;
  readonly machine: FakeMachine;
  remove(): Promise<void>;
}

/** @param environment what the config says of the environment `local`. */
export async function openTestSession(environment: object = {}): Promise<TestSession> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "mz-ses-")));
  const config = { environments: { local: environment } };
  await writeFile(join(folder, "mizan.config.json"), JSON.stringify(config));
  return openSessionIn(folder);
}

/** @param folder of a project that is there already. */
export async function openSessionIn(folder: string): Promise<TestSession> {
  const machine = new FakeMachine({ cwd: folder, env: { PATH: process.env["PATH"] } });
  const { context } = await createContext({}, machine, { childHasTerminal: false });
  const loaded = await loadConfig(folder);
  const resolved = resolveEnvironment(loaded.config, context);
  const session = await openLocalSession(context, loaded, resolved);
  return { session, machine, remove: () => rm(folder, { recursive: true, force: true }) };
}
