/** `mizan inspect` on one machine: the static part always, the settings part where it can run. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Inspection } from "../../inspect/facts.ts";
import { inspectStatic, requireBackend } from "../../inspect/inspect-static.ts";
import { mergeSettingsFacts } from "../../inspect/merge-settings-facts.ts";
import { readCurrent } from "../../state/pointer.ts";
import { readRelease } from "../../state/releases.ts";
import { readEnvironmentRecord } from "./environment-record.ts";
import { type LaunchPlan, readLaunchPlan } from "./launch-plan.ts";
import { type LocalSession, releaseFolder } from "./local-session.ts";
import { findLibraryHint } from "./missing-library.ts";
import { findPython } from "./prepare-python.ts";
import { runRound } from "./prepare-settings.ts";
import { readServiceUrls } from "./start-services.ts";
import { ensureSecrets } from "./variables/secrets-file.ts";

/**
 * Never installs anything and starts nothing (D13): the settings are imported from the working tree
 * in the virtual environment of this lock, if a deploy has made it.
 */
export async function inspectApp(session: LocalSession): Promise<Inspection> {
  const inspection = inspectStatic(session.projectRoot, session.loaded.config.facts);
  if (inspection.findings.some((finding) => finding.severity === "error")) return inspection;
  const plan = await draftInspectionPlan(session, inspection);
  if (plan === null) return withoutSettings(inspection);
  const { context } = session;
  const environment = await readEnvironmentRecord(session.store);
  const live = await readLive(session);
  if (environment === null || live === null) return withoutSettings(inspection);
  await mkdir(join(session.paths.folder, "inspect"), { recursive: true });
  const names = new Set(Object.keys(live.variables ?? {}));
  const { probe } = await runRound(
    session,
    {
      plan,
      backendRoot: requireBackend(inspection).root,
      secrets: await ensureSecrets(session.paths.secrets, {
        nowMs: context.nowMs(),
        warn: context.out.warn,
      }),
      environment,
      signal: context.signal,
    },
    { names, required: names, rings: live.ringVariables ?? {} },
    await readServiceUrls(session),
  );
  const merged =
    probe.facts === null
      ? inspection
      : mergeSettingsFacts(inspection, probe.facts, probe.variables);
  if (probe.error === null) return merged;
  const finding = {
    code: "SETTINGS_FAILED",
    severity: "error",
    message: `The app does not start: ${probe.error.type}: ${probe.error.message}`,
    evidence: probe.error.location ?? "the settings",
    hint: findLibraryHint(probe.error) ?? "Fix it; mizan deploy would stop here.",
  } as const;
  return { ...merged, findings: [...merged.findings, finding] };
}

/** How the working tree is loaded; null: no virtual environment for this lock yet. */
export async function draftInspectionPlan(
  session: LocalSession,
  inspection: Inspection,
): Promise<LaunchPlan | null> {
  const pointer = await readCurrent(session.store);
  if (pointer === null) return null;
  const backend = requireBackend(inspection);
  const live = await readLaunchPlan(releaseFolder(session, pointer.release));
  const folder = join(session.paths.folder, "inspect");
  const python = await findPython(session, {
    facts: inspection.facts,
    backend,
    sourceFolder: session.projectRoot,
  });
  if (python === null) return null;
  return {
    ...live,
    release: "inspect",
    appFolder: session.projectRoot,
    backendFolder: join(session.projectRoot, backend.root),
    importFolders: (inspection.facts["backend.importFolders"]?.value ?? []).map((path) =>
      join(session.projectRoot, path),
    ),
    pythonPath: python,
    settingsModule: backend.settingsModule,
    staticFolder: join(folder, "static"),
    overlayFile: join(folder, "overlay.json"),
    variablesFile: join(folder, "variables.json"),
  };
}

async function readLive(session: LocalSession) {
  const pointer = await readCurrent(session.store);
  return pointer === null ? null : readRelease(session.store, pointer.release);
}

function withoutSettings(inspection: Inspection): Inspection {
  const finding = {
    code: "SETTINGS_NOT_READ",
    severity: "info",
    message: "The settings were not imported: their Python environment is not there yet.",
    evidence: ".mizan/venv",
    hint: "mizan deploy makes it",
  } as const;
  return { ...inspection, findings: [...inspection.findings, finding] };
}
