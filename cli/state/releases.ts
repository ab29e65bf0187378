/** The releases of an environment in its state store. */
import { MizanError } from "../../infra/contract/errors.ts";
import { isReleaseId } from "./release-id.ts";
import { parseReleaseRecord, type ReleaseRecord } from "./release-record.ts";
import { removeDocument } from "./remove-document.ts";
import type { StateStore } from "./store.ts";
import { updateDocument } from "./update-document.ts";

const PREFIX = "releases/";

/** What a release's later life may change; the rest of a record is fixed when it is made. */
export type ReleaseChanges = Partial<Omit<ReleaseRecord, "formatVersion" | "id" | "createdAt">>;

/** @throws {MizanError} STATE_CONFLICT when a release of that id exists. */
export async function createRelease(
  store: StateStore,
  record: ReleaseRecord,
): Promise<ReleaseRecord> {
  const release = parseReleaseRecord(record);
  if ((await store.create(PREFIX + release.id, release)) === null) {
    throw new MizanError("STATE_CONFLICT", `Release ${release.id} exists already`, {
      hint: "Run the same command again.",
      details: { release: release.id },
    });
  }
  return release;
}

/**
 * @param id raw, as typed by the user or found in a document.
 * @throws {MizanError} RELEASE_UNKNOWN, STATE_NEWER
 */
export async function readRelease(store: StateStore, id: string): Promise<ReleaseRecord> {
  const stored = isReleaseId(id) ? await store.read(PREFIX + id) : null;
  if (stored === null) throw buildUnknownError(id);
  return parseReleaseRecord(stored.value);
}

/**
 * Newest first.
 *
 * @throws {MizanError} STATE_NEWER
 */
export async function listReleases(store: StateStore): Promise<readonly ReleaseRecord[]> {
  const keys = await store.list(PREFIX);
  const documents = await Promise.all(keys.map((key) => store.read(key)));
  return documents
    .flatMap((stored) => (stored === null ? [] : [parseReleaseRecord(stored.value)]))
    .sort((a, b) => (a.id < b.id ? 1 : -1));
}

/**
 * Changes some fields and leaves the others as another process may have written them meanwhile.
 *
 * @throws {MizanError} RELEASE_UNKNOWN, STATE_NEWER
 */
export async function updateRelease(
  store: StateStore,
  id: string,
  changes: ReleaseChanges,
): Promise<ReleaseRecord> {
  return updateDocument(store, PREFIX + id, (current) => {
    if (current === null) throw buildUnknownError(id);
    return parseReleaseRecord({ ...parseReleaseRecord(current.value), ...changes });
  });
}

/** Forgets a release; missing is success. */
export async function removeRelease(store: StateStore, id: string): Promise<void> {
  await removeDocument(store, PREFIX + id);
}

function buildUnknownError(id: string): MizanError {
  return new MizanError("RELEASE_UNKNOWN", `There is no release ${JSON.stringify(id)}`, {
    hint: "See the releases with `mizan releases`.",
    details: { release: id },
  });
}
