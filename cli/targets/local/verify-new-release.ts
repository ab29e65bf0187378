/** Step of a deploy: the new release is asked before anyone else asks it, and must still be there afterwards. */

import { MizanError } from "../../../infra/contract/errors.ts";
import type { SettingsFacts } from "../../../runtime/origin/contract.ts";
import type { StepHandle } from "../../context.ts";
import { isFinding } from "../../verify/check.ts";
import type { AgentClient } from "./agent/agent-client.ts";
import { ensureEnvironmentRecord, environmentHost } from "./environment-record.ts";
import type { LaunchPlan } from "./launch-plan.ts";
import type { LocalSession } from "./local-session.ts";
import { conformRelease, describeFailedCheck } from "./mizan/conform-release.ts";
import { readLastExit } from "./read-last-exit.ts";
import { readLogTail } from "./read-logs.ts";
import { verifyRelease } from "./verify-release.ts";

export interface NewRelease {
  readonly plan: LaunchPlan;
  readonly facts: SettingsFacts;
  readonly slot: number;
  /** What is left of the time for which its process must stay up. */
  readonly settleMs: number;
  readonly signal: AbortSignal;
  readonly step: StepHandle;
}

/** @throws {MizanError} RELEASE_UNHEALTHY */
export async function verifyNewRelease(
  session: LocalSession,
  agent: AgentClient,
  options: NewRelease,
): Promise<void> {
  const { plan, facts, slot, signal } = options;
  const readTail = () => readLogTail(session.paths.logs, "origin", plan.release);
  await verifyRelease({
    release: plan.release,
    socketPath: session.paths.slotSocket(slot),
    host: environmentHost(await ensureEnvironmentRecord(session)),
    asksRoot: facts.urlconf.resolvesRoot,
    settleMs: options.settleMs,
    signal,
    readLogTail: readTail,
    readLastExit: () => readLastExit(agent, plan.release),
  });
  if (plan.edgeKeysFile !== null) await requireConformance(session, agent, options);
  const { processes } = await agent.status();
  const origin = processes.find((each) => each.name === "origin" && each.release === plan.release);
  if (origin?.state === "ready" && origin.restarts === 0) return;
  throw new MizanError(
    "RELEASE_UNHEALTHY",
    `The origin of release ${plan.release} ended right after its start (${origin?.lastExit ?? "gone"}); it took no traffic.`,
    {
      hint: "Fix the cause, then: mizan deploy",
      details: { output: await readTail() },
    },
  );
}

/** Of an app with a manifest: the Edge will answer in its place. */
async function requireConformance(
  session: LocalSession,
  agent: AgentClient,
  { plan, facts, slot, signal, step }: NewRelease,
): Promise<void> {
  await agent.startEdge(); // at a first deploy it has nothing to serve yet
  const checks = await conformRelease(session, {
    plan,
    slot,
    asksRoot: facts.urlconf.resolvesRoot,
    exportsAgain: false,
    signal,
  });
  for (const check of checks) {
    const { name, skipped, message } = check;
    if (isFinding(check)) session.context.out.warn(`${name}: ${message}. See: mizan verify`);
    else session.context.out.detail(`${skipped ? "-" : "✓"} ${name}: ${message}`);
  }
  const failed = checks.find(({ ok }) => !ok);
  if (failed !== undefined) {
    const output = await readLogTail(session.paths.logs, "origin", plan.release);
    throw describeFailedCheck(plan.release, failed, output);
  }
  step.note(`${checks.filter(({ skipped }) => !skipped).length} checks`);
}
