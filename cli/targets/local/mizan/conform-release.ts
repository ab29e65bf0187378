/** The conformance probe (D10) against a release of this machine: its socket, and the Edge's control socket. */

import { computeManifestHash, parseManifest } from "../../../../edge/index.ts";
import { MizanError } from "../../../../infra/contract/errors.ts";
import { requestOverSocket } from "../../../tools/request-over-socket.ts";
import type { Check } from "../../../verify/check.ts";
import type { RenderSubject } from "../../../verify/check-render.ts";
import type { Answer, Ask, AskEdge, Question } from "../../../verify/question.ts";
import { type MizanSubject, verifyConformance } from "../../../verify/verify-conformance.ts";
import { readLivePolicy } from "../apply-pointer.ts";
import { probeEdge } from "../edge/edge-control.ts";
import { ensureEnvironmentRecord, environmentHost } from "../environment-record.ts";
import type { LaunchPlan } from "../launch-plan.ts";
import type { LocalSession } from "../local-session.ts";
import { readEdgeSecrets } from "./edge-secrets.ts";
import { parseReleaseManifest, readMizanRelease, readPages } from "./mizan-release.ts";
import { exportManifest } from "./prepare-manifest.ts";

const TIMEOUT_MS = 30_000;

export interface ConformOptions {
  readonly plan: LaunchPlan;
  readonly slot: number;
  readonly asksRoot: boolean;
  /** Export the manifest again; a deploy has just done it. */
  readonly exportsAgain: boolean;
  readonly signal: AbortSignal;
}

/** @throws {MizanError} RELEASE_UNHEALTHY, SERVICE_FAILED where nothing answers at all */
export async function conformRelease(
  session: LocalSession,
  options: ConformOptions,
): Promise<readonly Check[]> {
  const host = environmentHost(await ensureEnvironmentRecord(session));
  const socketPath = session.paths.slotSocket(options.slot);
  return verifyConformance({
    release: options.plan.release,
    asksRoot: options.asksRoot,
    askOrigin: (question) => askProcess(question, { host, socketPath, signal: options.signal }),
    mizan: await buildMizanSubject(session, options),
    render: await buildRenderSubject(session, options),
    nowMs: () => session.context.nowMs(),
  });
}

/** The first check that failed, as the error of a command. */
export function describeFailedCheck(release: string, check: Check, output: string): MizanError {
  const shown = check.evidence === "" ? "" : `\n${check.evidence}`;
  return new MizanError(
    "RELEASE_UNHEALTHY",
    `Release ${release} does not pass the check "${check.name}": ${check.message}. It took no traffic.${shown}`,
    {
      hint: "Fix the cause, then: mizan deploy",
      details: { check: check.name, likelyCause: check.message, evidence: check.evidence, output },
    },
  );
}

async function buildMizanSubject(
  session: LocalSession,
  options: ConformOptions,
): Promise<MizanSubject | null> {
  const { plan, slot } = options;
  const content = await readMizanRelease(session, plan.release);
  const policy = await readLivePolicy(session, plan.release);
  const secrets = await readEdgeSecrets(session, plan.release);
  if (content === null || policy === null || secrets === null) return null;
  const { probe, edge } = session.loaded.config;
  const askEdge: AskEdge = ({ method, path, headers = {}, body = "" }) =>
    probeEdge(session.paths.edgeControlSocket, {
      release: plan.release,
      slot,
      mizan: policy,
      secrets,
      method,
      path,
      headers,
      body,
    });
  return {
    manifest: parseReleaseManifest(content),
    manifestHash: content.manifestHash,
    exportHash: options.exportsAgain ? () => exportHash(session, plan, options.signal) : null,
    guarded: content.guarded,
    disagreements: content.disagreements,
    secrets,
    audience: policy.audience,
    parameters: probe,
    isCacheOff: !edge.cache,
    askEdge,
  };
}

async function buildRenderSubject(
  session: LocalSession,
  { plan, slot, signal }: ConformOptions,
): Promise<RenderSubject | null> {
  if (plan.render === null) return null;
  const { paths } = session;
  const ask =
    (socketPath: string): Ask =>
    (question) =>
      askProcess(question, { host: "localhost", socketPath, signal });
  const policy = await readLivePolicy(session, plan.release);
  return {
    askSsr: ask(paths.ssrSocket(slot)),
    askRender: plan.render.edgeModules.length === 0 ? null : ask(paths.renderSocket(slot)),
    pages: (await readPages(session, plan.release))?.pages ?? [],
    language: policy?.locale?.fallback ?? null,
  };
}

/** Empty, which equals no hash, for a manifest that has errors by now. */
async function exportHash(
  session: LocalSession,
  plan: LaunchPlan,
  signal: AbortSignal,
): Promise<string> {
  const result = await exportManifest(session, plan, signal);
  const { manifest } = parseManifest(result.manifest);
  return manifest === null ? "" : computeManifestHash(manifest);
}

interface ProcessAddress {
  readonly host: string;
  readonly socketPath: string;
  readonly signal: AbortSignal;
}

/** One process of the release: the origin, or what renders for it. */
async function askProcess(
  { method, path, headers = {}, body }: Question,
  { host, socketPath, signal }: ProcessAddress,
): Promise<Answer> {
  signal.throwIfAborted();
  try {
    const answer = await requestOverSocket({
      socketPath,
      method,
      path,
      headers: { host, accept: "application/json", "x-forwarded-proto": "http", ...headers },
      ...(body === undefined ? {} : { body }),
      timeoutMs: TIMEOUT_MS,
    });
    return { ...answer, headers: joinHeaders(answer.headers) };
  } catch (cause) {
    throw new MizanError("RELEASE_UNHEALTHY", `${method} ${path} got no answer from the release`, {
      hint: "mizan logs",
      details: { path },
      cause,
    });
  }
}

function joinHeaders(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): Answer["headers"] {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    typeof value === "object" ? value.join(", ") : value,
  ]);
  return Object.fromEntries(entries);
}
