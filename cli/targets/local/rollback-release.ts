/** `mizan rollback` on one machine: the earlier release is warm, so it is one assignment. */

import { existsSync } from "node:fs";
import { MizanError } from "../../../infra/contract/errors.ts";
import { moveCurrent, readCurrent } from "../../state/pointer.ts";
import type { ReleaseRecord } from "../../state/release-record.ts";
import { listReleases, readRelease } from "../../state/releases.ts";
import type { RollbackOptions, RollbackResult } from "../target.ts";
import { applyPointer, ensureOrigin } from "./apply-pointer.ts";
import { ensureEnvironmentRecord, environmentHost, environmentUrl } from "./environment-record.ts";
import { type Held, type HoldOptions, holdEnvironment } from "./hold-environment.ts";
import { readLaunchPlan, releaseFiles } from "./launch-plan.ts";
import { ensureLocalAgent } from "./local-agent.ts";
import { type LocalSession, releaseFolder } from "./local-session.ts";
import { endHold, holdContexts, planHold } from "./mizan/context-hold.ts";
import { readLastExit } from "./read-last-exit.ts";
import { readLogTail } from "./read-logs.ts";
import { returnToPointer, takeBackSwitch } from "./recover-unfinished.ts";
import { retireReleases } from "./retire-releases.ts";
import { verifyRelease } from "./verify-release.ts";

export async function rollbackRelease(
  session: LocalSession,
  options: RollbackOptions,
): Promise<RollbackResult> {
  const startedAtMs = session.context.nowMs();
  const to = await chooseRelease(session, options.to);
  const hold: HoldOptions = {
    kind: "rollback",
    release: to,
    waitSeconds: options.waitSeconds,
    undo: async () => {
      await takeBackSwitch(session, to);
      await returnToPointer(session);
    },
  };
  return holdEnvironment(session, hold, async (held) => {
    const from = requireLive(held.from);
    const target = await readRelease(session.store, to);
    // The command that this one waited for may have gone back already.
    if (from !== to) {
      await checkMigrations(session, target, options.allowMigrations);
      await switchBack(session, held, to);
    }
    const environment = await ensureEnvironmentRecord(session);
    const durationMs = session.context.nowMs() - startedAtMs;
    return { from, to, url: environmentUrl(environment), durationMs };
  });
}

async function switchBack(session: LocalSession, held: Held, to: string): Promise<void> {
  const environment = await ensureEnvironmentRecord(session); // it shall be up, also after `down`
  const agent = await ensureLocalAgent(session);
  const plan = await readLaunchPlan(releaseFolder(session, to));
  await held.step("start", `Start release ${to}`, async (step) => {
    const { processes } = await agent.status();
    if (processes.some((each) => each.name === "origin" && each.release === to)) {
      step.skip("still warm");
    }
    const slot = await ensureOrigin(session, agent, plan, { renderers: "wanted" });
    await verifyRelease({
      release: to,
      socketPath: session.paths.slotSocket(slot),
      host: environmentHost(environment),
      asksRoot: false,
      settleMs: 0,
      signal: held.signal,
      readLogTail: () => readLogTail(session.paths.logs, "origin", to),
      readLastExit: () => readLastExit(agent, to),
    });
  });
  const change = await planHold(session, { from: held.from, to, everything: true });
  await held.step("switch", "Switch traffic", async () => {
    await holdContexts(session, agent, change);
    await moveCurrent(session.store, { from: held.from, to, nowMs: session.context.nowMs() });
    await applyPointer(session, agent);
  });
  await held.step("retire", "Retire older releases", async () => {
    await retireReleases(session, agent);
    await endHold(session, agent, change);
  });
}

/** @throws {MizanError} RELEASE_UNKNOWN, NOTHING_LIVE */
async function chooseRelease(session: LocalSession, wanted: string | null): Promise<string> {
  const pointer = await readCurrent(session.store);
  const live = requireLive(pointer?.release ?? null);
  const to = wanted ?? (await findEarlier(session, live, pointer?.previous ?? null));
  if (to === null) {
    throw new MizanError("RELEASE_UNKNOWN", `There is no release before ${live}.`, {
      hint: "mizan releases",
    });
  }
  const record = await readRelease(session.store, to);
  const files = releaseFiles(releaseFolder(session, to));
  if (to === live || !existsSync(files.launchPlan)) {
    const why = to === live ? "is live already" : `is ${record.status}; its files are gone`;
    throw new MizanError("RELEASE_UNKNOWN", `Release ${to} ${why}.`, { hint: "mizan releases" });
  }
  return to;
}

/** The one that was live before; after an undone deploy, the newest other one that was ever live. */
async function findEarlier(
  session: LocalSession,
  live: string,
  previous: string | null,
): Promise<string | null> {
  const usable = (await listReleases(session.store)).filter(
    (record) => record.status === "superseded" && record.id !== live,
  );
  return usable.find((record) => record.id === previous)?.id ?? usable[0]?.id ?? null;
}

function requireLive(release: string | null): string {
  if (release !== null) return release;
  throw new MizanError(
    "NOTHING_LIVE",
    "Nothing is live here, so there is nothing to go back from.",
    {
      hint: "mizan deploy",
    },
  );
}

/**
 * The code goes back, the database does not. Migrations that only expand the schema do not disturb
 * older code; any other needs a word from the person (D13, migration classes).
 */
async function checkMigrations(
  session: LocalSession,
  target: ReleaseRecord,
  isAllowed: boolean,
): Promise<void> {
  const later = (await listReleases(session.store)).filter(
    (record) => record.id > target.id && record.liveAt !== undefined,
  );
  const applied = later.flatMap((record) => record.migrations ?? []);
  const risky = applied.filter((migration) => migration.class !== "expand");
  if (risky.length === 0) return;
  const list = risky.map((each) => `${each.app}.${each.name} (${each.class})`).join(", ");
  if (isAllowed) {
    session.context.out.warn(`The database keeps ${list}; release ${target.id} was made before.`);
    return;
  }
  throw new MizanError(
    "GUARD_REFUSED",
    `Release ${target.id} was made before migrations that its code may not fit: ${list}.`,
    {
      hint: "If its code can live with them: mizan rollback --allow-migrations",
      details: { release: target.id, migrations: risky.map((each) => `${each.app}.${each.name}`) },
    },
  );
}
