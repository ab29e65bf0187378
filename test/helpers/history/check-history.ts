/** Checks what clients saw against the promises of the cache protocol. Pure. */

import type { History, Mutation, Read, Switch } from "./history.ts";

export interface HistoryCheck {
  /** One sentence each; empty: the history is what was promised. */
  readonly violations: readonly string[];
  /** Mutations whose answer was followed by a read of their counter. */
  readonly samples: number;
}

/**
 * - A read sent after a mutation's answer sees it, whatever that answer was, if it was carried out.
 * - No read sees more than was begun by the time of its answer.
 * - Reads of one entry, each sent after the answer to the one before, never go back.
 * - After a switch a context's answers are the new release's, before it the old one's.
 */
export function checkHistory({ mutations, reads, switches }: History): HistoryCheck {
  const violations: string[] = [];
  let samples = 0;
  const writesByKey = groupBy(mutations, ({ key }) => key);
  for (const [key, itsReads] of groupBy(reads, (read) => read.key)) {
    const writes = writesByKey.get(key) ?? [];
    violations.push(...findStale(writes, itsReads), ...findInvented(writes, itsReads));
    samples += countSamples(writes, itsReads);
  }
  for (const itsReads of groupBy(reads, ({ entry }) => entry).values()) {
    violations.push(...findReturned(itsReads));
  }
  violations.push(...findWrongRevisions(switches, reads));
  return { violations, samples };
}

type Answered = Mutation & { readonly answeredAt: number };

function findStale(writes: readonly Mutation[], reads: readonly Read[]): string[] {
  const seen: Evidence[] = reads.map(({ answeredAt, n }) => ({ answeredAt, n }));
  const known = listDone(writes).map((write) => {
    const evidence = { ...write, n: findValueAfter(write, seen) };
    seen.push(evidence);
    return evidence;
  });
  return bySentAt(reads).flatMap((read) => {
    const before = known.filter(({ answeredAt }) => answeredAt < read.sentAt);
    const largest = before.reduce<(typeof known)[number] | null>(
      (most, each) => (most === null || each.n > most.n ? each : most),
      null,
    );
    if (largest === null || read.n >= largest.n) return [];
    return [
      `stale: ${describeRead(read)}, at least ${largest.n} after ${describeMutation(largest)}`,
    ];
  });
}

interface Evidence {
  readonly answeredAt: number;
  readonly n: number;
}

/** As its answer says; else more than whatever was seen before it was sent. */
function findValueAfter({ n, sentAt, raises }: Answered, seen: readonly Evidence[]): number {
  if (n !== null) return n;
  const before = seen.filter(({ answeredAt }) => answeredAt < sentAt);
  return raises + Math.max(0, ...before.map((each) => each.n));
}

function findInvented(writes: readonly Mutation[], reads: readonly Read[]): string[] {
  const begun = bySentAt(writes);
  let position = 0;
  let most = 0;
  const sorted = [...reads].sort((one, other) => one.answeredAt - other.answeredAt);
  return sorted.flatMap((read) => {
    for (; (begun[position]?.sentAt ?? Number.POSITIVE_INFINITY) < read.answeredAt; position += 1) {
      most += begun[position]?.raises ?? 0;
    }
    return read.n <= most ? [] : [`invented: ${describeRead(read)}, at most ${most} were begun`];
  });
}

function findReturned(reads: readonly Read[]): string[] {
  const answered = [...reads].sort((one, other) => one.answeredAt - other.answeredAt);
  let position = 0;
  let seen: Read | null = null;
  return bySentAt(reads).flatMap((read) => {
    for (; isBefore(answered[position], read.sentAt); position += 1) {
      const before = answered[position];
      if (before !== undefined && before.n > (seen?.n ?? -1)) seen = before;
    }
    if (seen === null || read.n >= seen.n) return [];
    return [`went back: ${describeRead(read)}, after ${describeRead(seen)}`];
  });
}

function findWrongRevisions(switches: readonly Switch[], reads: readonly Read[]): string[] {
  return reads.flatMap((read) => {
    const own = switches.filter(({ key }) => key === read.key);
    if (own.length === 0) return [];
    const done = own.findLast(({ doneAt }) => doneAt < read.sentAt);
    const begun = own.filter(({ beganAt }) => beganAt < read.answeredAt);
    const allowed = [done ?? own[0], ...begun.filter(({ doneAt }) => doneAt >= read.sentAt)];
    if (allowed.some((each) => each?.revision === read.revision)) return [];
    return [`release ${read.revision}: ${describeRead(read)}, after a switch`];
  });
}

/** Answered writes that a later read could have shown to be lost. */
function countSamples(writes: readonly Mutation[], reads: readonly Read[]): number {
  const lastSentAt = Math.max(...reads.map(({ sentAt }) => sentAt));
  return listDone(writes).filter(({ answeredAt }) => answeredAt < lastSentAt).length;
}

/** In the order of their answers. */
function listDone(writes: readonly Mutation[]): Answered[] {
  const done = writes.flatMap((write) =>
    write.isDone === true && write.answeredAt !== null
      ? [{ ...write, answeredAt: write.answeredAt }]
      : [],
  );
  return done.sort((one, other) => one.answeredAt - other.answeredAt);
}

function isBefore(event: Read | undefined, at: number): boolean {
  return event !== undefined && event.answeredAt < at;
}

function bySentAt<T extends { readonly sentAt: number }>(events: readonly T[]): T[] {
  return [...events].sort((one, other) => one.sentAt - other.sentAt);
}

function groupBy<T>(events: readonly T[], keyOf: (event: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const event of events) {
    const group = groups.get(keyOf(event));
    if (group === undefined) groups.set(keyOf(event), [event]);
    else group.push(event);
  }
  return groups;
}

function describeRead({ key, entry, n, mark, sentAt, answeredAt }: Read): string {
  return `${entry} (${key}) was ${n}, ${mark}, sent ${sentAt}, answered ${answeredAt}`;
}

function describeMutation({ name, n, sentAt, answeredAt }: Answered): string {
  return `${name} (${n ?? "no value"}), sent ${sentAt}, answered ${answeredAt}`;
}
