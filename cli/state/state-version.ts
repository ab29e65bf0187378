/** The version of the state of an environment: newer state is refused untouched, older is taken over. */
import { z } from "zod";
import { MizanError } from "../../infra/contract/errors.ts";
import type { StateStore } from "./store.ts";

/** Raise it when an older `mizan` could misread what is stored, and add the migration from the one before. */
const STATE_FORMAT_VERSION = 1;

const FORMAT_KEY = "format";

const stateFormatSchema = z.object({
  version: z.int().positive(),
  /** The version of `mizan` that brought the state to this format. */
  mizanVersion: z.string(),
});
export type StateFormat = Readonly<z.infer<typeof stateFormatSchema>>;

/** Rewrites documents of format `from` as those of `from + 1`. Idempotent: it may be cut off and run again. */
export interface StateMigration {
  readonly from: number;
  migrate(store: StateStore): Promise<void>;
}

export interface StateVersionOptions {
  /** Of the running program. */
  readonly mizanVersion: string;
  /** Highest format that this program knows. */
  readonly formatVersion?: number;
  readonly migrations?: readonly StateMigration[];
}

/** There is no older format yet. */
const MIGRATIONS: readonly StateMigration[] = [];

/**
 * Refuses state that a newer `mizan` wrote; writes nothing, needs no lease.
 *
 * @returns null where nothing was ever stored.
 * @throws {MizanError} STATE_NEWER
 */
export async function checkStateVersion(
  store: StateStore,
  options: StateVersionOptions,
): Promise<StateFormat | null> {
  const stored = await store.read(FORMAT_KEY);
  if (stored === null) return null;
  const format = stateFormatSchema.parse(stored.value);
  const known = options.formatVersion ?? STATE_FORMAT_VERSION;
  if (format.version > known) throw buildNewerError(format, known, options.mizanVersion);
  return format;
}

/**
 * Brings the state to this program's format, from nothing or from an older one. Only under the lease.
 *
 * @throws {MizanError} STATE_NEWER; nothing is changed then.
 */
export async function ensureStateVersion(
  store: StateStore,
  options: StateVersionOptions,
): Promise<void> {
  const known = options.formatVersion ?? STATE_FORMAT_VERSION;
  const format = await checkStateVersion(store, options);
  if (format?.version === known) return;
  // The number rises after each migration, so one that was cut off runs again.
  for (let version = format?.version ?? known; version < known; version += 1) {
    await findMigration(version, options.migrations ?? MIGRATIONS).migrate(store);
    await writeFormat(store, version + 1, options.mizanVersion);
  }
  if (format === null) await writeFormat(store, known, options.mizanVersion);
}

function findMigration(from: number, migrations: readonly StateMigration[]): StateMigration {
  const migration = migrations.find((each) => each.from === from);
  if (migration === undefined) throw new Error(`No migration from state format ${from}`);
  return migration;
}

async function writeFormat(store: StateStore, version: number, mizanVersion: string) {
  const format: StateFormat = { version, mizanVersion };
  const stored = await store.read(FORMAT_KEY);
  const etag =
    stored === null
      ? await store.create(FORMAT_KEY, format)
      : await store.replace(FORMAT_KEY, format, stored.etag);
  if (etag === null) {
    throw new MizanError("STATE_CONFLICT", "Another command changed the version of the state", {
      hint: "Run the same command again.",
    });
  }
}

function buildNewerError(format: StateFormat, known: number, mizanVersion: string): MizanError {
  return new MizanError(
    "STATE_NEWER",
    `The state was written by mizan ${format.mizanVersion} (format ${format.version}); this is mizan ${mizanVersion} (format ${known})`,
    {
      hint: `Use mizan ${format.mizanVersion} or newer; nothing was changed.`,
      details: {
        stateVersion: format.version,
        stateMizanVersion: format.mizanVersion,
        knownVersion: known,
        mizanVersion,
      },
    },
  );
}
