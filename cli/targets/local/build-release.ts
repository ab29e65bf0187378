/** Makes the artefacts of a release: source copy, Python environment, frontends, settings. */

import { mkdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { SettingsFacts } from "../../../runtime/origin/contract.ts";
import { copySourceTree } from "../../build/copy-source-tree.ts";
import type { BuiltFrontend } from "../../build/frontend/build-frontends.ts";
import type { SourceTree } from "../../build/source-tree.ts";
import type { FactKey, Facts, FactValues } from "../../inspect/facts.ts";
import { requireBackend } from "../../inspect/inspect-static.ts";
import { mergeSettingsFacts } from "../../inspect/merge-settings-facts.ts";
import { updateRelease } from "../../state/releases.ts";
import { buildFrontend } from "./build-frontend.ts";
import { copyRuntime } from "./copy-runtime.ts";
import type { ReleaseDraft } from "./draft-release.ts";
import { ensureEnvironmentFolders } from "./environment-paths.ts";
import { ensureEnvironmentRecord } from "./environment-record.ts";
import type { Held } from "./hold-environment.ts";
import { type LaunchPlan, releaseFiles } from "./launch-plan.ts";
import { ensureLocalAgent } from "./local-agent.ts";
import { type LocalSession, releaseFolder } from "./local-session.ts";
import type { MwtSource } from "./mizan/assign-rings.ts";
import { edgeKeysFile } from "./mizan/edge-secrets.ts";
import { preparePython } from "./prepare-python.ts";
import { prepareSettings } from "./prepare-settings.ts";
import { pickBaseEnv } from "./process-specs.ts";
import { describeVariables } from "./variables/describe-variables.ts";

export interface BuiltRelease {
  readonly plan: LaunchPlan;
  readonly facts: SettingsFacts;
  readonly frontends: readonly BuiltFrontend[];
  readonly backendRoot: string;
  readonly tree: SourceTree;
  readonly venvKey: string;
  /** Whose key the app signs MWT with. */
  readonly mwt: MwtSource;
  /** Variables of the release: name → source. */
  readonly sources: Readonly<Record<string, string>>;
}

/** @throws {MizanError} as its parts do; nothing of the environment has changed then. */
export async function buildRelease(
  session: LocalSession,
  held: Held,
  draft: ReleaseDraft,
  release: string,
): Promise<BuiltRelease> {
  const folder = releaseFolder(session, release);
  const backend = requireBackend(draft.inspection);
  await ensureEnvironmentFolders(session.paths);
  await mkdir(folder, { recursive: true });
  const tree = await held.step("copy", "Copy the sources", () =>
    copySourceTree(draft.tree, releaseFiles(folder).app, { signal: held.signal }),
  );
  // Clients come from the backend: a frontend that needs them is built once that can run.
  const clientsConfig = readFact(draft.inspection.facts, "mizan")?.config ?? null;
  const frontend = { held, tree, facts: draft.inspection.facts };
  const built = clientsConfig === null ? await buildFrontend(session, frontend) : null;
  const project = {
    facts: draft.inspection.facts,
    backend,
    sourceFolder: tree.root,
    release,
    signal: held.signal,
  };
  const python = await held.step("python", "Python environment", (step) =>
    preparePython(session, { ...project, step }),
  );
  const plan = await draftPlan(session, draft, release, python.pythonPath);
  const prepared = await held.step("settings", "Import the settings", async (step) => {
    const environment = await ensureEnvironmentRecord(session);
    const settings = await prepareSettings(session, {
      plan,
      backendRoot: backend.root,
      staticFacts: draft.inspection.facts,
      secrets: draft.secrets,
      environment,
      agent: await ensureLocalAgent(session, plan.pythonPath),
      known: draft.live?.variables ?? {},
      knownRings: draft.live?.ringVariables ?? {},
      signal: held.signal,
      progress: step.progress,
    });
    for (const line of describeVariables(settings.variables)) session.context.out.detail(line);
    step.note(`Django ${settings.facts.django}, Python ${settings.facts.python}`);
    return settings;
  });
  const { facts } = mergeSettingsFacts(draft.inspection, prepared.facts);
  const refined = refinePlan(plan, facts);
  // The static guess chose the server packages; the settings have the last word.
  const final =
    refined.interface === plan.interface
      ? python
      : await held.step("python-server", `Server packages for ${refined.interface}`, (step) =>
          preparePython(session, { ...project, facts, step }),
        );
  const services = [...prepared.services];
  const { staticFolder } = prepared;
  const isOfMizan = prepared.facts.mizan?.hasManifestCommand ?? false;
  const finalPlan: LaunchPlan = {
    ...refined,
    pythonPath: final.pythonPath,
    services,
    staticFolder,
    edgeKeysFile: isOfMizan ? edgeKeysFile(session) : null,
    edgeIgnoreTables: session.loaded.config.edge.ignoreTables,
  };
  await updateRelease(session.store, release, {
    treeHash: tree.treeHash,
    venvKey: final.venvKey,
    pythonVersion: prepared.facts.python,
    variables: { ...prepared.sources },
    ringVariables: { ...prepared.rings.variables },
  });
  const clients = clientsConfig === null ? undefined : { config: clientsConfig, plan: finalPlan };
  const frontends = built ?? (await buildFrontend(session, { ...frontend, clients }));
  return {
    plan: finalPlan,
    facts: prepared.facts,
    frontends,
    backendRoot: backend.root,
    tree,
    venvKey: final.venvKey,
    mwt: prepared.rings.mwt,
    sources: prepared.sources,
  };
}

/**
 * One process a core and one more, each with four threads. The usual 2·cores + 1 is for a server of
 * its own; here the release before, the database and the Edge share the cores.
 */
function countWorkers(): number {
  return availableParallelism() + 1;
}

/** What the settings probe needs; the static facts' best guess for the rest. */
async function draftPlan(
  session: LocalSession,
  draft: ReleaseDraft,
  release: string,
  pythonPath: string,
): Promise<LaunchPlan> {
  const { facts } = draft.inspection;
  const backend = requireBackend(draft.inspection);
  const files = releaseFiles(releaseFolder(session, release));
  const runtimes = join(session.paths.mizanFolder, "runtime");
  return refinePlan(
    {
      version: 1,
      release,
      appFolder: files.app,
      backendFolder: join(files.app, backend.root),
      importFolders: (readFact(facts, "backend.importFolders") ?? []).map((path) =>
        join(files.app, path),
      ),
      runtimeFolder: await copyRuntime(session.context.packageFile("runtime/origin"), runtimes),
      pythonPath,
      settingsModule: backend.settingsModule,
      interface: "wsgi",
      application: "",
      workers: session.environment.workers ?? countWorkers(),
      baseEnv: pickBaseEnv(session.context.env),
      startTimeoutSeconds: session.environment.startTimeoutSeconds,
      celery: null,
      services: [],
      staticFolder: files.static,
      edgeKeysFile: null,
      edgeIgnoreTables: [],
      render: null,
      overlayFile: files.overlay,
      variablesFile: files.variables,
    },
    facts,
  );
}

function refinePlan(plan: LaunchPlan, facts: Facts): LaunchPlan {
  const serverInterface = readFact(facts, "backend.interface") ?? "wsgi";
  const application = readFact(facts, serverInterface === "asgi" ? "backend.asgi" : "backend.wsgi");
  return {
    ...plan,
    interface: serverInterface,
    application:
      application ?? `${plan.settingsModule.split(".")[0]}.${serverInterface}:application`,
    celery: readFact(facts, "backend.celery") ?? null,
  };
}

function readFact<K extends FactKey>(facts: Facts, key: K): FactValues[K] | undefined {
  return facts[key]?.value as FactValues[K] | undefined; // a mapped type's fact is of its own key
}
