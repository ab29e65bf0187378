/** The first look of a deploy: what is in the working tree, and does it differ from what is live? */

import { createHash } from "node:crypto";
import { type GitState, readGitState } from "../../build/git-state.ts";
import { readSourceTree, type SourceTree } from "../../build/source-tree.ts";
import type { Inspection } from "../../inspect/facts.ts";
import { readCurrent } from "../../state/pointer.ts";
import type { ReleaseRecord } from "../../state/release-record.ts";
import { readRelease } from "../../state/releases.ts";
import type { LocalSession } from "./local-session.ts";
import { fingerprintVariables } from "./variables/fingerprint.ts";
import { readVariables } from "./variables/read-variables.ts";
import { ensureSecrets, type Secrets } from "./variables/secrets-file.ts";

export interface ReleaseDraft {
  readonly tree: SourceTree;
  readonly git: GitState | null;
  readonly inspection: Inspection;
  readonly secrets: Secrets;
  /** The live release, or null. */
  readonly live: ReleaseRecord | null;
  /** Over everything that a release is made of. */
  readonly inputsHash: string;
  readonly isUnchanged: boolean;
}

/** Reads only; what ships is copied later. */
export async function draftRelease(
  session: LocalSession,
  inspection: Inspection,
  signal: AbortSignal,
): Promise<ReleaseDraft> {
  const { context, projectRoot } = session;
  const reading = { environment: context.env, signal };
  const [tree, git, pointer, secrets] = await Promise.all([
    readSourceTree(projectRoot, { ...reading, leaveOut: listDevelopmentData(inspection) }),
    readGitState({ ...reading, folder: projectRoot }),
    readCurrent(session.store),
    ensureSecrets(session.paths.secrets, { nowMs: context.nowMs(), warn: context.out.warn }),
  ]);
  const live = pointer === null ? null : await readRelease(session.store, pointer.release);
  const inputsHash = await hashInputs(session, {
    treeHash: tree.treeHash,
    backendRoot: inspection.facts["backend.root"]?.value ?? ".",
    names: Object.keys(live?.variables ?? {}),
    secrets,
  });
  const isUnchanged = live?.inputsHash === inputsHash;
  return { tree, git, inspection, secrets, live, inputsHash, isUnchanged };
}

/**
 * `startproject`'s database where nobody ignores it: it belongs to the developer, and an entry in it
 * would make every deploy a changed one.
 */
export function listDevelopmentData(inspection: Inspection): readonly string[] {
  const backendRoot = inspection.facts["backend.root"]?.value ?? ".";
  const file = backendRoot === "." ? "db.sqlite3" : `${backendRoot}/db.sqlite3`;
  return ["", "-wal", "-shm", "-journal"].map((suffix) => file + suffix);
}

export interface ReleaseInputs {
  readonly treeHash: string;
  readonly backendRoot: string;
  /** Variables that the release reads. */
  readonly names: readonly string[];
  readonly secrets: Secrets;
}

/** Files, configuration, values of variables (by HMAC) and this program's version. */
export async function hashInputs(session: LocalSession, inputs: ReleaseInputs): Promise<string> {
  const variables = await readVariables({
    projectRoot: session.projectRoot,
    backendRoot: inputs.backendRoot,
    environmentName: session.environment.name,
    shell: session.context.env,
    configEnv: session.environment.env,
    passEnv: session.environment.passEnv,
    askedNames: inputs.names,
  });
  const parts = {
    mizan: session.mizanVersion,
    tree: inputs.treeHash,
    facts: session.loaded.config.facts,
    python: session.loaded.config.python ?? null,
    environment: session.environment,
    edge: session.loaded.config.edge,
    pages: session.loaded.config.pages,
    probe: session.loaded.config.probe,
    variables: fingerprintVariables(variables, inputs.secrets.fingerprintKey),
  };
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
