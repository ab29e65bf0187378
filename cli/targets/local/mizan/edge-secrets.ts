/** The rings that the Edge works with, in the open: for its control socket and files of mode 0600 alone. */

import { join } from "node:path";
import type { EdgeSecrets } from "../../../../edge/cache/contract.ts";
import { releaseFiles } from "../launch-plan.ts";
import { type LocalSession, releaseFolder } from "../local-session.ts";
import { buildKid, type KeyRing, revealKeyRing } from "../variables/key-ring.ts";
import { writePrivateFile } from "../variables/private-file.ts";
import { ensureSecrets, type Secrets } from "../variables/secrets-file.ts";
import { readVariablesFile } from "../variables-file.ts";
import { mizanSecretsFile } from "../write-overlay.ts";
import { type MizanRelease, readMizanRelease } from "./mizan-release.ts";

/** The Edge ring as the runtime reads it (MIZAN_EDGE_KEYS_FILE), one for all releases. */
export function edgeKeysFile(session: LocalSession): string {
  return join(session.paths.folder, "edge-keys.json");
}

/** Both files, mode 0600. @throws {MizanError} DISK_FULL, NOT_ALLOWED */
export async function writeKeyFiles(session: LocalSession, secrets: Secrets): Promise<void> {
  const { edge, mwt } = secrets.rings;
  await writePrivateFile(edgeKeysFile(session), JSON.stringify(revealKeyRing(edge), null, 2));
  const values = { MIZAN_MWT_SECRET: revealSigningKey(mwt) };
  await writePrivateFile(mizanSecretsFile(session), JSON.stringify(values, null, 2));
}

/** @returns the secret that the app gets under a ring's variable. */
export function revealSigningKey(ring: KeyRing): string {
  const key = ring.find(({ state }) => state === "sign");
  if (key === undefined) throw new Error("The key ring has no key that signs");
  return key.secret.reveal();
}

/** @throws {MizanError} as `ensureSecrets` */
export async function readEdgeSecrets(
  session: LocalSession,
  release: string,
): Promise<EdgeSecrets | null> {
  const content = await readMizanRelease(session, release);
  if (content === null) return null;
  const { context, paths } = session;
  const { rings } = await ensureSecrets(paths.secrets, {
    nowMs: context.nowMs(),
    warn: context.out.warn,
  });
  const files = releaseFiles(releaseFolder(session, release));
  const variables = await readVariablesFile(files.variables);
  return {
    edge: toEdgeKeys(rings.edge),
    cache: toEdgeKeys(rings.cache),
    mwt: chooseMwtKeys(content, rings.mwt, variables),
  };
}

function chooseMwtKeys(
  { mwt }: MizanRelease,
  ring: KeyRing,
  variables: Readonly<Record<string, string>>,
): EdgeSecrets["mwt"] {
  if (mwt.kind === "ring") return toEdgeKeys(ring);
  const secret = mwt.kind === "variable" ? variables[mwt.name] : undefined;
  if (secret === undefined || secret === "") return [];
  return [{ kid: buildKid(secret), state: "sign", secret }];
}

function toEdgeKeys(ring: KeyRing): EdgeSecrets["edge"] {
  return revealKeyRing(ring).map(({ kid, state, secret }) => ({ kid, state, secret }));
}

/** Names of the live keys by ring, as a release record keeps them. */
export function listKids(
  secrets: EdgeSecrets,
): Readonly<Record<"edge" | "cache" | "mwt", string[]>> {
  const list = (keys: EdgeSecrets["edge"]) =>
    keys.filter(({ state }) => state !== "retired").map(({ kid }) => kid);
  return { edge: list(secrets.edge), cache: list(secrets.cache), mwt: list(secrets.mwt) };
}
