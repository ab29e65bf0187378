/** `mizan plan` on one machine: what a deploy would do. Changes nothing. */

import { readSourceTree, type SourceTree } from "../../build/source-tree.ts";
import type { FactValues, Inspection } from "../../inspect/facts.ts";
import { inspectStatic, requireBackend } from "../../inspect/inspect-static.ts";
import { readCurrent } from "../../state/pointer.ts";
import { readRelease } from "../../state/releases.ts";
import type { PlannedChange, PlanResult } from "../target.ts";
import { listDevelopmentData } from "./draft-release.ts";
import { inspectApp } from "./inspect-app.ts";
import { connectLocalAgent } from "./local-agent.ts";
import type { LocalSession } from "./local-session.ts";
import { planCaching } from "./mizan/plan-caching.ts";
import { planComponents } from "./mizan/plan-components.ts";
import { listRunningServices } from "./start-services.ts";

export async function planDeploy(session: LocalSession): Promise<PlanResult> {
  const pointer = await readCurrent(session.store);
  const inspection =
    pointer === null
      ? inspectStatic(session.projectRoot, session.loaded.config.facts)
      : await inspectApp(session);
  requireBackend(inspection); // a deploy would stop here
  const tree = await readTree(session, inspection);
  const source = await planSource(session, tree, pointer?.release ?? null);
  const components = await planComponents({
    tree,
    templateFolders: inspection.facts["settings.ssr"]?.value?.folders ?? [],
    pages: session.loaded.config.pages,
  });
  const caching = await planCaching(session, inspection, pointer?.release ?? null);
  return {
    environment: session.environment.name,
    target: "local",
    release: pointer?.release ?? null,
    changes: [
      source,
      ...planBackend(inspection, source),
      ...components.changes,
      ...(await planServices(session)),
      ...planMigrations(inspection),
      ...planOverlay(inspection),
      ...(await planEdge(session)),
      ...caching.changes,
    ],
    findings: [...inspection.findings, ...components.findings, ...caching.findings],
  };
}

function readTree({ context, projectRoot }: LocalSession, inspection: Inspection) {
  return readSourceTree(projectRoot, {
    environment: context.env,
    signal: context.signal,
    leaveOut: listDevelopmentData(inspection),
  });
}

async function planSource(
  session: LocalSession,
  tree: SourceTree,
  live: string | null,
): Promise<PlannedChange> {
  const files = `${tree.files.length} files`;
  if (live === null) return { area: "source", action: "create", text: `first release, ${files}` };
  const { treeHash } = await readRelease(session.store, live);
  return treeHash === tree.treeHash
    ? { area: "source", action: "keep", text: `${files}, as in ${live}` }
    : { area: "source", action: "change", text: `${files}, changed since ${live}` };
}

/** Servers of the environment's own; which ones a first deploy needs is known when it has imported the settings. */
async function planServices(session: LocalSession): Promise<readonly PlannedChange[]> {
  const agent = await connectLocalAgent(session);
  if (agent === null) return [];
  const running = await listRunningServices(agent);
  return running.map((name) => ({ area: "service", action: "keep", text: `${name} of its own` }));
}

/** The one moment at which idle kept-alive connections may be reset (D5). */
async function planEdge(session: LocalSession): Promise<readonly PlannedChange[]> {
  const status = await (await connectLocalAgent(session))?.status();
  if (status === undefined || status.mizanVersion === session.mizanVersion) return [];
  const text = `mizan ${status.mizanVersion} → ${session.mizanVersion}: the Edge is replaced, idle kept-alive connections may be reset`;
  return [{ area: "edge", action: "change", text }];
}

function planBackend(inspection: Inspection, source: PlannedChange): readonly PlannedChange[] {
  const { facts } = inspection;
  const server =
    facts["backend.interface"]?.value === "asgi" ? "uvicorn (ASGI)" : "gunicorn (WSGI)";
  const changes: PlannedChange[] = [{ area: "origin", action: "run", text: `Django by ${server}` }];
  for (const frontend of facts.frontends?.value ?? []) changes.push(planFrontend(frontend, source));
  const celery = facts["backend.celery"]?.value;
  if (celery) {
    const beat = celery.beat ? " and beat" : "";
    changes.push({ area: "worker", action: "run", text: `Celery worker${beat} of ${celery.app}` });
  }
  return changes;
}

function planFrontend(
  frontend: FactValues["frontends"][number],
  source: PlannedChange,
): PlannedChange {
  const text = `${frontend.framework ?? "frontend"} in ${frontend.root}: ${frontend.packageManager} run ${frontend.build ?? "(no build)"}`;
  const isKept = frontend.build === null || source.action === "keep";
  return { area: "frontend", action: isKept ? "keep" : "run", text };
}

function planMigrations(inspection: Inspection): readonly PlannedChange[] {
  const pending = inspection.facts["settings.migrations"]?.value.pending ?? [];
  return pending.map((migration) => ({
    area: "migration",
    action: "run",
    text: `${migration.app}.${migration.name} (${migration.class})`,
  }));
}

function planOverlay(inspection: Inspection): readonly PlannedChange[] {
  const changes = inspection.facts["settings.overlay"]?.value ?? [];
  return changes.map((change) => ({
    area: "overlay",
    action: "change",
    text: `${change.setting} ${change.action}: ${change.reason}`,
  }));
}
