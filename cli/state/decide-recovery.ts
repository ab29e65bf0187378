/** What to do about a command that was cut off: finish it or undo it. Pure. */
import type { JournalRecord } from "./journal.ts";
import type { Pointer } from "./pointer.ts";

export interface Recovery {
  readonly action: "finish" | "undo";
  /** For people: after "The last deploy was cut off: ". */
  readonly reason: string;
}

/**
 * The pointer is the point of no return: once it names the journal's release, users have it.
 * Stopping things (`down`, `destroy`) is only ever finished: there is nothing to go back to.
 */
export function decideRecovery(
  journal: Pick<JournalRecord, "kind" | "release" | "steps">,
  pointer: Pick<Pointer, "release"> | null,
): Recovery {
  if (journal.kind === "down" || journal.kind === "destroy") {
    // Before its first step it has stopped nothing, and has not noted what it would have kept.
    if (journal.steps.length === 0) return { action: "undo", reason: "it had not begun" };
    return { action: "finish", reason: `a ${journal.kind} that has begun is finished` };
  }
  if (journal.release !== null && pointer?.release === journal.release) {
    return { action: "finish", reason: `release ${journal.release} is live already` };
  }
  const live =
    pointer === null ? "nothing is live yet" : `release ${pointer.release} is still live`;
  return { action: "undo", reason: live };
}
