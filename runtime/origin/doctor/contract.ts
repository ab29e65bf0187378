/** What the verb `doctor` answers besides the `ProbeResult` in its `probe`. Imports nothing. */

export interface DoctorMeasured {
  /** null: the settings do not import, or the process that measures ended. */
  readonly measures: DoctorMeasures | null;
  /**
   * Measures that could not be taken, each null then; `setup`: `django.setup()` failed, `all`: the
   * process ended.
   */
  readonly failures: readonly DoctorFailure[];
}

export interface DoctorFailure {
  readonly measure: string;
  readonly type: string;
  readonly message: string;
}

/** What `doctor` measures in the app's own environment, with the overlay. Names, numbers, booleans; no value leaves the process. */
export interface DoctorMeasures {
  /** Entries of INSTALLED_APPS that cannot be imported. */
  readonly brokenApps: readonly BrokenImport[] | null;
  /** Installed packages whose libraries of the system are missing; `gdal`, `geos`. */
  readonly brokenLibraries: readonly BrokenImport[] | null;
  /** PostgreSQL driver that Django takes; null: none, or another database. */
  readonly databaseDriver: {
    readonly name: string;
    readonly version: string;
    /** `source`: uses the libpq of the machine. */
    readonly build: string;
  } | null;
  /** Versions of what `serve` starts. */
  readonly server: {
    readonly gunicorn: string | null;
    readonly uvicornWorker: string | null;
  } | null;
  readonly databases: Readonly<
    Record<
      string,
      {
        /** Port or host is one that poolers of connections usually have. */
        readonly isPooled: boolean;
        readonly hasServerSideCursors: boolean;
        /** Django's own pool (5.1 and psycopg). */
        readonly hasOwnPool: boolean;
      }
    >
  > | null;
  /** Variables whose change changes DATABASES. */
  readonly databaseVariables: readonly string[];
  readonly sizing: {
    readonly cpus: number;
    readonly memoryBytes: number;
    readonly memoryPerWorkerBytes: number;
  } | null;
  /** Ids of `check --deploy --tag security`. */
  readonly securityChecks: readonly string[] | null;
  readonly csrf: {
    /** Origins of the environment whose forms Django refuses. */
    readonly refusedOrigins: readonly string[];
    readonly originsWithoutScheme: number;
  } | null;
  /** `request.is_secure()` by the X-Forwarded-Proto of the Edge. */
  readonly isSecure: { readonly https: boolean; readonly http: boolean } | null;
  /** null: no staticfiles. */
  readonly staticFiles: {
    readonly isCollected: boolean;
    /** null: the storage keeps no manifest. */
    readonly hasManifest: boolean | null;
    /** Literal `{% static %}` names of the app's templates that the manifest lacks; null: no manifest. */
    readonly missing: readonly { readonly template: string; readonly file: string }[] | null;
  } | null;
  /** Highest time limit of a Celery task; null: none is set. */
  readonly longestTaskSeconds: number | null;
  /** Statuses of live (asked by `Host: 10.0.0.1`) and ready, no database being reachable. */
  readonly health: { readonly live: number; readonly ready: number } | null;
}

export interface BrokenImport {
  readonly name: string;
  readonly type: string;
  readonly message: string;
}
