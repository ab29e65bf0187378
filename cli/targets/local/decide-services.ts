/** Which servers the target must run itself, because settings need them and nobody gave an address. */

import type { ServiceKind, SettingsFacts } from "../../../runtime/origin/contract.ts";

export type ServiceName = "postgres" | "redis";

export interface ServiceDecision {
  readonly service: ServiceName;
  /** For people: `settings.DATABASES needs PostgreSQL and no address is given`. */
  readonly reason: string;
}

export interface GivenServices {
  /** `own`, `external`: decided in the config; `auto`: by the rule below. */
  readonly database: "own" | "external" | "auto";
  readonly redis: "own" | "external" | "auto";
  /** Names of the variables that the user gave and settings read. */
  readonly givenNames: readonly string[];
}

/** The name that dj-database-url and django-environ read. */
export const DATABASE_URL = "DATABASE_URL";

/** Names that say where a database is or how to get in: `DATABASE_URL`, `PGHOST`, `DB_NAME`, not `DB_MAX_AGE`. */
const DATABASE_NAME =
  /(^|_)(DATABASE|POSTGRES|POSTGRESQL|PG|DB|SQL)_?(URL|URI|DSN|HOST|HOSTNAME|PORT|NAME|DB|DATABASE|USER|USERNAME|PASSWORD|PASS|SERVICE)$/i;
/** `REDIS_URL`, `CELERY_BROKER_URL`, `CACHE_LOCATION`, not `CELERY_CONCURRENCY`. */
const REDIS_NAME =
  /(^|_)((REDIS|BROKER|CACHE|CHANNEL_LAYERS?)_?(URL|URI|DSN|HOST|HOSTNAME|PORT|LOCATION|PASSWORD|PASS|TLS_URL)|REDIS|RESULT_BACKEND)$/i;

/**
 * A server is ours to run if settings use its kind, no variable that names it was given, and the
 * settings point to no other machine.
 */
export function decideServices(
  facts: SettingsFacts,
  given: GivenServices,
): readonly ServiceDecision[] {
  const decisions: ServiceDecision[] = [];
  const database = facts.databases["default"];
  const isGiven = (pattern: RegExp) => given.givenNames.some((name) => pattern.test(name));
  const wantsPostgres = database?.vendor === "postgresql";
  const pointsElsewhere = database?.host === "remote";
  if (
    wantsPostgres &&
    (given.database === "own" ||
      (given.database === "auto" && !pointsElsewhere && !isGiven(DATABASE_NAME)))
  ) {
    decisions.push({
      service: "postgres",
      reason: "settings.DATABASES needs PostgreSQL and no address is given",
    });
  }
  const wantsRedis = facts.redisHost === "none" || facts.redisHost === "loopback";
  if (
    facts.redisHost !== null &&
    (given.redis === "own" || (given.redis === "auto" && wantsRedis && !isGiven(REDIS_NAME)))
  ) {
    const reason = `${nameRedisUser(facts)} needs Redis and no address is given`;
    decisions.push({ service: "redis", reason });
  }
  return decisions;
}

/** What Django puts where `DATABASES["default"]` is empty. */
const DUMMY_ENGINE = "django.db.backends.dummy";

/**
 * True for `DATABASES = {"default": dj_database_url.config()}` without DATABASE_URL: the settings
 * load, but without a database, which is not what they were written for.
 *
 * @param asked variables that the settings ask for and nobody gave.
 */
export function needsDatabaseUrl(facts: SettingsFacts, asked: readonly string[]): boolean {
  const database = facts.databases["default"];
  const isEmpty = database === undefined || database.engine === DUMMY_ENGINE;
  return isEmpty && asked.includes(DATABASE_URL);
}

function nameRedisUser(facts: SettingsFacts): string {
  const uses = (kind: ServiceKind | null | undefined) => kind === "redis";
  if (uses(facts.celery?.broker)) return "Celery's broker";
  if (Object.values(facts.caches).some((cache) => uses(cache.kind))) return "settings.CACHES";
  if (uses(facts.channels?.layer)) return "settings.CHANNEL_LAYERS";
  return "a Redis address in the settings"; // RQ, a lock, …
}
