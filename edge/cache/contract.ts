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
  /** JSON `EdgeStart` of this process. Absent (null): it caches nothing. */
  start: "START",
  /** Origin of slot n is the service binding `ORIGIN_<n>`. */
  origin: (slot: number) => `ORIGIN_${slot}`,
  /** Render and SSR server of the release at slot n: `edge/render/contract.ts`. */
  render: (slot: number) => `RENDER_${slot}`,
  ssr: (slot: number) => `SSR_${slot}`,
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
  /** Large request bodies that may stream to its origin at once, the others wait their turn [4]. */
  readonly streamsAtOnce?: number;
  /** The app's cache protocol. Absent: it has no manifest, so everything is passed on. */
  readonly mizan?: MizanPolicy;
  /** Pages that the Edge has rendered itself. Only with `mizan`: they are made of contexts. */
  readonly pages?: EdgePages;
}

/** Declared pages of one release (design D8). The build id of their keys is that of `mizan`. */
export interface EdgePages {
  /** For the last step, when nothing renders: the browser does. */
  readonly document: {
    readonly start: string;
    readonly title: string;
    readonly middle: string;
    readonly end: string;
  };
  /** In the order of the config: the first that fits answers, before Django, after files. */
  readonly pages: readonly DeclaredPage[];
}

export interface DeclaredPage {
  /** Segments; `:name` takes one whole: `/products/:product_id`. `/` is the root. */
  readonly pattern: string;
  /** See `FragmentRequest.component`. */
  readonly component: string;
  /** `ssr`: it needs Node APIs, which Render does not have. */
  readonly renderedBy: "render" | "ssr";
  /** Rendered, with the status, where a context that the page needs is not there; null: the document alone. */
  readonly errorComponent: string | null;
  readonly contexts: readonly DeclaredContext[];
}

export interface DeclaredContext {
  readonly name: string;
  /** Parameter of the context → where its value comes from. A query parameter that is not there is left out. */
  readonly params: Readonly<Record<string, ParameterSource>>;
  /** The page does not wait for it: the component suspends on it. */
  readonly isLate: boolean;
}

export type ParameterSource =
  | { readonly from: "path"; readonly name: string }
  /** The last of that name, as in Django. */
  | { readonly from: "query"; readonly name: string }
  | { readonly from: "value"; readonly value: string };

/** How the contexts of one release are cached. */
export interface MizanPolicy {
  /** As the app printed it (protocol, 1.2). A state whose manifest has errors is refused with them. */
  readonly manifest: unknown;
  /** Hash over component bundle, template directories and static manifest: part of the key of pages. */
  readonly buildId: string;
  /** `true`: nothing is read from the cache; mutations are followed all the same. */
  readonly isCacheOff: boolean;
  /** Public `host[:port]` of the environment, as browsers write them; others bypass. */
  readonly hosts: readonly string[];
  /** `SESSION_COOKIE_NAME`. */
  readonly sessionCookie: string;
  /** Further cookies that tell who asks: JWT cookies, the config's `edge.identityCookies`. */
  readonly identityCookies: readonly string[];
  /** null: LocaleMiddleware is not in use. */
  readonly locale: LocalePolicy | null;
  /** Of tokens; null: `aud` is not looked at. */
  readonly audience: string | null;
  /** T of the cache protocol: how long after the forward the origin may still commit [60]. */
  readonly requestLimitSeconds: number;
  /** `edge.originLag`: so long after a bump the origin may still give the old value [0]. */
  readonly originLagMs: number;
  /** No entry is older, whatever its context says [300]. */
  readonly ttlCapSeconds: number;
}

export interface LocalePolicy {
  /** `LANGUAGES` in their order. */
  readonly languages: readonly {
    readonly code: string;
    /** Django finds a catalogue of its own or of the app: `check_for_language(code)`. */
    readonly hasCatalogue: boolean;
  }[];
  /** `LANGUAGE_CODE`. */
  readonly fallback: string;
  /** `LANGUAGE_COOKIE_NAME`. */
  readonly cookieName: string;
}

/** One key of a ring (design D9). */
export interface EdgeKey {
  readonly kid: string;
  readonly state: "sign" | "verify" | "retired";
  /** Used as it is written, as UTF-8 bytes. */
  readonly secret: string;
}

/**
 * Rings of the environment. They go over the control socket and into files of mode 0600, nowhere
 * else. Of each ring exactly one key signs and at most three are live.
 */
export interface EdgeSecrets {
  /** Wire between Edge and runtime; the same that MIZAN_EDGE_KEYS_FILE holds. */
  readonly edge: readonly EdgeKey[];
  /** Keys of entries are derived with the signing one. */
  readonly cache: readonly EdgeKey[];
  /** Empty: no token is valid. */
  readonly mwt: readonly EdgeKey[];
}

/** Everything the Edge has been told. `PUT /release` replaces it in one assignment. */
export interface EdgeState {
  readonly version: 1;
  readonly live: EdgeRelease;
  /** Static files of kept releases, oldest last: still served when the live release has no such path. */
  readonly kept: readonly AssetTable[];
  /** Present if `live.mizan` is. */
  readonly secrets?: EdgeSecrets;
}

/** Contexts by name, or all of them. */
export type EdgeScope = readonly string[] | "*";

/** What a process of the Edge is born with: workerd has neither randomness nor a clock at its start. */
export interface EdgeStart {
  /** Random; another one for each process, since each starts with an empty cache. */
  readonly incarnation: string;
  /** Unix ms: until then nothing is read from the cache. 0: the process before ended cleanly. */
  readonly quarantineUntilMs: number;
  /** That stood when the process before ended. */
  readonly holds: readonly EdgeHold[];
  /** Bytes of stored answers [128 MiB]. */
  readonly cacheBytes?: number;
}

/** Contexts that are neither read from the cache nor stored. */
export interface EdgeHold {
  /** Who holds; the same id again: both scopes are held until the later of the ends. */
  readonly id: string;
  readonly scope: EdgeScope;
  /** Unix ms: then they are bumped once and released, whether anybody says so or not; null: never by itself. */
  readonly untilMs: number | null;
}

/**
 * Control interface (Unix socket, mode 0600, never the public listener). JSON both ways; 400 and 404
 * with `{"error": …}`.
 *
 * - `PUT /release` `EdgeState` → `{"release": …}` once every later request uses it; 400 with a reason.
 *   Contexts that the two manifests describe differently are bumped in the same step.
 * - `POST /hold` `HoldRequest` → `{}` once it holds for every later read. Through the agent
 *   (`POST /edge/hold`), which gives holds to the process after this one.
 * - `POST /bump` `BumpRequest` → `BumpAnswer`.
 * - `POST /probe` `ProbeRequest` → `ProbeAnswer`.
 * - `POST /explain` `ExplainRequest` → `ExplainAnswer`. Asks nobody, changes nothing.
 * - `GET /state` → `EdgeReport`. `GET /stats` → `EdgeStats`.
 */
export const CONTROL_PATH = {
  release: "/release",
  hold: "/hold",
  bump: "/bump",
  probe: "/probe",
  explain: "/explain",
  state: "/state",
  stats: "/stats",
  drained: "/drained",
} as const;

/** `drained` is answered no earlier, so that whoever asks can end the process meanwhile. */
export const DRAINED_EARLIEST_MS = 500;

/** Out-of-band invalidations, on the public listener (cache protocol, 8 and 10). */
export const INVALIDATE_PATH = "/_mizan/invalidate";

/** The runtime's own context, cached during a probe alone. The same as in `runtime/origin/contract.ts`. */
export const PROBE_CONTEXT = { name: "_mizan_probe", path: "/_mizan/ctx/_mizan_probe/" } as const;

/** Answer of `GET /state`. */
export interface EdgeReport {
  readonly version: 1;
  /** null: nothing was pushed yet; every request is answered 503. */
  readonly release: string | null;
  /** Requests that are under way at each slot (headers sent to the origin, body not yet read to its end). */
  readonly inFlight: Readonly<Record<string, number>>;
  /** null: without a manifest nothing is cached. */
  readonly cache: EdgeCacheReport | null;
}

export interface EdgeCacheReport {
  /** Contexts of the live manifest. */
  readonly contexts: number;
  /** Those of them that the manifest does not exclude from the cache. */
  readonly cachedContexts: number;
  /** Page patterns of these alone; 0 while there are `unreadablePatterns`. */
  readonly cachedPages: number;
  readonly isCacheOff: boolean;
  readonly incarnation: string;
  /** Mutations whose forward is alive. */
  readonly openIntents: number;
  /** Mutations whose outcome nobody will say: their contexts bypass until nothing can commit any more. */
  readonly unknownIntents: number;
  /** Ids of the holds. */
  readonly holds: readonly string[];
  /** Unix ms; null: over. */
  readonly quarantineUntilMs: number | null;
  /** kids of the live keys by ring. */
  readonly kids: Readonly<Record<keyof EdgeSecrets, readonly string[]>>;
  /** Patterns of the manifest that are not understood; while there is one, no page is cached. */
  readonly unreadablePatterns: readonly string[];
}

export type HoldRequest =
  | ({ readonly action: "hold" } & EdgeHold)
  /** Bumped once and released. An unknown id is success. */
  | { readonly action: "release"; readonly id: string };

export interface BumpRequest {
  /** As in `protocol.md` 3.1 (a name, `{context, params?}`, `{function, params?}`), or all. */
  readonly targets: "*" | readonly unknown[];
}

export interface BumpAnswer {
  /** Names that the live manifest does not have: they bumped nothing. */
  readonly unknownNames: readonly string[];
}

/**
 * A question to a release that is not live yet, as if it were. `path` is that of the runtime's
 * probe context, or `INVALIDATE_PATH` with a message about it: nothing of it stays behind.
 */
export interface ProbeRequest {
  readonly release: string;
  readonly slot: number;
  readonly mizan: MizanPolicy;
  readonly secrets: EdgeSecrets;
  readonly method: "GET" | "POST";
  readonly path: string;
  /** Lower-case names: `x-mizan-token`, `x-mizan-signature`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty: none. */
  readonly body: string;
}

export interface ProbeAnswer {
  readonly status: number;
  /** Lower-case names, `x-mizan-edge` among them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /**
   * The runtime answered with an `X-Mizan-Wrote` that a key of the Edge ring signed. `false` for a
   * MISS: runtime and Edge do not know the same ring. A HIT says nothing and is `true`.
   */
  readonly isWireVerified: boolean;
}

export interface ExplainRequest {
  /** Absolute, as a browser would ask for it. */
  readonly url: string;
  /** Lower-case names; `x-mizan-token`, `cookie`, `accept-language`. Values are not repeated. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface ExplainAnswer {
  /** `context catalog`, `page user /profile/:user_id/`, `call`, `mutation`, `file`; null: none. */
  readonly rule: string | null;
  /** Contexts concerned, joined by `, `; null: none. */
  readonly context: string | null;
  /** null: by a token that is wrong or was not looked at, or by what the cache does not know. */
  readonly identity: "anonymous" | "token" | null;
  /** What is wrong with the token; null: nothing, or there is none. */
  readonly tokenProblem: string | null;
  readonly parameters: Readonly<Record<string, string>>;
  /** Context to its number at the moment. */
  readonly numbers: Readonly<Record<string, number>>;
  /** Parts of the key that are no secret; null: there is no key. */
  readonly key: Readonly<Record<string, string | null>> | null;
  /** What a GET would be now. */
  readonly outcome: "HIT" | "MISS" | "BYPASS";
  /** Of a BYPASS. */
  readonly reason: string | null;
  /** Of a HIT. */
  readonly ageMs: number | null;
  readonly remainingTtlMs: number | null;
}

/** Counted since the start of the process. */
export interface EdgeStats {
  readonly hits: number;
  readonly misses: number;
  /** By reason. */
  readonly bypasses: Readonly<Record<string, number>>;
  /** Misses that were not kept, by reason. */
  readonly notStored: Readonly<Record<string, number>>;
  /** In the order of names. A page counts for each of its contexts. */
  readonly contexts: readonly {
    readonly name: string;
    readonly hits: number;
    readonly misses: number;
  }[];
  readonly memoryBytes: number;
  readonly entries: number;
  readonly openIntents: number;
  readonly unknownIntents: number;
  readonly bumps: number;
  /** Invalidations of names that the manifest does not have. */
  readonly unknownNames: number;
  /** Declared pages that were asked for, in the order of their patterns. */
  readonly pages: readonly PageStats[];
}

export interface PageStats {
  readonly pattern: string;
  /** Whole documents from memory. */
  readonly hits: number;
  /** By whom the others were rendered; `shell`: by the browser. */
  readonly render: number;
  readonly ssr: number;
  readonly shell: number;
  /** Begun, and not whole: the browser was told. */
  readonly broken: number;
}
