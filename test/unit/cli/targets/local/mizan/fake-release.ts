/** A release's files as a deploy leaves them, and an agent that remembers what it is asked. */

import { mkdir, writeFile } from "node:fs/promises";
import { createRelease } from "../../../../../../cli/state/releases.ts";
import type { AgentClient } from "../../../../../../cli/targets/local/agent/agent-client.ts";
import { releaseFiles } from "../../../../../../cli/targets/local/launch-plan.ts";
import {
  type LocalSession,
  releaseFolder,
} from "../../../../../../cli/targets/local/local-session.ts";
import {
  type MizanRelease,
  writeMizanRelease,
} from "../../../../../../cli/targets/local/mizan/mizan-release.ts";
import { writeVariablesFile } from "../../../../../../cli/targets/local/variables-file.ts";
import type { EdgeReport, HoldRequest } from "../../../../../../edge/cache/contract.ts";

export interface FakeReleaseOptions {
  readonly slot?: number;
  /** Context to `rev`; null: no manifest. */
  readonly revs: Readonly<Record<string, number>> | null;
  readonly variables?: Readonly<Record<string, string>>;
  /** Of the target's own server. */
  readonly databaseUrl?: string | null;
  readonly mwt?: MizanRelease["mwt"];
}

export async function writeFakeRelease(
  session: LocalSession,
  id: string,
  options: FakeReleaseOptions,
): Promise<void> {
  const { slot = 0, revs, variables = {}, databaseUrl = null } = options;
  const { mwt = { kind: "ring" } } = options;
  await createRelease(session.store, {
    formatVersion: 1,
    id,
    createdAt: "2026-11-24T12:00:00.000Z",
    createdBy: "me@here",
    mizanVersion: "0.1.0",
    status: "live",
    slot,
  });
  const folder = releaseFolder(session, id);
  await mkdir(folder, { recursive: true });
  await writeVariablesFile(releaseFiles(folder).variables, variables);
  await writeFile(releaseFiles(folder).overlay, JSON.stringify({ databaseUrl }));
  if (revs === null) return;
  await writeMizanRelease(session, id, {
    version: 1,
    manifestHash: "aa",
    guarded: [],
    disagreements: [],
    pages: null,
    mwt,
    policy: {
      manifest: buildManifest(revs),
      buildId: "b1",
      isCacheOff: false,
      sessionCookie: "sessionid",
      identityCookies: ["messages"],
      locale: null,
      audience: null,
      requestLimitSeconds: 60,
      originLagMs: 0,
      ttlCapSeconds: 300,
    },
  });
}

function buildManifest(revs: Readonly<Record<string, number>>) {
  const contexts = Object.entries(revs).map(([name, rev]) => [
    name,
    {
      functions: [{ name: `read_${name}`, path: "rpc" }],
      endpoints: [`/api/mizan/ctx/${name}/`],
      params: [],
      user_scoped: false,
      page_routes: [],
      rev,
    },
  ]);
  return { version: 1, contexts: Object.fromEntries(contexts), mutations: {} };
}

export interface FakeAgent {
  readonly client: AgentClient;
  readonly holds: HoldRequest[];
}

/** @param reports what the Edge says, call by call; the last one again and again. null: no Edge runs */
export function createFakeAgent(reports: readonly Partial<EdgeReport>[] | null): FakeAgent {
  const holds: HoldRequest[] = [];
  let asked = 0;
  const refuse = async (): Promise<never> => {
    throw new Error("not to be asked");
  };
  const edge = {
    name: "edge",
    release: null,
    pid: 1,
    state: "ready",
    restarts: 0,
    startedAtMs: 1,
    lastExit: null,
  } as const;
  const client: AgentClient = {
    status: async () => ({
      protocol: 1,
      mizanVersion: "0.1.0",
      pid: 1,
      startedWith: "",
      host: "127.0.0.1",
      port: 1,
      processes: reports === null ? [] : [edge],
      edgeRelease: null,
    }),
    readEdge: async () => {
      const report = reports?.[Math.min(asked, reports.length - 1)];
      asked += 1;
      return { version: 1, release: "r1", inFlight: {}, cache: null, ...report };
    },
    holdEdge: async (request) => {
      holds.push(request);
    },
    startProcess: refuse,
    stopProcess: refuse,
    putEdge: refuse,
    startEdge: refuse,
    handOver: refuse,
    shutdown: refuse,
  };
  return { client, holds };
}
