/** Every fact: what it says, what people call it, and which Django settings it is read from. */

import { MizanError } from "../../infra/contract/errors.ts";
import type { FactKey } from "./facts.ts";
import { nearestName } from "./nearest-name.ts";

export interface FactEntry {
  /** A phrase for people, without a full stop: `the folder with manage.py`. */
  readonly about: string;
  /** What people call it, besides its last word (`python` of `backend.python`). */
  readonly words?: readonly string[];
  /** Django settings that say it; where the first stands is its evidence. */
  readonly settings?: readonly string[];
}

/** Keys in the order of `mizan inspect --json`. */
export const FACT_TABLE: Readonly<Record<FactKey, FactEntry>> = {
  "backend.root": { about: "the folder of the Django app", words: ["backend", "app", "folder"] },
  "backend.framework": { about: "what the backend is written with" },
  "backend.manage": { about: "the manage.py that starts Django", words: ["manage.py"] },
  "backend.settingsModule": {
    about: "the settings module that the deploy loads",
    words: ["settings", "DJANGO_SETTINGS_MODULE"],
  },
  "backend.importFolders": {
    about: "folders besides the backend's own that Python imports from",
    words: ["PYTHONPATH"],
  },
  "backend.wsgi": { about: "the WSGI application", settings: ["WSGI_APPLICATION"] },
  "backend.asgi": { about: "the ASGI application", settings: ["ASGI_APPLICATION"] },
  "backend.interface": { about: "how the web server calls Django", words: ["web", "server"] },
  "backend.packageManager": { about: "what installs the Python packages", words: ["packages"] },
  "backend.dependencyFiles": {
    about: "the files that the Python packages are installed from",
    words: ["dependencies", "requirements", "lock"],
  },
  "backend.python": { about: "the Python version that the app asks for" },
  "backend.database": { about: "the kind of the default database", settings: ["DATABASES"] },
  "backend.celery": {
    about: "the Celery app, and whether it has a schedule",
    words: ["worker", "beat"],
  },
  "backend.channels": { about: "whether the app uses Django Channels" },
  frontends: { about: "the frontends that are built", words: ["frontend"] },
  processes: { about: "the Procfile's processes", words: ["procfile"] },
  dockerfiles: { about: "the project's own Dockerfiles", words: ["dockerfile"] },
  compose: { about: "the project's own compose files" },
  mizan: { about: "traces of the Mizan framework" },
  "settings.python": { about: "the Python that the app runs on" },
  "settings.django": { about: "the version of Django", words: ["django"] },
  "settings.debug": { about: "whether DEBUG is on", settings: ["DEBUG"] },
  "settings.allowedHosts": {
    about: "the host names that Django answers to",
    words: ["hosts"],
    settings: ["ALLOWED_HOSTS"],
  },
  "settings.secretKey": {
    about: "whether there is a secret key (never the key)",
    settings: ["SECRET_KEY"],
  },
  "settings.installedApps": {
    about: "the Django apps that are installed",
    words: ["apps"],
    settings: ["INSTALLED_APPS"],
  },
  "settings.middleware": { about: "the middleware", settings: ["MIDDLEWARE"] },
  "settings.templates": { about: "the template engines", settings: ["TEMPLATES"] },
  "settings.urlconf": {
    about: "the root URLconf, and whether it knows /",
    words: ["urls", "/"],
    settings: ["ROOT_URLCONF"],
  },
  "settings.databases": { about: "the databases, and where they are", settings: ["DATABASES"] },
  "settings.caches": { about: "the caches", words: ["cache"], settings: ["CACHES"] },
  "settings.storages": {
    about: "where files are kept",
    settings: ["STORAGES", "DEFAULT_FILE_STORAGE", "STATICFILES_STORAGE"],
  },
  "settings.static": {
    about: "the static files: address and folder",
    settings: ["STATIC_ROOT", "STATIC_URL"],
  },
  "settings.media": {
    about: "the uploads: address and folder",
    words: ["uploads"],
    settings: ["MEDIA_ROOT", "MEDIA_URL"],
  },
  "settings.migrations": { about: "the newest migration of each app, and those not yet applied" },
  "settings.celery": {
    about: "the Celery app as it loads, and its broker",
    words: ["broker"],
    settings: ["CELERY_BROKER_URL"],
  },
  "settings.channels": { about: "the channel layer", settings: ["CHANNEL_LAYERS"] },
  "settings.mizan": {
    about: "what the app uses of the Mizan framework",
    settings: ["INSTALLED_APPS", "MIZAN_MWT_SECRET"],
  },
  "settings.ssr": {
    about: "the templates that components render",
    words: ["components"],
    settings: ["TEMPLATES"],
  },
  "settings.overlay": { about: "the settings that Mizan changes for the deploy" },
  "settings.variables": {
    about: "the environment variables that the settings ask for (names only)",
    words: ["env", "environment", ".env"],
  },
};

/** All keys, in the order of the table. */
// The table's type names every key, so its keys are the names.
export const FACT_KEYS = Object.keys(FACT_TABLE) as readonly FactKey[];

/**
 * The fact that somebody names: by its key, its last word, what people call it, or a Django setting.
 * A fact of the project comes before one of the settings: `python` is `backend.python`.
 * @throws {MizanError} USAGE with the nearest name.
 */
export function findFactKey(name: string): FactKey {
  const names = listNames();
  const key = names.get(name.toLowerCase());
  if (key !== undefined) return key;
  const nearest = nearestName(name, [...FACT_KEYS, ...names.keys()]);
  const known = nearest === null ? undefined : names.get(nearest.toLowerCase());
  throw new MizanError("USAGE", `There is no fact "${name}".`, {
    hint:
      known === undefined
        ? `One of: ${FACT_KEYS.join(", ")}`
        : `Did you mean ${known}? mizan inspect --why ${known}`,
    details: { name, facts: FACT_KEYS },
  });
}

/** Names in lower case; a name that means several facts means the first of the table. */
function listNames(): ReadonlyMap<string, FactKey> {
  const names = new Map<string, FactKey>();
  const add = (name: string, key: FactKey) => {
    if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), key);
  };
  for (const key of FACT_KEYS) add(key, key);
  for (const key of FACT_KEYS) for (const word of FACT_TABLE[key].words ?? []) add(word, key);
  for (const key of FACT_KEYS) add(key.split(".").at(-1) ?? key, key);
  // Of two facts of one setting, the one under `settings.` says all of it.
  const own = FACT_KEYS.filter((key) => key.startsWith("settings."));
  for (const key of [...own, ...FACT_KEYS]) {
    for (const setting of FACT_TABLE[key].settings ?? []) add(setting, key);
  }
  return names;
}
