/** `mizan up`, `down` and `destroy` on one machine. */

import { existsSync } from "node:fs";
import { MizanError } from "../../../infra/contract/errors.ts";
import { packageFile } from "../../package-files.ts";
import { readCurrent } from "../../state/pointer.ts";
import type { StatusResult } from "../target.ts";
import { installBootService } from "./boot-service.ts";
import { ensureEnvironmentRecord } from "./environment-record.ts";
import { type HoldOptions, holdEnvironment } from "./hold-environment.ts";
import type { LocalSession } from "./local-session.ts";
import { returnToPointer } from "./recover-unfinished.ts";
import { removeEnvironment, removeState } from "./remove-environment.ts";
import { reportStatus } from "./report-status.ts";
import { stopEnvironment } from "./stop-environment.ts";

/** Stopping is only ever finished, never taken back. */
const NOTHING_TO_UNDO = async () => undefined;
/** A deploy that is under way ends first. */
const WAIT_SECONDS = 60;

/** @throws {MizanError} NOTHING_LIVE */
export async function startUp(
  session: LocalSession,
  options: { readonly atBoot: boolean },
): Promise<StatusResult> {
  const release = (await readCurrent(session.store))?.release ?? null;
  if (release === null) {
    throw new MizanError("NOTHING_LIVE", "Nothing was ever deployed here.", {
      hint: "mizan deploy",
    });
  }
  await holdEnvironment(session, holdFor("up", release), async (held) => {
    await ensureEnvironmentRecord(session);
    await held.step("up", "Bring it up", () => returnToPointer(session));
  });
  if (options.atBoot) {
    const unit = await installBootService({
      projectRoot: session.projectRoot,
      environment: session.environment.name,
      nodePath: process.execPath,
      programPath: packageFile("dist/cli/bin.mjs"),
    });
    session.context.out.line(`Starts with the machine: ${unit}`);
  }
  return reportStatus(session);
}

/** @returns false where there was nothing to stop. */
export async function shutDown(session: LocalSession): Promise<boolean> {
  if (!existsSync(session.paths.folder)) return false;
  await holdEnvironment(session, holdFor("down", null), (held) =>
    held.step("down", "Stop everything", () => stopEnvironment(session)),
  );
  return true;
}

/**
 * Missing is success. @returns false where there was nothing to remove.
 * @throws {MizanError} CONFIRMATION_NEEDED, GUARD_REFUSED when the person says no.
 */
export async function destroy(
  session: LocalSession,
  options: { readonly keepData: boolean },
): Promise<boolean> {
  if (!existsSync(session.paths.folder)) return false;
  const what = options.keepData ? "all its releases" : "all its releases and data";
  const question = `Remove environment ${session.environment.name} with ${what}?`;
  if (!(await session.context.prompt.confirmTyped(question, session.environment.name))) {
    throw new MizanError("GUARD_REFUSED", "Nothing was removed.", { hint: "mizan destroy --yes" });
  }
  await holdEnvironment(session, holdFor("destroy", null), async (held) => {
    const { keepData } = options;
    // Its journal entry says what a command that goes on with it must keep.
    const remove = () =>
      held.journal.step("remove", () => removeEnvironment(session, keepData), {
        undo: { keepData },
      });
    await session.context.out.step("remove", "Stop and remove everything", remove);
  });
  await removeState(session);
  return true;
}

function holdFor(kind: HoldOptions["kind"], release: string | null): HoldOptions {
  return { kind, release, waitSeconds: WAIT_SECONDS, undo: NOTHING_TO_UNDO };
}
