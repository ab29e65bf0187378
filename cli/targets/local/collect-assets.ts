/** Gathers the release's static files and the frontend's output, and writes what the Edge must know. */

import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AssetTable, EdgeRelease } from "../../../edge/cache/contract.ts";
import { MizanError } from "../../../infra/contract/errors.ts";
import type { SettingsFacts } from "../../../runtime/origin/contract.ts";
import type { BuiltFrontend } from "../../build/frontend/build-frontends.ts";
import { findCollectHint } from "./collect-failure.ts";
import { countStreams } from "./count-streams.ts";
import { storeAssets } from "./edge/asset-store.ts";
import { type LaunchPlan, releaseFiles } from "./launch-plan.ts";
import { type LocalSession, releaseFolder } from "./local-session.ts";
import { buildRuntimeEnv } from "./process-specs.ts";
import { runRuntime } from "./run-runtime.ts";
import { collectResultSchema } from "./runtime-schemas.ts";

export interface AssetsOptions {
  readonly plan: LaunchPlan;
  readonly facts: SettingsFacts;
  readonly frontends: readonly BuiltFrontend[];
  readonly signal: AbortSignal;
}

/**
 * Static files that an absolute path serves go to the Edge; a CDN's address is left alone. A
 * frontend goes to `/` only where Django does not answer there itself (D5).
 * @returns how many URLs the Edge serves.
 * @throws {MizanError} BUILD_FAILED with the template or file that collectstatic names.
 */
export async function collectAssets(
  session: LocalSession,
  options: AssetsOptions,
): Promise<number> {
  const { facts, plan } = options;
  const folder = releaseFolder(session, plan.release);
  const files = releaseFiles(folder);
  const tables: AssetTable[] = [];
  const staticUrl = facts.static.url;
  if (facts.static.installed) {
    await collectOnce(session, options);
    if (staticUrl?.startsWith("/")) {
      tables.push(
        await storeAssets(plan.staticFolder, staticUrl, { assetsFolder: session.paths.assets }),
      );
    }
  }
  const site = findSite(facts, options.frontends);
  if (site !== undefined) {
    tables.unshift(await storeAssets(site, "/", { assetsFolder: session.paths.assets }));
  }
  const edge: EdgeRelease = {
    release: plan.release,
    slot: 0, // set when the origin has got one
    assets: Object.assign({}, ...tables),
    fallback: site === undefined ? null : "/index.html",
    djangoServesRoot: site === undefined,
    mediaPrefix: mediaPrefix(facts),
    streamsAtOnce: countStreams(plan),
  };
  await writeFile(files.edge, JSON.stringify(edge));
  return Object.keys(edge.assets).length;
}

/** A finished folder has a mark beside it; one that a killed deploy left is collected anew. */
async function collectOnce(session: LocalSession, options: AssetsOptions): Promise<void> {
  const { staticFolder } = options.plan;
  const mark = `${staticFolder}.complete`;
  if (existsSync(mark)) return;
  await rm(staticFolder, { recursive: true, force: true });
  await mkdir(staticFolder, { recursive: true });
  await collectStatic(session, options);
  await writeFile(mark, "");
}

async function collectStatic(session: LocalSession, options: AssetsOptions): Promise<void> {
  const logFile = join(session.paths.logs, `collectstatic-${options.plan.release}.log`);
  const { result } = await runRuntime(
    {
      verb: "collectstatic",
      plan: options.plan,
      env: buildRuntimeEnv(options.plan, session.specs),
      logFile,
      signal: options.signal,
      lowPriority: true,
    },
    collectResultSchema,
  );
  if (result.error === null) return;
  const { type, message, location, traceback } = result.error;
  throw new MizanError("BUILD_FAILED", `collectstatic failed: ${type}: ${message}`, {
    hint: findCollectHint(result.error),
    details: { location, logFile, output: traceback },
  });
}

/** The frontend that is served at `/`: the first with a document of its own, where Django does not answer there. */
export function findSite(
  facts: SettingsFacts,
  frontends: readonly BuiltFrontend[],
): string | undefined {
  if (facts.urlconf.resolvesRoot) return undefined;
  const folders = frontends.map((frontend) => frontend.outputFolder);
  return folders.find((folder) => existsSync(join(folder, "index.html")));
}

/** Uploads on this machine, under a path of this site, unless the URLconf serves them itself. */
function mediaPrefix(facts: SettingsFacts): string | null {
  const { local, routed, url } = facts.media;
  if (!local || routed || url === null || !url.startsWith("/") || url === "/") return null;
  return url.endsWith("/") ? url : `${url}/`;
}
