/** The record of one release (D4): what it was made of and what became of it. Never holds a secret's value. */
import { z } from "zod";
import { MizanError } from "../../infra/contract/errors.ts";
import { isReleaseId } from "./release-id.ts";

/** Raise it when an older `mizan` could misread a record. A new optional field needs no new version. */
const RELEASE_FORMAT_VERSION = 1;

const migrationClass = z.enum(["expand", "blocks-old-writes", "contract", "review", "opaque"]);

const migration = z.object({
  app: z.string(),
  name: z.string(),
  /** Worst class over its operations. */
  class: migrationClass,
  operations: z.array(z.object({ summary: z.string(), class: migrationClass })),
});

/** A field that nothing fills yet is absent. */
const releaseRecordSchema = z.object({
  formatVersion: z.literal(RELEASE_FORMAT_VERSION),
  id: z.string().refine(isReleaseId, "must be 1 to 20 lower-case letters and digits"),
  /** The release that was live when this one was made. */
  parent: z.string().exactOptional(),
  /** ISO 8601, UTC. */
  createdAt: z.iso.datetime(),
  /** `user@host`. */
  createdBy: z.string(),
  mizanVersion: z.string(),
  status: z.enum(["building", "ready", "live", "superseded", "failed", "undone"]),
  /** Why it failed or was undone, for people. */
  reason: z.string().exactOptional(),
  /** When it last became live. ISO 8601, UTC. */
  liveAt: z.iso.datetime().exactOptional(),

  gitCommit: z.string().exactOptional(),
  /** Whether the working tree differed from the commit. */
  dirty: z.boolean().exactOptional(),
  /** Over the files that ship. */
  treeHash: z.string().exactOptional(),
  /** Over everything that a release is made of: equal to the live one's = `unchanged`. */
  inputsHash: z.string().exactOptional(),
  factsHash: z.string().exactOptional(),

  /** Key of the Python environment: interpreter version and lock hash. */
  venvKey: z.string().exactOptional(),
  /** Version of the interpreter, e.g. `3.12.7`. */
  pythonVersion: z.string().exactOptional(),
  /** Of the frontends' build outputs. */
  frontendHash: z.string().exactOptional(),
  /** Of the static files. */
  staticHash: z.string().exactOptional(),
  /** Of the Edge worker's bundle that the release went live with. */
  edgeBundleHash: z.string().exactOptional(),

  /** Of the Edge manifest in canonical form; absent where the app has none. */
  manifestHash: z.string().exactOptional(),
  /** Ring to the names of the keys that were live when it was made (D9). Never a key. */
  ringKids: z.record(z.string(), z.array(z.string())).exactOptional(),
  /** Variables that hold a ring's key: name → ring. */
  ringVariables: z.record(z.string(), z.enum(["mwt", "jwt", "cache"])).exactOptional(),

  /** Leaf migration per app when the release went live: `{"shop": "0003_order"}`. */
  migrationHeads: z.record(z.string(), z.string()).exactOptional(),
  /** Migrations that this release applied, in order, with the class of each operation. */
  migrations: z.array(migration).exactOptional(),

  /** Environment variables it runs with: name → where the value came from. */
  variables: z.record(z.string(), z.string()).exactOptional(),
  /** HMAC of the values under this environment's own key: tells "unchanged", gives nothing away. */
  variablesFingerprint: z.string().exactOptional(),

  /** Place of its origin at the Edge (`SLOT_COUNT`). */
  slot: z.int().nonnegative().exactOptional(),
});

export type ReleaseRecord = Readonly<z.infer<typeof releaseRecordSchema>>;

/** Fields of a newer minor version survive an update by this one. */
const readSchema = releaseRecordSchema.loose();

const formatSchema = z.object({ formatVersion: z.int(), mizanVersion: z.string().exactOptional() });

/**
 * @param value what the store gave.
 * @throws {MizanError} STATE_NEWER when a newer `mizan` wrote it.
 */
export function parseReleaseRecord(value: unknown): ReleaseRecord {
  const format = formatSchema.parse(value);
  if (format.formatVersion > RELEASE_FORMAT_VERSION) {
    const writer = format.mizanVersion ?? "a newer version";
    throw new MizanError(
      "STATE_NEWER",
      `A release record has format ${format.formatVersion}, written by mizan ${writer}; this mizan knows format ${RELEASE_FORMAT_VERSION}`,
      {
        hint: "Use the newer mizan; nothing was changed.",
        details: { recordVersion: format.formatVersion, knownVersion: RELEASE_FORMAT_VERSION },
      },
    );
  }
  return readSchema.parse(value);
}
