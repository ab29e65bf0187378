/** `mizan run`: a manage.py command with the live release's code, settings and variables. */

import { constants } from "node:os";
import { execa } from "execa";
import { MizanError } from "../../../infra/contract/errors.ts";
import { readCurrent } from "../../state/pointer.ts";
import { readLaunchPlan } from "./launch-plan.ts";
import { type LocalSession, releaseFolder } from "./local-session.ts";
import { bumpWhileRunning } from "./mizan/bump-while-running.ts";
import { buildRuntimeEnv } from "./process-specs.ts";
import { bringBack } from "./report-status.ts";
import { readVariablesFile } from "./variables-file.ts";

/**
 * Keeps the terminal, so that `createsuperuser` and `shell` work; with `--json` the output becomes
 * events. @returns the command's exit status, 128 + n for a signal as shells have it.
 * @throws {MizanError} NOTHING_LIVE
 */
export async function runManage(session: LocalSession, args: readonly string[]): Promise<number> {
  await bringBack(session);
  const pointer = await readCurrent(session.store);
  if (pointer === null) {
    throw new MizanError("NOTHING_LIVE", "Nothing is live here to run it in.", {
      hint: "mizan deploy",
    });
  }
  const { release } = pointer;
  return bumpWhileRunning(session, release, () => runCommand(session, release, args));
}

async function runCommand(
  session: LocalSession,
  release: string,
  args: readonly string[],
): Promise<number> {
  const plan = await readLaunchPlan(releaseFolder(session, release));
  const { out } = session.context;
  const terminal = session.context.env["TERM"];
  const child = execa(plan.pythonPath, ["-m", "mizan_runtime", "manage", ...args], {
    cwd: plan.backendFolder,
    env: {
      ...(await readVariablesFile(plan.variablesFile)),
      ...buildRuntimeEnv(plan, session.specs),
      ...(terminal === undefined ? {} : { TERM: terminal }),
      ...readSuperuser(session.context.env),
    },
    extendEnv: false,
    stdin: "inherit",
    stdout: out.json ? "pipe" : "inherit",
    stderr: out.json ? "pipe" : "inherit",
    reject: false,
  });
  // Ctrl-C reaches the child by itself: it has the same terminal. What was sent to us alone does not.
  session.context.signal.addEventListener("abort", () => {
    const { reason } = session.context.signal;
    if (reason instanceof MizanError && reason.details?.["signal"] === "SIGTERM")
      child.kill("SIGTERM");
  });
  if (out.json) {
    await Promise.all([
      forward(child.iterable({ from: "stdout" }), "stdout"),
      forward(child.iterable({ from: "stderr" }), "stderr"),
    ]);
  }
  const done = await child;
  if (done.signal !== undefined) return 128 + (constants.signals[done.signal] ?? 0);
  return done.exitCode ?? 1;

  async function forward(lines: AsyncIterable<string>, stream: "stdout" | "stderr") {
    for await (const line of lines) out.event({ type: "output", stream, line });
  }
}

/**
 * What `createsuperuser --noinput` reads: https://docs.djangoproject.com/en/stable/ref/django-admin/#createsuperuser.
 * Of the rest of the shell nothing is passed: a DATABASE_URL there may be another environment's.
 */
function readSuperuser(shell: Readonly<Record<string, string | undefined>>) {
  return Object.fromEntries(
    Object.entries(shell).filter(([name]) => name.startsWith("DJANGO_SUPERUSER_")),
  );
}
