/** `mizan releases` on one machine. */

import { readCurrent } from "../../state/pointer.ts";
import { listReleases } from "../../state/releases.ts";
import type { ReleaseReport } from "../target.ts";
import type { LocalSession } from "./local-session.ts";

/** Newest first. */
export async function reportReleases(session: LocalSession): Promise<readonly ReleaseReport[]> {
  const pointer = await readCurrent(session.store);
  return (await listReleases(session.store)).map((record) => ({
    id: record.id,
    createdAt: record.createdAt,
    status: record.status,
    current: record.id === pointer?.release,
    gitCommit: record.gitCommit ?? null,
    dirty: record.dirty ?? null,
  }));
}
