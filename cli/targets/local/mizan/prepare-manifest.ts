/** Asks the app for its Edge manifest and writes down what its release tells the Edge. */

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { EdgeRelease } from "../../../../edge/cache/contract.ts";
import {
  computeManifestHash,
  type ManifestProblem,
  parseManifest,
} from "../../../../edge/index.ts";
import { MizanError } from "../../../../infra/contract/errors.ts";
import type {
  ManifestResult,
  MizanFacts,
  SettingsFacts,
} from "../../../../runtime/origin/contract.ts";
import type { BuiltComponents } from "../../../build/components/build-components.ts";
import type { SourceTree } from "../../../build/source-tree.ts";
import { updateRelease } from "../../../state/releases.ts";
import { type LaunchPlan, releaseFiles } from "../launch-plan.ts";
import { type LocalSession, releaseFolder } from "../local-session.ts";
import { buildRuntimeEnv } from "../process-specs.ts";
import { declarePages } from "../render/declare-pages.ts";
import { runRuntime } from "../run-runtime.ts";
import { manifestResultSchema } from "../runtime-schemas.ts";
import type { MwtSource } from "./assign-rings.ts";
import { listKids, readEdgeSecrets } from "./edge-secrets.ts";
import { type MizanRelease, writeMizanRelease } from "./mizan-release.ts";

/** Until writes past the Edge are reported (D13, edge-consistency 8). */
const TTL_CAP_SECONDS = 300;
/** The app is imported once more; nothing else happens. */
const TIMEOUT_SECONDS = 120;

export interface ManifestOptions {
  readonly plan: LaunchPlan;
  readonly facts: SettingsFacts;
  readonly mizan: MizanFacts;
  readonly mwt: MwtSource;
  readonly tree: SourceTree;
  readonly venvKey: string;
  /** null: the app has no components. */
  readonly components: BuiltComponents | null;
  readonly signal: AbortSignal;
}

export interface PreparedManifest {
  /** How many contexts it has. */
  readonly contexts: number;
  /** What is odd in it. */
  readonly warnings: readonly string[];
}

/**
 * Writes what the release tells the Edge into its folder (`readMizanRelease`).
 * @throws {MizanError} RELEASE_UNHEALTHY when the command fails or the manifest has errors
 */
export async function prepareManifest(
  session: LocalSession,
  options: ManifestOptions,
): Promise<PreparedManifest> {
  const { plan } = options;
  const result = await exportManifest(session, plan, options.signal);
  const { manifest, problems } = parseManifest(result.manifest);
  if (manifest === null) throw manifestWrong(plan.release, problems);
  const { edge, pages } = session.loaded.config;
  const { components } = options;
  const content: MizanRelease = {
    version: 1,
    manifestHash: await computeManifestHash(manifest),
    guarded: result.guarded === null ? null : [...result.guarded],
    disagreements: [...result.disagreements],
    mwt: options.mwt,
    pages: components === null ? null : declarePages(pages, manifest, components),
    policy: {
      manifest: result.manifest,
      buildId: await computeBuildId(session, options),
      isCacheOff: !edge.cache,
      ...describeSettings(options.mizan, edge.identityCookies),
      requestLimitSeconds: edge.requestLimitSeconds,
      originLagMs: Math.round(edge.originLagSeconds * 1_000),
      ttlCapSeconds: TTL_CAP_SECONDS,
    },
  };
  await writeMizanRelease(session, plan.release, content);
  const secrets = await readEdgeSecrets(session, plan.release);
  await updateRelease(session.store, plan.release, {
    manifestHash: content.manifestHash,
    ...(secrets === null ? {} : { ringKids: listKids(secrets) }),
  });
  return { contexts: manifest.contexts.size, warnings: problems.map(describeProblem) };
}

/** @throws {MizanError} RELEASE_UNHEALTHY when the app's command fails */
export async function exportManifest(
  session: LocalSession,
  plan: LaunchPlan,
  signal: AbortSignal,
): Promise<ManifestResult> {
  const result = await runManifest(session, plan, signal);
  if (result.error === null) return result;
  const { type, message, location, traceback } = result.error;
  const at = location === null ? "" : ` at ${location}`;
  throw new MizanError(
    "RELEASE_UNHEALTHY",
    `The app's export_edge_manifest fails${at}: ${type}: ${message}. Release ${plan.release} took no traffic.`,
    {
      hint: "Fix it (try: python manage.py export_edge_manifest), then: mizan deploy",
      details: { check: "manifest", location, output: traceback },
    },
  );
}

/** The app's own failure is in the result. */
export async function runManifest(
  session: LocalSession,
  plan: LaunchPlan,
  signal: AbortSignal,
): Promise<ManifestResult> {
  const logFile = join(session.paths.logs, `manifest-${plan.release}.log`);
  const { result } = await runRuntime(
    {
      verb: "manifest",
      plan,
      env: buildRuntimeEnv(plan, session.specs),
      logFile,
      signal,
      timeoutSeconds: TIMEOUT_SECONDS,
      lowPriority: true,
    },
    manifestResultSchema,
  );
  return result;
}

function describeSettings(mizan: MizanFacts, identityCookies: readonly string[]) {
  const { language } = mizan;
  return {
    sessionCookie: mizan.sessionCookie,
    identityCookies: [...new Set([...mizan.identityCookies, ...identityCookies])].sort(),
    locale: language === null ? null : { ...language, languages: [...language.languages] },
    audience: mizan.mwtAudience,
  };
}

/**
 * Pages are rendered from templates, components, texts in other languages, packages and static files. Python
 * source is left out: who changes what it says raises `rev` (D13).
 */
async function computeBuildId(session: LocalSession, options: ManifestOptions): Promise<string> {
  const folder = releaseFolder(session, options.plan.release);
  const edge = JSON.parse(await readFile(releaseFiles(folder).edge, "utf8")) as EdgeRelease; // ours
  const assets = Object.entries(edge.assets).map(([path, { sha256 }]) => `${path} ${sha256}`);
  const files = options.tree.files.filter(({ path }) => !path.endsWith(".py"));
  const parts = [
    options.venvKey,
    options.components?.hash ?? "",
    ...files.map(({ path, hash }) => `${path} ${hash}`),
    ...assets.sort(),
  ];
  return createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 32);
}

function manifestWrong(release: string, problems: readonly ManifestProblem[]): MizanError {
  const errors = problems.filter(({ severity }) => severity === "error").map(describeProblem);
  return new MizanError(
    "RELEASE_UNHEALTHY",
    `The app's Edge manifest is wrong: ${errors.join("; ")}. Release ${release} took no traffic.`,
    {
      hint: "See what it prints: python manage.py export_edge_manifest",
      details: { check: "manifest", problems: errors },
    },
  );
}

function describeProblem({ path, message }: ManifestProblem): string {
  return `${path}: ${message}`;
}
