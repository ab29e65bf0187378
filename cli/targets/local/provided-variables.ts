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

type PartKey = "host" | "port" | "user" | "password" | "name";

/** `POSTGRES_HOST`, `PGHOST`, `DB_HOST`, `DATABASE_HOST`, `SQL_HOST`, also behind `DJANGO_`. */
const DATABASE_PREFIX = "(DJANGO_)?(POSTGRES|POSTGRESQL|PG|DB|DATABASE|SQL)_?";

const DATABASE_PARTS = [
  ["HOST|HOSTNAME", "host"],
  ["PORT", "port"],
  ["USER|USERNAME", "user"],
  ["PASSWORD|PASS", "password"],
  ["NAME|DATABASE|DB", "name"],
] as const satisfies readonly (readonly [string, PartKey])[];

const REDIS_PARTS = [
  ["HOST|HOSTNAME", "host"],
  ["PORT", "port"],
  ["PASSWORD|PASS", "password"],
  ["DB", "name"],
] as const satisfies readonly (readonly [string, PartKey])[];

interface Provider {
  readonly name: RegExp;
  /** The server that must run for it. */
  readonly service?: "database" | "redis";
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
    service: "database",
    value: (values) => values.databaseUrl ?? `sqlite:///${values.sqliteFile}`,
  },
  ...DATABASE_PARTS.map(([name, key]) => ({
    name: new RegExp(`^${DATABASE_PREFIX}(${name})$`),
    service: "database" as const,
    value: (values: ProvidedValues) => readPart(values.databaseUrl, key),
  })),
  {
    name: /^(REDIS_URL|(CELERY_)?BROKER_URL|CELERY_RESULT_BACKEND|CACHE_URL)$/,
    service: "redis",
    value: (values) => values.redisUrl,
  },
  ...REDIS_PARTS.map(([name, key]) => ({
    name: new RegExp(`^REDIS_(${name})$`),
    service: "redis" as const,
    value: (values: ProvidedValues) => readPart(values.redisUrl, key),
  })),
];

/** The server that an asked name is about, or null. */
export function findServiceOfVariable(name: string): "database" | "redis" | null {
  return PROVIDERS.find((provider) => provider.name.test(name))?.service ?? null;
}

/** @returns the value for one asked name, or null where the target knows none. */
export function provideVariable(name: string, values: ProvidedValues): string | null {
  for (const provider of PROVIDERS) {
    if (provider.name.test(name)) return provider.value(values);
  }
  return null;
}

function readPart(address: string | null, key: PartKey): string | null {
  if (address === null) return null;
  // libpq's form for a socket has a user and no host (`app:pw@/app?host=/run/x`); URL wants one.
  const url = new URL(address.replace("@/", "@localhost/"));
  const parts = {
    host: url.searchParams.get("host") ?? url.hostname,
    port: url.port === "" ? "5432" : url.port,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    name: decodeURIComponent(url.pathname.slice(1)),
  };
  return parts[key];
}
