/** Variables that settings ask for under usual names and that the target knows itself. Pure. */

export interface ProvidedValues {
  readonly secretKey: string;
  readonly hosts: readonly string[];
  readonly origins: readonly string[];
  /** Own PostgreSQL, or null. */
  readonly databaseUrl: string | null;
  /** Own Redis, or null. */
  readonly redisUrl: string | null;
  /** Absolute path in the data folder, for a DATABASE_URL without a server. */
  readonly sqliteFile: string;
}

interface Provider {
  readonly name: RegExp;
  readonly value: (values: ProvidedValues) => string | null;
}

/**
 * Only for names that the user did not set. Discrete database names (`DB_HOST`, …) get the parts of
 * the URL: settings that build `DATABASES` from them import, and the overlay has the last word.
 */
const PROVIDERS: readonly Provider[] = [
  { name: /^(DJANGO_|APP_)?SECRET_KEY$/, value: (values) => values.secretKey },
  { name: /^(DJANGO_)?ALLOWED_HOSTS$/, value: (values) => values.hosts.join(",") },
  { name: /^(DJANGO_)?CSRF_TRUSTED_ORIGINS$/, value: (values) => values.origins.join(",") },
  { name: /^(DJANGO_)?DEBUG$/, value: () => "False" },
  {
    name: /^DATABASE_URL$/,
    value: (values) => values.databaseUrl ?? `sqlite:///${values.sqliteFile}`,
  },
  { name: /^((POSTGRES|PG|DB|DATABASE)_?)HOST(NAME)?$/, value: (values) => part(values, "host") },
  { name: /^((POSTGRES|PG|DB|DATABASE)_?)PORT$/, value: (values) => part(values, "port") },
  { name: /^((POSTGRES|PG|DB|DATABASE)_?)USER(NAME)?$/, value: (values) => part(values, "user") },
  {
    name: /^((POSTGRES|PG|DB|DATABASE)_?)(PASSWORD|PASS)$/,
    value: (values) => part(values, "password"),
  },
  {
    name: /^(POSTGRES_DB|(PG|DB|DATABASE)_?NAME|PGDATABASE)$/,
    value: (values) => part(values, "name"),
  },
  {
    name: /^(REDIS_URL|(CELERY_)?BROKER_URL|CELERY_RESULT_BACKEND|CACHE_URL)$/,
    value: (values) => values.redisUrl,
  },
];

/** @returns the value for one asked name, or null where the target knows none. */
export function provideVariable(name: string, values: ProvidedValues): string | null {
  for (const provider of PROVIDERS) {
    if (provider.name.test(name)) return provider.value(values);
  }
  return null;
}

function part(
  values: ProvidedValues,
  which: "host" | "port" | "user" | "password" | "name",
): string | null {
  if (values.databaseUrl === null) return null;
  const url = new URL(values.databaseUrl);
  const parts = {
    host: url.searchParams.get("host") ?? url.hostname,
    port: url.port === "" ? "5432" : url.port,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    name: url.pathname.slice(1),
  };
  return parts[which];
}
