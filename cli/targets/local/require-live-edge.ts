/** For commands that ask the live release or its Edge something: what had died is brought back first. */

import { MizanError } from "../../../infra/contract/errors.ts";
import { readCurrent } from "../../state/pointer.ts";
import { readEnvironmentRecord } from "./environment-record.ts";
import type { LocalSession } from "./local-session.ts";
import { bringBack } from "./report-status.ts";

/** @returns the live release. @throws {MizanError} NOTHING_LIVE, also after `mizan down` */
export async function requireLiveEdge(session: LocalSession): Promise<string> {
  await bringBack(session);
  const pointer = await readCurrent(session.store);
  if (pointer === null) {
    throw new MizanError("NOTHING_LIVE", "Nothing is live here.", { hint: "mizan deploy" });
  }
  const environment = await readEnvironmentRecord(session.store);
  if (environment?.desired === "up") return pointer.release;
  throw new MizanError("NOTHING_LIVE", "The environment is stopped.", { hint: "mizan up" });
}
