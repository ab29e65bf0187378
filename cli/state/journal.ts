/** The journal of a command that changes an environment: what began, what ended, so that the next one can repair (D4). */
import { z } from "zod";
import { MizanError } from "../../infra/contract/errors.ts";
import type { Etag, StateStore } from "./store.ts";
import { updateDocument } from "./update-document.ts";

const JOURNAL_KEY = "journal";
const LAST_KEY = "journal/last";

const JOURNAL_FORMAT_VERSION = 1;

const stepSchema = z.object({
  name: z.string(),
  state: z.enum(["started", "done", "failed"]),
  /** Unix time in milliseconds, likewise `endedAtMs`. */
  startedAtMs: z.number(),
  endedAtMs: z.number().exactOptional(),
  /** What it takes to undo this step, written before the step runs. No secrets. */
  undo: z.json().exactOptional(),
});
export type JournalStep = Readonly<z.infer<typeof stepSchema>>;

const journalSchema = z.object({
  formatVersion: z.literal(JOURNAL_FORMAT_VERSION),
  kind: z.enum(["deploy", "rollback", "up", "down", "destroy"]),
  /** The release that shall be live in the end; null where none shall. */
  release: z.string().nullable(),
  /** The release that was live before, or null. */
  from: z.string().nullable(),
  /** Who runs it: `user@host, process 123` or the address of a CI run. */
  run: z.string(),
  startedAtMs: z.number(),
  steps: z.array(stepSchema),
  /** In `journal/last` only. */
  outcome: z.enum(["finished", "undone", "failed"]).exactOptional(),
  closedAtMs: z.number().exactOptional(),
});
export type JournalRecord = Readonly<z.infer<typeof journalSchema>>;
export type JournalKind = JournalRecord["kind"];
export type JournalOutcome = NonNullable<JournalRecord["outcome"]>;
type JournalJson = z.infer<ReturnType<typeof z.json>>;

export interface JournalOptions {
  readonly kind: JournalKind;
  readonly release: string | null;
  readonly from: string | null;
  readonly run: string;
  /** Unix time in milliseconds. */
  readonly nowMs: () => number;
}

export interface StepOptions {
  /** What another process would need to undo the step. No secrets. */
  readonly undo?: JournalJson;
}

export interface Journal {
  /** As it is stored now. */
  readonly record: JournalRecord;
  /**
   * Notes the step, runs it, notes its end; its error passes through. The step must be idempotent:
   * after a crash it runs again under the same name.
   *
   * @throws {MizanError} STATE_CONFLICT when another command took over the journal.
   */
  step<T>(name: string, run: () => Promise<T>, options?: StepOptions): Promise<T>;
  /** Ends the journal and keeps it as the last one. */
  close(outcome: JournalOutcome): Promise<void>;
}

/**
 * Begins a journal. Only under the lease.
 *
 * @throws {MizanError} STATE_CONFLICT when there is an unfinished one: it must be dealt with first.
 */
export async function openJournal(store: StateStore, options: JournalOptions): Promise<Journal> {
  const { nowMs, ...facts } = options;
  const record: JournalRecord = {
    formatVersion: JOURNAL_FORMAT_VERSION,
    ...facts,
    startedAtMs: nowMs(),
    steps: [],
  };
  const etag = await store.create(JOURNAL_KEY, record);
  if (etag === null) throw buildConflict("there is an unfinished command before this one");
  return createJournal(store, { record, etag, nowMs });
}

/** The journal of a command that was cut off; null: there is none. */
export async function readUnfinished(store: StateStore): Promise<JournalRecord | null> {
  const stored = await store.read(JOURNAL_KEY);
  return stored === null ? null : journalSchema.parse(stored.value);
}

/**
 * Goes on with the unfinished journal, to finish or to undo it. Only under the lease.
 *
 * @returns null if there is none.
 */
export async function resumeJournal(
  store: StateStore,
  nowMs: () => number,
): Promise<Journal | null> {
  const stored = await store.read(JOURNAL_KEY);
  if (stored === null) return null;
  return createJournal(store, {
    record: journalSchema.parse(stored.value),
    etag: stored.etag,
    nowMs,
  });
}

/** The journal that was closed last, for `status`; null: there is none. */
export async function readLastJournal(store: StateStore): Promise<JournalRecord | null> {
  const stored = await store.read(LAST_KEY);
  return stored === null ? null : journalSchema.parse(stored.value);
}

interface OpenJournal {
  readonly record: JournalRecord;
  readonly etag: Etag;
  readonly nowMs: () => number;
}

function createJournal(store: StateStore, open: OpenJournal): Journal {
  const { nowMs } = open;
  let { record, etag } = open;

  /** Steps keep their order; one that runs again replaces its earlier entry. */
  async function note(step: JournalStep): Promise<void> {
    const known = record.steps.some((each) => each.name === step.name);
    const steps = known
      ? record.steps.map((each) => (each.name === step.name ? step : each))
      : [...record.steps, step];
    const next = { ...record, steps };
    const nextEtag = await store.replace(JOURNAL_KEY, next, etag);
    if (nextEtag === null) throw buildConflict("another command took over");
    record = next;
    etag = nextEtag;
  }

  async function step<T>(
    name: string,
    run: () => Promise<T>,
    options: StepOptions = {},
  ): Promise<T> {
    const undo = options.undo === undefined ? {} : { undo: options.undo };
    const started = { name, startedAtMs: nowMs(), ...undo };
    await note({ ...started, state: "started" });
    let result: T;
    try {
      result = await run();
    } catch (error) {
      // The step's own error is the one to tell; "started" would mean the same to a recovery.
      await note({ ...started, state: "failed", endedAtMs: nowMs() }).catch(() => undefined);
      throw error;
    }
    await note({ ...started, state: "done", endedAtMs: nowMs() });
    return result;
  }

  async function close(outcome: JournalOutcome): Promise<void> {
    const last = { ...record, outcome, closedAtMs: nowMs() };
    // First the copy: cut off in between, the journal is still there to be dealt with again.
    await updateDocument(store, LAST_KEY, () => last);
    if (!(await store.remove(JOURNAL_KEY, etag))) throw buildConflict("another command took over");
  }

  return {
    get record() {
      return record;
    },
    step,
    close,
  };
}

function buildConflict(what: string): MizanError {
  return new MizanError("STATE_CONFLICT", `The journal of the environment changed: ${what}`, {
    hint: "Run the same command again; it finishes or undoes what is half done.",
  });
}
