/** The shape of what inspection knows: facts with evidence, and findings. */

import type { AskedVariable, OverlayChange, SettingsFacts } from "../../runtime/origin/contract.ts";

/** How sure: `certain` (a lock file, a setting), `likely` (a convention), `guess` (a default). */
export type Confidence = "certain" | "likely" | "guess";

/** Something that could have been the value of a fact, and why it is or is not. */
export interface Candidate {
  readonly value: unknown;
  /** As `Fact.from`. */
  readonly from: string;
  readonly isChosen: boolean;
  /** A sentence without a full stop: `the Procfile says what production runs`. */
  readonly why: string;
}

export interface Fact<T = unknown> {
  readonly value: T;
  /** Where it comes from: `backend/uv.lock`, `config/settings.py:41`, `setting DATABASES`, `config`, `default`. */
  readonly from: string;
  readonly confidence: Confidence;
  /** How to override it: the line of the config file, e.g. `facts: { "backend.root": "…" }`. */
  readonly override: string;
  /** All that was looked at, the chosen one first; absent: nothing else was found. */
  readonly considered?: readonly Candidate[];
}

export type PackageManager = "uv" | "poetry" | "pdm" | "pipenv" | "requirements" | "pep621";
export type NodePackageManager = "npm" | "pnpm" | "yarn" | "bun";

export interface Frontend {
  /** Relative to the project, POSIX, `.` for the root. */
  readonly root: string;
  readonly packageManager: NodePackageManager;
  readonly framework: "react" | "vue" | "svelte" | null;
  readonly bundler: "vite" | "webpack" | null;
  /** Name of the package.json script, e.g. `build`; null: nothing to build. */
  readonly build: string | null;
  /** Folder with the build's output, relative to the project, or null if unknown. */
  readonly output: string | null;
}

/** What shows that the app is written with the Mizan framework. */
export interface MizanTraces {
  /** Python distribution `mizan` is a dependency. */
  readonly package: boolean;
  /** `"mizan"` is in INSTALLED_APPS. */
  readonly installedApp: boolean;
  /** `mizan.toml`, relative to the project, or null. */
  readonly config: string | null;
  /** npm packages of the framework, e.g. `@mizan/base`. */
  readonly npm: readonly string[];
}

/** Value type of each fact key. The names are a public interface (`mizan inspect --json`). */
export interface FactValues {
  "backend.root": string;
  "backend.framework": "django" | null;
  "backend.manage": string;
  "backend.settingsModule": string;
  /** Folders below the project, besides the backend root, that must be importable (PYTHONPATH). */
  "backend.importFolders": readonly string[];
  /** `package.module:attribute`. */
  "backend.wsgi": string | null;
  "backend.asgi": string | null;
  "backend.interface": "wsgi" | "asgi";
  "backend.packageManager": PackageManager;
  /**
   * Files to install from, relative to the project: the lock and its manifest, or requirement files
   * in the order of installation. Files that those include (`-r`) are not listed.
   */
  "backend.dependencyFiles": readonly string[];
  /** Version or range as written, e.g. `3.12`, `>=3.11,<4`. */
  "backend.python": string | null;
  "backend.database": "sqlite" | "postgresql" | "mysql" | "oracle" | null;
  "backend.celery": { readonly app: string; readonly beat: boolean } | null;
  "backend.channels": boolean;
  frontends: readonly Frontend[];
  /** The Procfile as a table. */
  processes: Readonly<Record<string, string>>;
  dockerfiles: readonly string[];
  compose: readonly string[];
  mizan: MizanTraces | null;
  /** From here on only the settings probe knows. */
  "settings.python": string;
  "settings.django": string;
  "settings.debug": boolean;
  "settings.allowedHosts": readonly string[];
  "settings.secretKey": SettingsFacts["secretKey"];
  "settings.installedApps": readonly string[];
  "settings.middleware": readonly string[];
  "settings.templates": readonly string[];
  "settings.urlconf": SettingsFacts["urlconf"];
  "settings.databases": SettingsFacts["databases"];
  "settings.caches": SettingsFacts["caches"];
  "settings.storages": SettingsFacts["storages"];
  "settings.static": SettingsFacts["static"];
  "settings.media": SettingsFacts["media"];
  "settings.migrations": SettingsFacts["migrations"];
  "settings.celery": SettingsFacts["celery"];
  "settings.channels": SettingsFacts["channels"];
  /** What it uses of the Mizan framework; null: nothing. Names only. */
  "settings.mizan": SettingsFacts["mizan"];
  /** Its templates that components render; null: none. */
  "settings.ssr": SettingsFacts["ssr"];
  /** Settings that the overlay changes, or would change. */
  "settings.overlay": readonly OverlayChange[];
  /** Environment variables that the settings ask for. Names only. */
  "settings.variables": readonly AskedVariable[];
}

export type FactKey = keyof FactValues;
/** Fact values that `facts` in the config may set. */
export type FactOverrides = {
  readonly [K in Exclude<FactKey, `settings.${string}`>]?: FactValues[K] | undefined;
};
export type Facts = { readonly [K in FactKey]?: Fact<FactValues[K]> };

export interface Finding {
  /** SCREAMING_SNAKE, or a checklist id such as `DJ16`. */
  readonly code: string;
  readonly severity: "error" | "warning" | "info";
  readonly message: string;
  /** `file:line` or setting. */
  readonly evidence: string;
  readonly hint: string;
}

/** Result of `mizan inspect`. */
export interface Inspection {
  readonly version: 1;
  readonly facts: Facts;
  readonly findings: readonly Finding[];
}

/** What a detector sees: the project's files (ignored ones left out), read on demand. */
export interface ProjectFiles {
  /** Absolute. */
  readonly root: string;
  /** Paths relative to the root, POSIX, sorted; at most four folders deep. */
  readonly paths: readonly string[];
  /** Text of a file, cached; null if it does not exist. */
  read(path: string): string | null;
  has(path: string): boolean;
}

export interface Detection {
  readonly facts: Facts;
  readonly findings?: readonly Finding[];
}

/** One file per detector; it may look at the facts of those before it in the list. */
export interface Detector {
  readonly name: string;
  /** Keys of the facts that it may find: what it would find is still shown where the config decides. */
  readonly finds: readonly FactKey[];
  detect(files: ProjectFiles, known: Facts): Detection;
}
