/** A release that no deploy has made: what `run` and `logs` read, with a program of a few lines as its runtime. */

import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openEnvironmentState } from "../../../cli/state/environment-state.ts";
import { moveCurrent } from "../../../cli/state/pointer.ts";
import { environmentPaths } from "../../../cli/targets/local/environment-paths.ts";
import { saveEnvironmentRecord } from "../../../cli/targets/local/environment-record.ts";
import {
  type LaunchPlan,
  releaseFiles,
  writeLaunchPlan,
} from "../../../cli/targets/local/launch-plan.ts";
import { writeVariablesFile } from "../../../cli/targets/local/variables-file.ts";

export const RELEASE = "r1";

export interface HandMadeRelease {
  readonly folder: string;
  readonly logs: string;
  readonly plan: LaunchPlan;
  remove(): Promise<void>;
}

/**
 * The environment counts as stopped, so that no command wants to bring it back.
 * @param program Python text of `mizan_runtime/__main__.py`.
 */
export async function createHandMadeRelease(program: string): Promise<HandMadeRelease> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "mz-hand-")));
  const paths = environmentPaths(folder, "local");
  const releaseFolder = join(paths.releases, RELEASE);
  const files = releaseFiles(releaseFolder);
  const plan: LaunchPlan = {
    version: 1,
    release: RELEASE,
    appFolder: folder,
    backendFolder: folder,
    importFolders: [],
    runtimeFolder: join(folder, "runtime"),
    pythonPath: findPython(),
    settingsModule: "shop.settings",
    interface: "wsgi",
    application: "shop.wsgi:application",
    workers: null,
    baseEnv: { PATH: "/usr/bin:/bin" },
    startTimeoutSeconds: 60,
    celery: null,
    services: [],
    staticFolder: files.static,
    edgeKeysFile: null,
    edgeIgnoreTables: [],
    render: null,
    overlayFile: files.overlay,
    variablesFile: files.variables,
  };
  await mkdir(releaseFolder, { recursive: true });
  await mkdir(paths.logs, { recursive: true });
  await mkdir(join(plan.runtimeFolder, "mizan_runtime"), { recursive: true });
  await writeFile(join(plan.runtimeFolder, "mizan_runtime", "__init__.py"), "");
  await writeFile(join(plan.runtimeFolder, "mizan_runtime", "__main__.py"), program);
  await writeVariablesFile(plan.variablesFile, { GREETING: "salām" });
  await writeLaunchPlan(releaseFolder, plan);
  const { store } = await openEnvironmentState(paths.state, "0.1.0");
  await moveCurrent(store, { from: null, to: RELEASE, nowMs: Date.now() });
  await saveEnvironmentRecord(store, { host: "127.0.0.1", port: 8000, desired: "down" });
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  return { folder, logs: paths.logs, plan, remove };
}

/** The interpreter itself: a shim of pyenv would look at the folder that it is run in. */
function findPython(): string {
  const words = ["-c", "import sys; print(sys.executable)"];
  return execFileSync("python3", words, { encoding: "utf8", cwd: dirname(tmpdir()) }).trim();
}
