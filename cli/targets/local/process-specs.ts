/** From a launch plan to the processes that the agent keeps running. Pure. */

import { delimiter, dirname, join } from "node:path";
import { HEALTH_PATH, RUNTIME_ENV } from "../../../runtime/origin/contract.ts";
import type { EnvironmentPaths, ProcessSpec } from "./agent/contract.ts";
import { type LaunchPlan, releaseFiles } from "./launch-plan.ts";

/** gunicorn's own graceful timeout is 30 s; a little more before SIGKILL. */
const ORIGIN_STOP_SECONDS = 35;
/** Celery's warm shutdown ends when running tasks have ended; longer ones are cut. */
export const WORKER_STOP_SECONDS = 120;

/** Names that programs expect from any login session; nothing else of the shell is passed on. */
const BASE_NAMES = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "LANG",
  "LC_ALL",
  "TZ",
  "TMPDIR",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "REQUESTS_CA_BUNDLE",
] as const;

export interface SpecContext {
  readonly paths: EnvironmentPaths;
  readonly environment: string;
}

/** What a release gets of the environment that the CLI was started with. */
export function pickBaseEnv(
  shell: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const pairs = BASE_NAMES.map((name) => [name, shell[name]] as const);
  const given = pairs.filter((pair): pair is [(typeof pair)[0], string] => pair[1] !== undefined);
  return Object.fromEntries(given);
}

/** Variables that every process of a release gets besides the user's own. */
export function buildRuntimeEnv(plan: LaunchPlan, context: SpecContext): Record<string, string> {
  const base = plan.baseEnv;
  const binFolder = dirname(plan.pythonPath);
  const hasPipeWorker = plan.render !== null && plan.render.worker !== null;
  const { bin } = releaseFiles(join(context.paths.releases, plan.release));
  const path = [hasPipeWorker ? bin : "", binFolder, base["PATH"] ?? ""];
  return {
    ...base,
    PATH: path.filter((folder) => folder !== "").join(delimiter),
    VIRTUAL_ENV: dirname(binFolder),
    PYTHONPATH: [plan.runtimeFolder, plan.backendFolder, ...plan.importFolders].join(delimiter),
    PYTHONUNBUFFERED: "1",
    DJANGO_SETTINGS_MODULE: "mizan_runtime.settings",
    [RUNTIME_ENV.settingsModule]: plan.settingsModule,
    [RUNTIME_ENV.overlayFile]: plan.overlayFile,
    [RUNTIME_ENV.release]: plan.release,
    [RUNTIME_ENV.environment]: context.environment,
    [RUNTIME_ENV.interface]: plan.interface,
    [RUNTIME_ENV.application]: plan.application,
    [RUNTIME_ENV.startTimeoutSeconds]: String(plan.startTimeoutSeconds),
    ...(plan.workers === null ? {} : { [RUNTIME_ENV.workers]: String(plan.workers) }),
    ...(plan.celery === null ? {} : { [RUNTIME_ENV.celeryApp]: plan.celery.app }),
    ...buildSsrEnv(plan, context),
  };
}

/** What the template backend needs to have components rendered; only an app that uses it has it. */
function buildSsrEnv(
  { render, release, appFolder }: LaunchPlan,
  { paths }: SpecContext,
): Record<string, string> {
  if (render === null || render.worker === null) return {};
  return {
    [RUNTIME_ENV.ssrSocket]: paths.ssrLink(release),
    [RUNTIME_ENV.ssrWorker]: render.worker,
    [RUNTIME_ENV.appFolder]: appFolder,
  };
}

/** gunicorn or uvicorn on the Unix socket of a slot. */
export function originSpec(plan: LaunchPlan, slot: number, context: SpecContext): ProcessSpec {
  const socketPath = context.paths.slotSocket(slot);
  return {
    ...releaseSpec("origin", ["serve"], plan, context),
    env: {
      ...buildRuntimeEnv(plan, context),
      [RUNTIME_ENV.bind]: `unix:${socketPath}`,
      ...buildEdgeEnv(plan),
    },
    stopTimeoutSeconds: ORIGIN_STOP_SECONDS,
    ready: { kind: "http", socketPath, path: HEALTH_PATH.ready },
  };
}

/** What the origin needs for the Edge's wire: only an app with a manifest has it. */
function buildEdgeEnv(plan: LaunchPlan): Record<string, string> {
  if (plan.edgeKeysFile === null) return {};
  return {
    [RUNTIME_ENV.edgeKeysFile]: plan.edgeKeysFile,
    [RUNTIME_ENV.edgeIgnoreTables]: plan.edgeIgnoreTables.join(","),
  };
}

/** The app's Celery worker, or null where it has none. Takes tasks once its start file exists. */
export function workerSpec(plan: LaunchPlan, context: SpecContext): ProcessSpec | null {
  return plan.celery === null ? null : celerySpec("worker", "celery-worker", plan, context);
}

/** The app's Celery beat, or null. Never two at once: the caller stops the other one first. */
export function beatSpec(plan: LaunchPlan, context: SpecContext): ProcessSpec | null {
  return plan.celery?.beat ? celerySpec("beat", "celery-beat", plan, context) : null;
}

function celerySpec(
  name: "worker" | "beat",
  verb: string,
  plan: LaunchPlan,
  context: SpecContext,
): ProcessSpec {
  const files = releaseFiles(join(context.paths.releases, plan.release));
  const readyFile = files.ready(name);
  return {
    ...releaseSpec(name, [verb], plan, context),
    env: {
      ...buildRuntimeEnv(plan, context),
      [RUNTIME_ENV.readyFile]: readyFile,
      ...(name === "worker" ? { [RUNTIME_ENV.startFile]: files.workerStart } : {}),
    },
    stopTimeoutSeconds: WORKER_STOP_SECONDS,
    ready: { kind: "file", path: readyFile },
  };
}

function releaseSpec(
  name: string,
  args: readonly string[],
  plan: LaunchPlan,
  context: SpecContext,
): Omit<ProcessSpec, "env" | "ready" | "stopTimeoutSeconds"> {
  return {
    name,
    release: plan.release,
    command: [plan.pythonPath, "-m", "mizan_runtime", ...args],
    cwd: plan.backendFolder,
    envFiles: [plan.variablesFile],
    user: null,
    logFile: join(context.paths.logs, `${name}-${plan.release}.log`),
    stopSignal: "SIGTERM",
    readyTimeoutSeconds: plan.startTimeoutSeconds,
  };
}
