/**
 * Names that both sides of the origin runtime must agree on: the CLI (TypeScript) that starts
 * `python -m mizan_runtime <verb>`, the Edge that talks to it, and the Python package itself.
 * Imports nothing. The Python twin is `mizan_runtime/contract.py`; a test compares the two.
 */

/** Environment variables that `mizan_runtime` reads. Paths are absolute. */
export const RUNTIME_ENV = {
  /** The user's own settings module, e.g. `config.settings.production`. Always set. */
  settingsModule: "MIZAN_SETTINGS_MODULE",
  /** JSON file with the `OverlayInput` of this release. Unset: no overlay, DJANGO_SETTINGS_MODULE is the user's. */
  overlayFile: "MIZAN_OVERLAY_FILE",
  /** Release id, shown by live and ready. */
  release: "MIZAN_RELEASE",
  /** Name of the environment, e.g. `local`. */
  environment: "MIZAN_ENVIRONMENT",
  /** `serve`: where to listen, `unix:/path` or `host:port`. */
  bind: "MIZAN_BIND",
  /** `serve`: `wsgi` or `asgi`. */
  interface: "MIZAN_INTERFACE",
  /** `serve`: `package.module:attribute`. */
  application: "MIZAN_APPLICATION",
  /** `serve`: worker processes; unset = computed from CPU and memory. */
  workers: "MIZAN_WORKERS",
  /** `celery-worker`, `celery-beat`: the Celery app, `package.module:attribute` or `package`. */
  celeryApp: "MIZAN_CELERY_APP",
  /** `celery-*`: file that is written once the process is ready for work. */
  readyFile: "MIZAN_READY_FILE",
  /**
   * `celery-worker`: file that must exist before it takes tasks. Until then it has imported all of
   * the app and is ready: code that was not switched to runs no task.
   */
  startFile: "MIZAN_START_FILE",
  /**
   * `serve`: JSON file with the Edge ring (design D9), read again when it changes. Unset: requests
   * are served without the Edge's wire.
   */
  edgeKeysFile: "MIZAN_EDGE_KEYS_FILE",
  /** `serve`: tables (comma-separated) whose writes are none for the Edge; the config's `edge.ignoreTables`. */
  edgeIgnoreTables: "MIZAN_EDGE_IGNORE_TABLES",
  /**
   * `serve`: Unix socket of the release's SSR server (`edge/render/contract.ts`). Set: `bun run <worker>`
   * that the app starts is our pipe worker, which asks there.
   */
  ssrSocket: "MIZAN_SSR_SOCKET",
  /** With it: the worker's path as the settings write it (`SsrFacts.worker`). */
  ssrWorker: "MIZAN_SSR_WORKER",
  /** With it: the release's copy of the project; components are named by their path from there. */
  appFolder: "MIZAN_APP_FOLDER",
  /** `probe`: seconds that loading the app may take, as `readyTimeoutSeconds` of its processes. */
  startTimeoutSeconds: "MIZAN_START_TIMEOUT_SECONDS",
  /** File descriptor number on which the verb writes its JSON result (never stdout). */
  resultFd: "MIZAN_RESULT_FD",
} as const;

/**
 * Verbs of `python -m mizan_runtime <verb>`, run with the backend root as working directory and
 * the folder that holds `mizan_runtime` on PYTHONPATH.
 *
 * - `probe`: import the settings (see `ProbeResult`); exit 0 even when the app is broken, the result says so.
 * - `doctor`: probes, then measures what settings and code do (`doctor/contract.ts`); writes nothing.
 * - `serve`: replaces itself by gunicorn; SIGTERM drains gracefully.
 * - `migrate`: applies migrations under a database lock; result `MigrateResult`; exit 1 on failure.
 * - `collectstatic`: result `CollectResult`; exit 1 on failure.
 * - `manifest`: the Edge manifest by the app's own command; result `ManifestResult`; exit 1 on failure.
 * - `manage <args…>`: the user's `manage.py` command under the overlay; terminal and exit status are its own.
 * - `celery-worker [args…]`, `celery-beat [args…]`.
 */
export type RuntimeVerb =
  | "probe"
  | "doctor"
  | "serve"
  | "migrate"
  | "collectstatic"
  | "manifest"
  | "manage"
  | "celery-worker"
  | "celery-beat";

/** Paths that the runtime answers itself, before any middleware, whatever ALLOWED_HOSTS says. */
export const HEALTH_PATH = { live: "/_mizan/live", ready: "/_mizan/ready" } as const;

/** On a 404 that no URL pattern resolved (as opposed to one that a view raised). Removed by the Edge. */
export const UNRESOLVED_HEADER = "x-mizan-unresolved";

/**
 * The Edge's wire (`reference/edge-consistency.md` 10). The Edge sets the first on each request that
 * it forwards; the runtime answers with the second, which the Edge removes.
 */
export const EDGE_HEADER = { intent: "x-mizan-intent", wrote: "x-mizan-wrote" } as const;

/** The runtime's own context, by which the Edge's cache is probed (7). Answered before any middleware. */
export const PROBE_CONTEXT_PATH = "/_mizan/ctx/_mizan_probe/";

/** Body of the probe context; `n` rises at each call. */
export interface ProbeContextAnswer {
  readonly _mizan_probe: { readonly release: string; readonly n: number };
}

/** Code of the error envelope of a 503: the Edge's deadline had passed before the request could commit. */
export const DEADLINE_ERROR_CODE = "DEADLINE_EXCEEDED";

/** Likewise: it would have written before its body, an upload, had arrived whole. */
export const BODY_ERROR_CODE = "BODY_INCOMPLETE";

/** Body of live (200 always) and ready (200, or 503 with the failing checks). */
export interface HealthAnswer {
  readonly release: string;
  /** Unique per worker process. */
  readonly instance: string;
  readonly ok: boolean;
  /** Keys of the Edge ring that this process accepts; absent without MIZAN_EDGE_KEYS_FILE. */
  readonly edgeKids?: readonly string[];
  /** Ready only: `database:<alias>`, `migrations`, `cache:<alias>`; message is empty when ok. */
  readonly checks?: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly message: string;
  }[];
}

/** What the settings overlay may use. It fills only what is missing or unsafe, and reports each change. */
export interface OverlayInput {
  readonly version: 1;
  /** `false`: nothing of the overlay is applied (config `overlay: false`); health endpoints still work. */
  readonly enabled: boolean;
  /** Names of single overlay rules that are switched off, e.g. `["csrf", "static"]`. */
  readonly disabledRules: readonly OverlayRule[];
  /** Host names the environment is reached by, without port: `["127.0.0.1", "localhost"]`. */
  readonly hosts: readonly string[];
  /** Origins with scheme and port: `["http://127.0.0.1:8000"]`. */
  readonly origins: readonly string[];
  /** Scheme that browsers use. `http`: no SSL redirect, no HSTS, no secure-only cookies. */
  readonly scheme: "http" | "https";
  /** Folder of the release's copy of the app; writable settings below it are moved to `dataFolder`. */
  readonly appFolder: string;
  /** Outside the releases: SQLite files, MEDIA_ROOT, file caches, log files … go here. */
  readonly dataFolder: string;
  /** STATIC_ROOT of this release. */
  readonly staticFolder: string;
  /** File (mode 0600) holding the generated SECRET_KEY as text, used if settings have none or a placeholder. */
  readonly secretKeyFile: string;
  /** JSON file (mode 0600), `MizanSecretsFile`, for settings of the Mizan framework that are missing; null: none. */
  readonly mizanSecretsFile: string | null;
  /** URL of the PostgreSQL that the target runs itself, for `DATABASES["default"]`; null: settings decide. */
  readonly databaseUrl: string | null;
  /** URL of the Redis that the target runs itself, for caches, channel layers, Celery; null: settings decide. */
  readonly redisUrl: string | null;
}

/** Settings of the Mizan framework with the values that they get where the app has none. */
export interface MizanSecretsFile {
  readonly MIZAN_MWT_SECRET: string;
}

export type OverlayRule =
  | "debug"
  | "hosts"
  | "proxy"
  | "csrf"
  | "cookies"
  | "secret-key"
  | "mizan"
  | "static"
  | "data"
  | "database"
  | "redis"
  | "channels"
  | "sqlite"
  | "logging";

/** One setting that the overlay changed, or would change. Never holds a secret's value. */
export interface OverlayChange {
  readonly rule: OverlayRule;
  readonly setting: string;
  readonly action: "filled" | "replaced";
  readonly reason: string;
}

/** An environment variable that the settings asked for while they were imported. */
export interface AskedVariable {
  readonly name: string;
  /** Settings do not import without it. */
  readonly required: boolean;
  readonly present: boolean;
  /** Where it was asked for, relative to the app folder, or null. */
  readonly file: string | null;
  readonly line: number | null;
}

export interface PendingMigration {
  readonly app: string;
  readonly name: string;
  /** Worst class over its operations (design D13). */
  readonly class: MigrationClass;
  readonly operations: readonly { readonly summary: string; readonly class: MigrationClass }[];
}
export type MigrationClass = "expand" | "blocks-old-writes" | "contract" | "review" | "opaque";

/** What `probe` finds in the real settings. Booleans, names and paths only: no secret leaves the process. */
export interface SettingsFacts {
  readonly python: string;
  readonly django: string;
  readonly settingsModule: string;
  /** As the user's settings have it, before the overlay. */
  readonly debug: boolean;
  readonly allowedHosts: readonly string[];
  readonly secretKey: "present" | "absent" | "placeholder";
  readonly wsgi: string | null;
  readonly asgi: string | null;
  readonly installedApps: readonly string[];
  readonly middleware: readonly string[];
  readonly databases: Readonly<Record<string, DatabaseFacts>>;
  readonly caches: Readonly<
    Record<string, { readonly backend: string; readonly kind: ServiceKind }>
  >;
  readonly storages: Readonly<
    Record<string, { readonly backend: string; readonly local: boolean }>
  >;
  readonly static: {
    readonly url: string | null;
    readonly root: string | null;
    readonly installed: boolean;
    /** Storage that puts a content hash into file names. */
    readonly hashed: boolean;
    /** Hash over all that collectstatic would collect; null where its output may depend on more. */
    readonly fingerprint: string | null;
  };
  readonly media: {
    readonly url: string | null;
    readonly root: string | null;
    readonly local: boolean;
    /** URLconf has a route of its own for MEDIA_URL: the Edge leaves those paths to Django. */
    readonly routed: boolean;
    /** A model has a FileField, or the models could not be loaded. */
    readonly hasFileFields: boolean;
  };
  readonly templates: readonly string[];
  readonly urlconf: {
    readonly module: string /** A pattern resolves `/`. */;
    readonly resolvesRoot: boolean;
  };
  readonly migrations: {
    /** Leaf migration per app: `{"shop": "0003_order"}`. */
    readonly heads: Readonly<Record<string, string>>;
    /** Not yet applied; null where the database could not be asked (message in `databaseError`). */
    readonly pending: readonly PendingMigration[] | null;
    readonly databaseError: string | null;
  };
  readonly celery: {
    /** `package.module:attribute`, or what `celery -A` takes. */
    readonly app: string;
    readonly beat: boolean;
    readonly broker: ServiceKind;
  } | null;
  readonly channels: { readonly layer: ServiceKind | null } | null;
  /**
   * Where the user's settings (caches, channel layers, Celery, any Redis URL) expect Redis: the
   * nearest of all mentions; null: nowhere. `none` or `loopback`: this machine has to have one.
   */
  readonly redisHost: "none" | "loopback" | "socket" | "remote" | null;
  /** The app is written with the Mizan framework (`"mizan"` in INSTALLED_APPS); else null. */
  readonly mizan: MizanFacts | null;
  /** TEMPLATES entries of the framework's `mizan.ssr.MizanTemplates`; null: none. */
  readonly ssr: SsrFacts | null;
  readonly overlay: readonly OverlayChange[];
  /** Where a setting is assigned, relative to the app folder: `{"DATABASES": "config/settings.py:41"}`. */
  readonly locations: Readonly<Record<string, string>>;
}

export interface SsrFacts {
  /** DIRS of all entries, relative to the app folder, POSIX; `.` for itself. Those outside are left out. */
  readonly folders: readonly string[];
  /** OPTIONS["worker"], or "worker_path" of older versions, as it is written; null: none. */
  readonly worker: string | null;
  readonly timeoutSeconds: number;
}

/** What the app uses of the Mizan framework, as the user's settings have it, before the overlay. */
export interface MizanFacts {
  /** Of the installed distribution `mizan`; null: it is not installed as one. */
  readonly version: string | null;
  readonly hasManifestCommand: boolean;
  /** Where the URLconf includes `mizan.urls`: `["/api/mizan/"]`. */
  readonly baseUrls: readonly string[];
  /** MIZAN_MWT_SECRET and MIZAN_CACHE_SECRET always; each key among the `*JWT*` settings. */
  readonly secrets: readonly MizanSecret[];
  /** MIZAN_CACHE_REDIS_URL is set: the app keeps a cache of its own. */
  readonly hasOriginCache: boolean;
  readonly mwtTtlSeconds: number;
  readonly mwtAudience: string | null;
  readonly sessionCookie: string;
  /** Further cookies that say who asks: messages, and those of JWT settings. */
  readonly identityCookies: readonly string[];
  /** null: no LocaleMiddleware. */
  readonly language: LanguageFacts | null;
}

export interface MizanSecret {
  readonly ring: "mwt" | "jwt" | "cache";
  /** `MIZAN_MWT_SECRET`, `SIMPLE_JWT["SIGNING_KEY"]`. */
  readonly setting: string;
  readonly state: "present" | "absent" | "placeholder";
  /** It is SECRET_KEY: the two cannot be rotated apart. */
  readonly isSecretKey: boolean;
  /** Environment variable that gives it, set or not; null: none does. */
  readonly variable: string | null;
}

/** How LocaleMiddleware chooses among the languages. */
export interface LanguageFacts {
  /** LANGUAGES in their order; `hasCatalogue`: Django's `check_for_language`. */
  readonly languages: readonly { readonly code: string; readonly hasCatalogue: boolean }[];
  /** LANGUAGE_CODE. */
  readonly fallback: string;
  /** LANGUAGE_COOKIE_NAME. */
  readonly cookieName: string;
}

export interface DatabaseFacts {
  readonly engine: string;
  readonly vendor: "sqlite" | "postgresql" | "mysql" | "oracle" | "other";
  /** Where the settings point: `none` (empty host), `loopback`, `socket`, `remote`; `file` for SQLite. */
  readonly host: "none" | "loopback" | "socket" | "remote" | "file";
  readonly connMaxAge: number | null;
}
export type ServiceKind = "redis" | "memory" | "database" | "file" | "amqp" | "other" | "none";

/** Result of `probe`. `facts` is present unless the settings could not be imported at all. */
export interface ProbeResult {
  readonly version: 1;
  readonly variables: readonly AskedVariable[];
  readonly facts: SettingsFacts | null;
  readonly error: AppError | null;
}

/** Why the app's own code failed: last line first, and the traceback lines that prove it. */
export interface AppError {
  /** e.g. `ModuleNotFoundError`. */
  readonly type: string;
  readonly message: string;
  /** Innermost frame inside the app folder, relative: `shop/views.py:12`; null if none. */
  readonly location: string | null;
  readonly traceback: string;
}

export interface MigrateResult {
  readonly version: 1;
  /** `app.name` of each migration that this call applied, in order. */
  readonly applied: readonly string[];
  readonly heads: Readonly<Record<string, string>>;
  /** Copy of the SQLite file made before, or null. */
  readonly backup: string | null;
  readonly error: AppError | null;
}

export interface CollectResult {
  readonly version: 1;
  readonly files: number;
  readonly error: AppError | null;
}

export interface ManifestResult {
  readonly version: 1;
  /** As the app printed it; null with an `error`. */
  readonly manifest: unknown;
  /** Contexts that the app's registry marks as login-only; null: the registry cannot be read. */
  readonly guarded: readonly string[] | null;
  /** Where the installed package differs from what the Edge does, one sentence each. */
  readonly disagreements: readonly string[];
  readonly error: AppError | null;
}
