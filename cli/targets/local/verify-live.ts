/** `mizan verify` on one machine: the conformance probe against what is live. Changes nothing. */

import { MizanError } from "../../../infra/contract/errors.ts";
import { readRelease } from "../../state/releases.ts";
import type { VerifyResult } from "../target.ts";
import { readEdgeState } from "./apply-pointer.ts";
import { readLaunchPlan } from "./launch-plan.ts";
import { type LocalSession, releaseFolder } from "./local-session.ts";
import { conformRelease } from "./mizan/conform-release.ts";
import { requireLiveEdge } from "./require-live-edge.ts";

/** @throws {MizanError} NOTHING_LIVE; RELEASE_UNHEALTHY, SERVICE_FAILED where nothing answers at all */
export async function verifyLive(session: LocalSession): Promise<VerifyResult> {
  const release = await requireLiveEdge(session);
  const { slot } = await readRelease(session.store, release);
  if (slot === undefined) {
    throw new MizanError("SERVICE_FAILED", `Release ${release} does not run.`, {
      hint: "mizan up",
    });
  }
  const { live } = await readEdgeState(session, release);
  const checks = await conformRelease(session, {
    plan: await readLaunchPlan(releaseFolder(session, release)),
    slot,
    asksRoot: live.djangoServesRoot,
    exportsAgain: true,
    signal: session.context.signal,
  });
  return { release, ok: checks.every(({ ok }) => ok), checks };
}
