/** `mizan deploy` on one machine: the steps in order. Until the switch nothing changes for users. */

import type { BuiltComponents } from "../../build/components/build-components.ts";
import type { Inspection } from "../../inspect/facts.ts";
import { inspectStatic, requireBackend } from "../../inspect/inspect-static.ts";
import { readPackageVersion } from "../../package-files.ts";
import { readUserAtHost } from "../../state/lease-owner.ts";
import { moveCurrent } from "../../state/pointer.ts";
import { createReleaseId } from "../../state/release-id.ts";
import { createRelease, updateRelease } from "../../state/releases.ts";
import type { DeployOptions, DeployResult } from "../target.ts";
import type { AgentClient } from "./agent/agent-client.ts";
import { applyPointer, ensureOrigin } from "./apply-pointer.ts";
import { type BuiltRelease, buildRelease } from "./build-release.ts";
import { collectAssets } from "./collect-assets.ts";
import { draftRelease, hashInputs, type ReleaseDraft } from "./draft-release.ts";
import { ensureEnvironmentRecord, environmentUrl } from "./environment-record.ts";
import { type Held, holdEnvironment } from "./hold-environment.ts";
import { writeLaunchPlan } from "./launch-plan.ts";
import { connectLocalAgent, ensureLocalAgent } from "./local-agent.ts";
import { type LocalSession, releaseFolder } from "./local-session.ts";
import { migrateDatabase } from "./migrate-database.ts";
import {
  endHold,
  endMigrationHold,
  holdContexts,
  holdForMigrations,
  planHold,
} from "./mizan/context-hold.ts";
import { describeCaching } from "./mizan/describe-caching.ts";
import { prepareManifest } from "./mizan/prepare-manifest.ts";
import { workerSpec } from "./process-specs.ts";
import { returnToPointer, takeBackSwitch, undoRelease } from "./recover-unfinished.ts";
import { buildRender } from "./render/build-render.ts";
import { refusePages } from "./render/declare-pages.ts";
import { describeEdge } from "./report-status.ts";
import { retireReleases } from "./retire-releases.ts";
import { startProcess } from "./start-process.ts";
import { verifyNewRelease } from "./verify-new-release.ts";

/** A process that dies right after its start does so within this time, or is restarted like any other. */
const SETTLE_MS = 400;
/** Longer than any migration may run (migrate-database.ts), and a start after it. */
const LONGEST_HOLD_SECONDS = 7_200;

/** What the build says itself, with the same words. */
const SAID_BY_BUILD = "LOCK_MISSING";

/** @throws {MizanError} as the steps do; whatever was begun is undone, the live release goes on. */
export async function deployRelease(
  session: LocalSession,
  options: DeployOptions,
): Promise<DeployResult> {
  const { context } = session;
  const startedAtMs = context.nowMs();
  // Before anything is written: in a folder without an app nothing is left behind.
  const inspection = inspectStatic(session.projectRoot, session.loaded.config.facts);
  requireBackend(inspection);
  const release = createReleaseId(startedAtMs);
  const undo = (error: unknown) => undoDeploy(session, release, error);
  const hold = { kind: "deploy", release, waitSeconds: options.waitSeconds, undo } as const;
  const outcome = await holdEnvironment(session, hold, async (held) => {
    const draft = await held.step("inspect", "Inspect the app", async (step) => {
      const found = await draftRelease(session, inspection, held.signal);
      step.note(`${found.tree.files.length} files`);
      return found;
    });
    if (draft.isUnchanged && draft.live !== null && !options.force) {
      await ensureEnvironmentRecord(session); // it shall be up, also after `down`
      await returnToPointer(session);
      return { release: draft.live.id, unchanged: true };
    }
    warnOfFindings(session, inspection);
    await putLive(session, held, draft, release);
    return { release, unchanged: false };
  });
  const environment = await ensureEnvironmentRecord(session);
  return {
    environment: session.environment.name,
    target: "local",
    ...outcome,
    url: environmentUrl(environment),
    edge: await describeEdge(session, await connectLocalAgent(session)),
    durationMs: context.nowMs() - startedAtMs,
    steps: context.out.steps,
  };
}

/** For people who never ran `inspect`: what of their app is left out, or is not as they may think. */
function warnOfFindings({ context }: LocalSession, { findings }: Inspection): void {
  for (const { code, severity, message } of findings) {
    if (severity === "warning" && code !== SAID_BY_BUILD) context.out.warn(message);
  }
}

async function putLive(
  session: LocalSession,
  held: Held,
  draft: ReleaseDraft,
  release: string,
): Promise<void> {
  await createRelease(session.store, {
    formatVersion: 1,
    id: release,
    ...(held.from === null ? {} : { parent: held.from }),
    createdAt: new Date(session.context.nowMs()).toISOString(),
    createdBy: readUserAtHost(),
    mizanVersion: readPackageVersion(),
    status: "building",
    ...(draft.git === null ? {} : { gitCommit: draft.git.commit, dirty: draft.git.dirty }),
  });
  const { built, components } = await buildParts(session, held, draft, release);
  await held.step("static", "Collect static files", async (step) => {
    step.note(`${await collectAssets(session, { ...built, signal: held.signal })} files`);
  });
  await readManifest(session, held, built, components);
  const agent = await ensureLocalAgent(session, built.plan.pythonPath);
  const doesMore = (built.facts.migrations.pending ?? []).some((each) => each.class !== "expand");
  const change = await planHold(session, {
    from: held.from,
    to: release,
    everything: doesMore,
  });
  await held.step("migrate", "Migrate the database", async (step) => {
    if (change !== null && doesMore) {
      await holdForMigrations(session, agent, { release, longestSeconds: LONGEST_HOLD_SECONDS });
    }
    await migrateDatabase(session, { ...built, signal: held.signal, step });
  });
  await startAndVerify(session, held, agent, built);
  await held.step("switch", "Switch traffic", async (step) => {
    await holdContexts(session, agent, change);
    await recordInputs(session, draft, built);
    await moveCurrent(session.store, {
      from: held.from,
      to: release,
      nowMs: session.context.nowMs(),
    });
    await applyPointer(session, agent);
    step.note(`the Edge ${describeCaching(await agent.readEdge())}`);
  });
  await held.step("retire", "Retire older releases", async () => {
    await retireReleases(session, agent);
    if (change !== null && doesMore) await endMigrationHold(agent, release);
    await endHold(session, agent, change);
  });
}

/** The release's artefacts: the app, and its components where it has some. */
async function buildParts(
  session: LocalSession,
  held: Held,
  draft: ReleaseDraft,
  release: string,
): Promise<{ readonly built: BuiltRelease; readonly components: BuiltComponents | null }> {
  const built = await buildRelease(session, held, draft, release);
  if (!built.facts.mizan?.hasManifestCommand) refusePages(session.loaded.config.pages);
  const staticFacts = draft.inspection.facts;
  const rendered = await buildRender(session, held, { ...built, staticFacts });
  if (rendered === null) return { built, components: null };
  const plan = { ...built.plan, render: rendered.render };
  return { built: { ...built, plan }, components: rendered.components };
}

/** Only of an app that is written with the Mizan framework. */
async function readManifest(
  session: LocalSession,
  held: Held,
  { plan, facts, mwt, tree, venvKey }: BuiltRelease,
  components: BuiltComponents | null,
): Promise<void> {
  const { mizan } = facts;
  if (mizan === null || !mizan.hasManifestCommand) return;
  await held.step("manifest", "Read the Mizan manifest", async (step) => {
    const options = { plan, facts, mizan, mwt, tree, venvKey, components, signal: held.signal };
    const { contexts, warnings } = await prepareManifest(session, options);
    for (const warning of warnings) session.context.out.warn(`Mizan manifest: ${warning}`);
    step.note(contexts === 1 ? "1 context" : `${contexts} contexts`);
  });
}

/** The new processes beside the old ones, the origin asked before anyone else asks it. */
async function startAndVerify(
  session: LocalSession,
  held: Held,
  agent: AgentClient,
  built: BuiltRelease,
): Promise<void> {
  const { plan, facts } = built;
  await writeLaunchPlan(releaseFolder(session, plan.release), plan);
  const worker = workerSpec(plan, session.specs);
  const title = worker === null ? "Start the app" : "Start the app and its Celery worker";
  const started = await held.step("start", title, async () => {
    const origin = ensureOrigin(session, agent, plan, { renderers: "required" }).then((slot) => ({
      slot,
      readyAtMs: session.context.nowMs(),
    }));
    if (worker !== null) await Promise.all([origin, startProcess(agent, worker)]);
    return origin;
  });
  await held.step("verify", "Verify the release", (step) =>
    verifyNewRelease(session, agent, {
      plan,
      facts,
      slot: started.slot,
      settleMs: SETTLE_MS - (session.context.nowMs() - started.readyAtMs),
      signal: held.signal,
      step,
    }),
  );
}

/** What the next deploy compares itself with. Hashed now: the names are known only since the probe. */
async function recordInputs(
  session: LocalSession,
  draft: ReleaseDraft,
  built: BuiltRelease,
): Promise<void> {
  const inputsHash = await hashInputs(session, {
    treeHash: built.tree.treeHash,
    backendRoot: built.backendRoot,
    names: Object.keys(built.sources),
    secrets: draft.secrets,
  });
  await updateRelease(session.store, built.plan.release, {
    inputsHash,
    liveAt: new Date(session.context.nowMs()).toISOString(),
    status: "ready",
  });
}

/** The pointer first: if it had moved, it goes back to what was live. */
async function undoDeploy(session: LocalSession, release: string, error: unknown): Promise<void> {
  await takeBackSwitch(session, release);
  const reason = error instanceof Error ? error.message : String(error);
  await undoRelease(session, release, { status: "failed", reason });
}
