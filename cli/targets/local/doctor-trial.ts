/** The working tree as a release that is none: for the doctor before the first deploy, in a temporary folder. */

import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OverlayInput } from "../../../runtime/origin/contract.ts";
import type { Inspection } from "../../inspect/facts.ts";
import { requireBackend } from "../../inspect/inspect-static.ts";
import type { LaunchPlan } from "./launch-plan.ts";
import type { LocalSession } from "./local-session.ts";
import { findPython } from "./prepare-python.ts";
import { pickBaseEnv } from "./process-specs.ts";
import { readVariables } from "./variables/read-variables.ts";
import { writeVariablesFile } from "./variables-file.ts";

/** Where a first deploy listens unless the config says otherwise or it is taken. */
const USUAL_PORT = 8000;

/**
 * Runs `use` with a plan whose files are all in a temporary folder, which goes afterwards.
 * @param askedNames variables that the settings ask for: those are taken from the shell, too.
 * @returns null where no deploy has built the Python environment of this lock.
 */
export async function withTrialPlan<T>(
  session: LocalSession,
  inspection: Inspection,
  askedNames: readonly string[],
  use: (plan: LaunchPlan, folder: string) => Promise<T>,
): Promise<T | null> {
  // Looking for interpreters keeps a list of them in .mizan: not where there is none yet.
  if (!existsSync(join(session.paths.mizanFolder, "venv"))) return null;
  const backend = requireBackend(inspection);
  const { facts } = inspection;
  const sourceFolder = session.projectRoot;
  const pythonPath = await findPython(session, { facts, backend, sourceFolder });
  if (pythonPath === null) return null;
  const folder = await mkdtemp(join(tmpdir(), "mizan-doctor-"));
  try {
    const plan = buildTrialPlan(session, inspection, { folder, pythonPath });
    await writeTrialFiles(session, plan, { folder, backendRoot: backend.root, askedNames });
    return await use(plan, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function buildTrialPlan(
  session: LocalSession,
  inspection: Inspection,
  { folder, pythonPath }: { readonly folder: string; readonly pythonPath: string },
): LaunchPlan {
  const { facts } = inspection;
  const backend = requireBackend(inspection);
  const root = session.projectRoot;
  const kind = facts["backend.interface"]?.value ?? "wsgi";
  const application = (kind === "asgi" ? facts["backend.asgi"] : facts["backend.wsgi"])?.value;
  return {
    version: 1,
    release: "doctor",
    appFolder: root,
    backendFolder: join(root, backend.root),
    importFolders: (facts["backend.importFolders"]?.value ?? []).map((path) => join(root, path)),
    runtimeFolder: session.context.packageFile("runtime/origin"),
    pythonPath,
    settingsModule: backend.settingsModule,
    interface: kind,
    application: application ?? "", // the runtime then looks for it in the settings
    workers: session.environment.workers ?? null,
    baseEnv: pickBaseEnv(session.context.env),
    startTimeoutSeconds: session.environment.startTimeoutSeconds,
    celery: facts["backend.celery"]?.value ?? null,
    services: [],
    staticFolder: join(folder, "static"),
    edgeKeysFile: null,
    render: null,
    edgeIgnoreTables: [],
    overlayFile: join(folder, "overlay.json"),
    variablesFile: join(folder, "variables.json"),
  };
}

async function writeTrialFiles(
  session: LocalSession,
  plan: LaunchPlan,
  options: {
    readonly folder: string;
    readonly backendRoot: string;
    readonly askedNames: readonly string[];
  },
): Promise<void> {
  const { environment } = session;
  const { folder, backendRoot, askedNames } = options;
  const variables = await readVariables({
    projectRoot: session.projectRoot,
    backendRoot,
    environmentName: environment.name,
    shell: session.context.env,
    configEnv: environment.env,
    passEnv: environment.passEnv,
    askedNames,
  });
  const values = [...variables].map(([name, { value }]) => [name, value.reveal()] as const);
  await writeVariablesFile(plan.variablesFile, Object.fromEntries(values));
  const hosts = [...new Set(["127.0.0.1", "localhost", ...environment.hosts])];
  const port = environment.port ?? USUAL_PORT;
  const input: OverlayInput = {
    version: 1,
    enabled: environment.overlay,
    disabledRules: environment.disabledOverlayRules,
    hosts,
    origins: hosts.map((host) => `http://${host}:${port}`),
    scheme: "http",
    appFolder: plan.appFolder,
    dataFolder: join(folder, "data"),
    staticFolder: plan.staticFolder,
    secretKeyFile: join(folder, "secret-key"),
    mizanSecretsFile: null,
    databaseUrl: null,
    redisUrl: null,
  };
  await Promise.all([mkdir(input.dataFolder), mkdir(input.staticFolder)]);
  await writeFile(input.secretKeyFile, randomBytes(48).toString("hex"), { mode: 0o600 });
  await writeFile(plan.overlayFile, JSON.stringify(input), { mode: 0o600 });
}
