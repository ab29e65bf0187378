/** What a deploy would do to the Edge's cache: which contexts stay warm, which are emptied, what is odd. */

import { compareManifests, parseManifest } from "../../../../edge/index.ts";
import type { Finding, Inspection } from "../../../inspect/facts.ts";
import type { PlannedChange } from "../../target.ts";
import { draftInspectionPlan } from "../inspect-app.ts";
import type { LocalSession } from "../local-session.ts";
import { parseReleaseManifest, readMizanRelease } from "./mizan-release.ts";
import { runManifest } from "./prepare-manifest.ts";

export interface CachingPlan {
  readonly changes: readonly PlannedChange[];
  readonly findings: readonly Finding[];
}

const NOTHING: CachingPlan = { changes: [], findings: [] };
const COMMAND = "python manage.py export_edge_manifest";

/** @param live the live release, or null: then the app cannot be loaded yet */
export async function planCaching(
  session: LocalSession,
  inspection: Inspection,
  live: string | null,
): Promise<CachingPlan> {
  const mizan = inspection.facts["settings.mizan"]?.value ?? null;
  if (live === null || mizan === null || !mizan.hasManifestCommand) return NOTHING;
  const plan = await draftInspectionPlan(session, inspection);
  if (plan === null) return NOTHING;
  const result = await runManifest(session, plan, session.context.signal);
  if (result.error !== null) {
    const { type, message, location } = result.error;
    const text = `export_edge_manifest fails: ${type}: ${message}`;
    return { changes: [], findings: [describe("error", text, location ?? COMMAND)] };
  }
  const { manifest, problems } = parseManifest(result.manifest);
  const findings = problems.map(({ severity, message, path }) =>
    describe(severity, `Mizan manifest: ${path}: ${message}`, COMMAND),
  );
  if (manifest === null) return { changes: [], findings };
  const before = await readMizanRelease(session, live);
  const earlier = before === null ? null : parseReleaseManifest(before);
  const { changed, unchanged } =
    session.loaded.config.edge.onDeploy === "flush"
      ? { changed: [...manifest.contexts.keys()].sort(), unchanged: [] }
      : compareManifests(earlier, manifest);
  return {
    findings,
    changes: [
      ...describeContexts("keep", "stay cached", unchanged),
      ...describeContexts("change", "are emptied", changed),
    ],
  };
}

function describeContexts(
  action: "keep" | "change",
  what: string,
  names: readonly string[],
): readonly PlannedChange[] {
  if (names.length === 0) return [];
  return [{ area: "edge", action, text: `contexts that ${what}: ${names.join(", ")}` }];
}

function describe(severity: Finding["severity"], message: string, evidence: string): Finding {
  return { code: "MIZAN_MANIFEST", severity, message, evidence, hint: `See: ${COMMAND}` };
}
