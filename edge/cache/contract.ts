/**
 * What the Edge worker and whoever runs it agree on: bindings, and the control interface that
 * pushes a release into it. Imports nothing; type-checks under Node and workers types.
 */

/** Names of the worker's bindings. */
export const BINDING = {
  /** Disk service over the content-addressed files: GET `/<sha256>`. */
  assets: "ASSETS",
  /** Disk service over MEDIA_ROOT: GET `/<path>`. */
  media: "MEDIA",
  /** JSON `EdgeState` that the Edge starts with (null at an environment's first start). */
  initial: "INITIAL_STATE",
  /** Origin of slot n is the service binding `ORIGIN_<n>`. */
  origin: (slot: number) => `ORIGIN_${slot}`,
} as const;

/**
 * Places for origins that one Edge can know: each is a fixed address (a Unix socket), so that a
 * release is data and needs no new configuration. Live + warm previous + new + those that drain.
 */
export const SLOT_COUNT = 8;

/** One file of the release, by its content. */
export interface Asset {
  /** Lower-case hex SHA-256 of the content; its name in the ASSETS service. */
  readonly sha256: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  /** The URL holds a content hash, so browsers may keep it for a year. */
  readonly immutable: boolean;
}

/** URL path (decoded, leading slash, no query) to file. */
export type AssetTable = Readonly<Record<string, Asset>>;

/** A release as the Edge sees it: data, never configuration. */
export interface EdgeRelease {
  readonly release: string;
  readonly slot: number;
  /** Static files under STATIC_URL and, where a frontend is served beside Django, its build output at `/`. */
  readonly assets: AssetTable;
  /**
   * Document that answers navigations which Django's URLconf does not resolve, e.g. `/index.html`
   * (a key of `assets`); null: Django answers everything.
   */
  readonly fallback: string | null;
  /** `true`: `/` goes to Django; `false`: to the fallback document without asking Django. */
  readonly djangoServesRoot: boolean;
  /** Path prefix of uploaded files served from MEDIA, e.g. `/media/`; null: not by the Edge. */
  readonly mediaPrefix: string | null;
}

/** Everything the Edge has been told. `PUT /release` replaces it in one assignment. */
export interface EdgeState {
  readonly version: 1;
  readonly live: EdgeRelease;
  /** Static files of kept releases, oldest last: still served when the live release has no such path. */
  readonly kept: readonly AssetTable[];
}

/**
 * Control interface (Unix socket, mode 0600, never the public listener).
 *
 * - `PUT /release` with `EdgeState` → 200 `{"release": …}` once every later request uses it; 400 with a reason.
 * - `GET /state` → `EdgeReport`.
 */
export interface EdgeReport {
  readonly version: 1;
  /** null: nothing was pushed yet; every request is answered 503. */
  readonly release: string | null;
  /** Requests that are under way at each slot (headers sent to the origin, body not yet read to its end). */
  readonly inFlight: Readonly<Record<string, number>>;
}
