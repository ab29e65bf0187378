/** What a release of a Mizan app tells the Edge: a file beside its artefacts. No secrets in it. */

import { writeFile } from "node:fs/promises";
import { z } from "zod";
import type { EdgePages, MizanPolicy } from "../../../../edge/cache/contract.ts";
import { type Manifest, parseManifest } from "../../../../edge/index.ts";
import { readIfThere } from "../../../state/durable-file.ts";
import { type EnvironmentRecord, environmentUrl } from "../environment-record.ts";
import { releaseFiles } from "../launch-plan.ts";
import { type LocalSession, releaseFolder } from "../local-session.ts";
import { publicHosts } from "../write-overlay.ts";

const localeSchema = z.object({
  languages: z.array(z.object({ code: z.string(), hasCatalogue: z.boolean() })),
  fallback: z.string(),
  cookieName: z.string(),
});

/** Without the hosts: those follow the environment's address, which a later config may change. */
const policySchema = z.object({
  manifest: z.unknown(),
  buildId: z.string(),
  isCacheOff: z.boolean(),
  sessionCookie: z.string(),
  identityCookies: z.array(z.string()),
  locale: localeSchema.nullable(),
  audience: z.string().nullable(),
  requestLimitSeconds: z.number(),
  originLagMs: z.number(),
  ttlCapSeconds: z.number(),
});

const mizanReleaseSchema = z.object({
  version: z.literal(1),
  policy: policySchema,
  /** Hex SHA-256 of the canonical manifest. */
  manifestHash: z.string(),
  /** Contexts that the app's registry marks as login-only; null: it cannot be read. */
  guarded: z.array(z.string()).nullable(),
  /** Where the installed package differs from what the Edge does. */
  disagreements: z.array(z.string()),
  /** Written by `declarePages`; null: none are declared. The Edge checks each field. */
  pages: z.custom<EdgePages>().nullable().default(null),
  mwt: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("ring") }),
    z.object({ kind: z.literal("variable"), name: z.string() }),
    z.object({ kind: z.literal("unknown") }),
  ]),
});

export type MizanRelease = Readonly<z.infer<typeof mizanReleaseSchema>>;

export async function writeMizanRelease(
  session: LocalSession,
  release: string,
  content: MizanRelease,
): Promise<void> {
  const file = releaseFiles(releaseFolder(session, release)).mizan;
  await writeFile(file, JSON.stringify(content, null, 2));
}

/** @returns null for a release without a manifest. */
export async function readMizanRelease(
  session: LocalSession,
  release: string,
): Promise<MizanRelease | null> {
  const text = await readIfThere(releaseFiles(releaseFolder(session, release)).mizan);
  return text === null ? null : mizanReleaseSchema.parse(JSON.parse(text));
}

/** Pages that the release has rendered at the Edge; null: none. */
export async function readPages(session: LocalSession, release: string): Promise<EdgePages | null> {
  return (await readMizanRelease(session, release))?.pages ?? null;
}

/** @param content of a release whose manifest was found to be in order when it was made. */
export function parseReleaseManifest(content: MizanRelease): Manifest {
  const { manifest } = parseManifest(content.policy.manifest);
  if (manifest === null) throw new Error("a release's manifest has errors");
  return manifest;
}

export function buildPolicy(
  session: LocalSession,
  environment: EnvironmentRecord,
  content: MizanRelease,
): MizanPolicy {
  const { hosts } = publicHosts(session, environment);
  const named = hosts.map((host) => `${host}:${environment.port}`);
  const own = new URL(environmentUrl(environment)).host;
  return { ...content.policy, hosts: [...new Set([own, ...named])] };
}
