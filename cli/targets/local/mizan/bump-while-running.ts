/** While a management command runs, what it writes passes the Edge by: everything is invalidated again and again. */

import { bumpEdge } from "../edge/edge-control.ts";
import { readEnvironmentRecord } from "../environment-record.ts";
import type { LocalSession } from "../local-session.ts";
import { readMizanRelease } from "./mizan-release.ts";

/** edge-consistency 6. */
const INTERVAL_MS = 5_000;

/**
 * Bumps `*` every five seconds while `run` lasts, and once at its end, however it ends.
 * @param release the live one; without a manifest nothing is cached
 */
export async function bumpWhileRunning<T>(
  session: LocalSession,
  release: string,
  run: () => Promise<T>,
): Promise<T> {
  const isUp = (await readEnvironmentRecord(session.store))?.desired === "up";
  if (!isUp || (await readMizanRelease(session, release)) === null) return run();
  let under: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    under = under.then(() => bumpAll(session));
  }, INTERVAL_MS);
  try {
    return await run();
  } finally {
    clearInterval(timer);
    await under;
    await bumpAll(session);
  }
}

/** The command's own end is what counts: that the Edge does not answer is said, and no failure of it. */
async function bumpAll(session: LocalSession): Promise<void> {
  try {
    await bumpEdge(session.paths.edgeControlSocket, { targets: "*" });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    session.context.out.warn(
      `The cache could not be emptied (${why}): what it holds may be up to 5 minutes old.`,
    );
  }
}
