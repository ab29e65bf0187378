/** Makes the artefacts of a release: source copy, Python environment, frontends, settings. */

import { mkdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { SettingsFacts } from "../../../runtime/origin/contract.ts";
import { copySourceTree } from "../../build/copy-source-tree.ts";
import { type BuiltFrontend, buildFrontends } from "../../build/frontend/build-frontends.ts";
import type { SourceTree } from "../../build/source-tree.ts";
import type { FactKey, Facts, FactValues } from "../../inspect/facts.ts";
import { requireBackend } from "../../inspect/inspect-static.ts";
import { mergeSettingsFacts } from "../../inspect/merge-settings-facts.ts";
import { updateRelease } from "../../state/releases.ts";
import { copyRuntime } from "./copy-runtime.ts";
import type { ReleaseDraft } from "./draft-release.ts";
import { ensureEnvironmentFolders } from "./environment-paths.ts";
import { ensureEnvironmentRecord } from "./environment-record.ts";
import type { Held } from "./hold-environment.ts";
import { type LaunchPlan, releaseFiles } from "./launch-plan.ts";
import { ensureLocalAgent } from "./local-agent.ts";
import { type LocalSession, releaseFolder } from "./local-session.ts";
import { preparePython } from "./prepare-python.ts";
import { prepareSettings } from "./prepare-settings.ts";
import { pickBaseEnv } from "./process-specs.ts";
import { describeVariables } from "./variables/describe-variables.ts";

export interface BuiltRelease {
  readonly plan: LaunchPlan;
  readonly facts: SettingsFacts;
  readonly frontends: readonly BuiltFrontend[];
  readonly backendRoot: string;
  readonly treeHash: string;
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
  const frontends = await held.step("frontend", "Build the frontend", async (step) => {
    const list = readFact(draft.inspection.facts, "frontends") ?? [];
    const result = await buildFrontends(frontendOptions(session, held, tree, list, step.progress));
    for (const finding of result.findings) session.context.out.warn(finding.message);
    if (!result.built.some((each) => each.isNew)) {
      step.skip(list.length === 0 ? "there is none" : "unchanged");
    }
    return result.built;
  });
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
  const finalPlan = { ...refined, pythonPath: final.pythonPath, services, staticFolder };
  await updateRelease(session.store, release, {
    treeHash: tree.treeHash,
    venvKey: final.venvKey,
    pythonVersion: prepared.facts.python,
    variables: { ...prepared.sources },
  });
  return {
    plan: finalPlan,
    facts: prepared.facts,
    frontends,
    backendRoot: backend.root,
    treeHash: tree.treeHash,
    sources: prepared.sources,
  };
}

function frontendOptions(
  session: LocalSession,
  held: Held,
  tree: SourceTree,
  frontends: FactValues["frontends"],
  onProgress: (text: string) => void,
) {
  const { paths, context } = session;
  return {
    tree,
    projectRoot: session.projectRoot,
    frontends,
    workspaceFolder: join(paths.folder, "workspace"),
    cacheFolder: join(paths.mizanFolder, "frontend"),
    environment: context.env,
    variables: session.environment.env,
    logFile: join(paths.logs, "frontend.log"),
    signal: held.signal,
    onProgress,
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
