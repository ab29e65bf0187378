/** The input of the settings overlay for one release, written as a file beside it. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { OverlayInput } from "../../../runtime/origin/contract.ts";
import { type EnvironmentRecord, environmentUrl } from "./environment-record.ts";
import type { LaunchPlan } from "./launch-plan.ts";
import type { LocalSession } from "./local-session.ts";

export interface ServiceUrls {
  /** Of the PostgreSQL that we run, or null. */
  readonly databaseUrl: string | null;
  /** Of the Redis that we run, or null. */
  readonly redisUrl: string | null;
}

/** Names and origins that browsers on this machine use. */
export function publicHosts(session: LocalSession, environment: EnvironmentRecord) {
  const usual = ["127.0.0.1", "localhost", "[::1]"];
  const own = new URL(environmentUrl(environment)).hostname;
  const hosts = [...new Set([own, ...usual, ...session.environment.hosts])];
  const origins = hosts.map((host) => `http://${host}:${environment.port}`);
  return { hosts, origins };
}

/** Settings of the database have a secret in them: the file has mode 0600. */
export async function writeOverlay(
  session: LocalSession,
  plan: LaunchPlan,
  environment: EnvironmentRecord,
  urls: ServiceUrls,
): Promise<void> {
  const input: OverlayInput = {
    version: 1,
    enabled: session.environment.overlay,
    disabledRules: session.environment.disabledOverlayRules,
    ...publicHosts(session, environment),
    scheme: "http",
    appFolder: plan.appFolder,
    dataFolder: session.paths.data,
    staticFolder: plan.staticFolder,
    secretKeyFile: secretKeyFile(session),
    mizanSecretsFile: mizanSecretsFile(session),
    ...urls,
  };
  await writeFile(plan.overlayFile, JSON.stringify(input, null, 2), { mode: 0o600 });
}

/** What settings of the Mizan framework are filled with, mode 0600, one for all releases. */
export function mizanSecretsFile(session: LocalSession): string {
  return join(session.paths.folder, "mizan-secrets.json");
}

/** Django's generated SECRET_KEY as plain text, mode 0600, one for all releases. */
export function secretKeyFile(session: LocalSession): string {
  return join(session.paths.folder, "secret-key");
}
