/** One command at a time changes an environment; what an earlier one left half done is repaired first. */

import type { StepHandle } from "../../context.ts";
import { type Journal, type JournalKind, openJournal } from "../../state/journal.ts";
import { readLeaseOwner } from "../../state/lease-owner.ts";
import { readCurrent } from "../../state/pointer.ts";
import { ensureMizanFolder } from "./environment-paths.ts";
import type { LocalSession } from "./local-session.ts";
import { abandonUnfinished, recoverUnfinished } from "./recover-unfinished.ts";

export interface HoldOptions {
  readonly kind: JournalKind;
  /** The release that shall be live in the end, or null. */
  readonly release: string | null;
  /** null: do not wait for another command. */
  readonly waitSeconds: number | null;
  /** Takes back what a failed `run` has done. If it fails itself, the next command repairs. */
  readonly undo: (error: unknown) => Promise<void>;
}

/** What a use-case gets while it holds the environment. */
export interface Held {
  /** Aborted by Ctrl-C and when the lease was lost. */
  readonly signal: AbortSignal;
  readonly journal: Journal;
  /** The release that was live when the command began, or null. */
  readonly from: string | null;
  /** A step that is shown, timed and journalled. Idempotent, as the journal asks. */
  step<T>(name: string, title: string, run: (step: StepHandle) => Promise<T>): Promise<T>;
}

/**
 * Takes the lease, repairs, journals what `run` does; a `run` that throws is undone.
 * @throws {MizanError} ENVIRONMENT_LOCKED naming the holder, STATE_NEWER.
 */
export async function holdEnvironment<T>(
  session: LocalSession,
  options: HoldOptions,
  run: (held: Held) => Promise<T>,
): Promise<T> {
  const { context, store } = session;
  const owner = readLeaseOwner(options.kind, context.env);
  await ensureMizanFolder(session.paths);
  const lease = await session.state.lock({
    owner,
    waitSeconds: options.waitSeconds,
    signal: context.signal,
    nowMs: context.nowMs,
    onWait: (holder) =>
      context.out.warn(`Waiting for ${holder.command} of ${holder.who} (process ${holder.pid})`),
  });
  const signal = AbortSignal.any([context.signal, lease.signal]);
  try {
    // Nothing that is broken may stand in the way of its removal.
    if (options.kind === "destroy") await abandonUnfinished(session);
    else await recoverUnfinished(session);
    const from = (await readCurrent(store))?.release ?? null;
    const journal = await openJournal(store, {
      kind: options.kind,
      release: options.release,
      from,
      run: owner.runUrl ?? `${owner.who}, process ${owner.pid}`,
      nowMs: context.nowMs,
    });
    const held: Held = {
      signal,
      journal,
      from,
      step: (name, title, work) => {
        signal.throwIfAborted();
        return journal.step(name, () => context.out.step(name, title, work));
      },
    };
    try {
      const result = await run(held);
      await journal.close("finished");
      return result;
    } catch (error) {
      await undoAndClose(session, options, journal, error);
      throw error;
    }
  } finally {
    await lease.release();
  }
}

/** The command's own error is the one to tell; an undo that fails leaves the journal to the next. */
async function undoAndClose(
  session: LocalSession,
  options: HoldOptions,
  journal: Journal,
  error: unknown,
): Promise<void> {
  try {
    await options.undo(error);
    await journal.close("undone");
  } catch (failure) {
    const why = failure instanceof Error ? failure.message : String(failure);
    session.context.out.warn(`Could not undo it yet: ${why} The next command tries again.`);
  }
}
