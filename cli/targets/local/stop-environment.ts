/** Stops everything of an environment; releases and data stay. */

import { readEnvironmentRecord, saveEnvironmentRecord } from "./environment-record.ts";
import { connectLocalAgent } from "./local-agent.ts";
import type { LocalSession } from "./local-session.ts";

/** Idempotent. The wish is written first: cut off, the next command goes on stopping. */
export async function stopEnvironment(session: LocalSession): Promise<void> {
  const record = await readEnvironmentRecord(session.store);
  if (record !== null) await saveEnvironmentRecord(session.store, { ...record, desired: "down" });
  const agent = await connectLocalAgent(session);
  await agent?.shutdown();
}
