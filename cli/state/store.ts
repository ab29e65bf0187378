/** A small store of JSON documents with compare-and-set: the folder, S3 and Blob implement it (D4). */

/** Opaque version of one stored document. */
export type Etag = string;

export interface Stored<T = unknown> {
  readonly value: T;
  readonly etag: Etag;
}

/**
 * Keys are `/`-separated lower-case names: `current`, `lease`, `journal`, `releases/<id>`.
 * Every method may be called by several processes at once; every write is all or nothing.
 */
export interface StateStore {
  /** null: no such document. */
  read(key: string): Promise<Stored | null>;
  /** Writes a document that must not exist. @returns null if it does. */
  create(key: string, value: unknown): Promise<Etag | null>;
  /** Replaces the version named by `etag`. @returns null if that is not the current one. */
  replace(key: string, value: unknown, etag: Etag): Promise<Etag | null>;
  /** Removes the version named by `etag`. @returns false if that is not the current one. */
  remove(key: string, etag: Etag): Promise<boolean>;
  /** Keys that start with `prefix`, sorted. */
  list(prefix: string): Promise<readonly string[]>;
}
