/** `mizan edge explain`, `stats` and `purge` on one machine: asked over the Edge's control socket. */

import { MizanError } from "../../../infra/contract/errors.ts";
import type {
  EdgeCounts,
  EdgeExplanation,
  EdgeQuestion,
  PurgeRequest,
  PurgeResult,
} from "../target.ts";
import { bumpEdge, explainEdge, readEdgeStats } from "./edge/edge-control.ts";
import { environmentUrl, readEnvironmentRecord } from "./environment-record.ts";
import type { LocalSession } from "./local-session.ts";
import { parseReleaseManifest, readMizanRelease } from "./mizan/mizan-release.ts";
import { requireLiveEdge } from "./require-live-edge.ts";

/** @throws {MizanError} NOTHING_LIVE, USAGE for an address of another site */
export async function explainLiveEdge(
  session: LocalSession,
  { url, token }: EdgeQuestion,
): Promise<EdgeExplanation> {
  await requireLiveEdge(session);
  return explainEdge(session.paths.edgeControlSocket, {
    url: await completeUrl(session, url),
    headers: token === null ? {} : { "x-mizan-token": token.reveal() },
  });
}

/** @throws {MizanError} NOTHING_LIVE */
export async function readLiveEdgeStats(session: LocalSession): Promise<EdgeCounts> {
  await requireLiveEdge(session);
  return readEdgeStats(session.paths.edgeControlSocket);
}

/** @throws {MizanError} NOTHING_LIVE, USAGE for a context or parameter that the manifest does not have */
export async function purgeLiveEdge(
  session: LocalSession,
  { context, parameters }: PurgeRequest,
): Promise<PurgeResult> {
  const release = await requireLiveEdge(session);
  const socketPath = session.paths.edgeControlSocket;
  if (context === null) {
    await bumpEdge(socketPath, { targets: "*" });
    return { purged: "*" };
  }
  await checkNames(session, release, { context, parameters });
  const hasParameters = Object.keys(parameters).length > 0;
  const target = hasParameters ? { context, params: parameters } : context;
  await bumpEdge(socketPath, { targets: [target] });
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  return { purged: [context, ...pairs].join(";") };
}

/** A misspelt name would purge nothing, and nobody would notice. */
async function checkNames(
  session: LocalSession,
  release: string,
  { context, parameters }: { readonly context: string } & Pick<PurgeRequest, "parameters">,
): Promise<void> {
  const content = await readMizanRelease(session, release);
  if (content === null) {
    throw new MizanError("USAGE", "The app has no Mizan manifest, so nothing of it is cached.", {
      hint: "mizan status",
    });
  }
  const { contexts } = parseReleaseManifest(content);
  const known = contexts.get(context);
  if (known === undefined) {
    const names = [...contexts.keys()].sort().join(", ");
    throw new MizanError("USAGE", `There is no context "${context}": ${names}`, {
      hint: "mizan edge stats",
    });
  }
  const unknown = Object.keys(parameters).find((name) => !known.params.includes(name));
  if (unknown === undefined) return;
  const params =
    known.params.length === 0 ? "takes no parameters" : `takes ${known.params.join(", ")}`;
  throw new MizanError("USAGE", `Context ${context} has no parameter "${unknown}": it ${params}.`, {
    hint: `mizan edge purge ${context}`,
  });
}

/** A path is one of the live site. */
async function completeUrl(session: LocalSession, url: string): Promise<string> {
  const environment = await readEnvironmentRecord(session.store);
  if (environment === null) throw new Error("The environment has no address yet");
  if (URL.canParse(url) || url.startsWith("/")) {
    return new URL(url, environmentUrl(environment)).href;
  }
  throw new MizanError("USAGE", `"${url}" is neither an address nor a path.`, {
    hint: `mizan edge explain ${environmentUrl(environment)}/`,
  });
}
