import { describe, expect, it } from "vitest";
import {
  decideServices,
  type GivenServices,
  needsDatabaseUrl,
} from "../../../../../cli/targets/local/decide-services.ts";
import type { DatabaseFacts, SettingsFacts } from "../../../../../runtime/origin/contract.ts";
import { SETTINGS_FACTS } from "../../inspect/settings-facts-example.ts";

/** An app on SQLite that needs no server, but for what the test says. */
function buildSettingsFacts(facts: Partial<SettingsFacts>): SettingsFacts {
  const engine = "django.db.backends.sqlite3";
  const sqlite = { engine, vendor: "sqlite", host: "file", connMaxAge: 0 } as const;
  return { ...SETTINGS_FACTS, databases: { default: sqlite }, ...facts };
}

const AUTO: GivenServices = { database: "auto", redis: "auto", givenNames: [] };

function postgres(host: DatabaseFacts["host"]): Pick<SettingsFacts, "databases"> {
  const engine = "django.db.backends.postgresql";
  return { databases: { default: { engine, vendor: "postgresql", host, connMaxAge: 0 } } };
}

const redisCache = {
  redisHost: "loopback" as const,
  caches: { default: { backend: "django_redis.cache.RedisCache", kind: "redis" as const } },
};

function decide(
  facts: Partial<SettingsFacts>,
  given: Partial<GivenServices> = {},
): readonly string[] {
  return decideServices(buildSettingsFacts(facts), { ...AUTO, ...given }).map(
    ({ service }) => service,
  );
}

describe("PostgreSQL is ours to run", () => {
  it("where settings need it and point to this machine or nowhere", () => {
    for (const host of ["none", "loopback", "socket"] as const)
      expect(decide(postgres(host))).toEqual(["postgres"]);
  });

  it("not where they point to another machine, nor where they use something else", () => {
    expect(decide(postgres("remote"))).toEqual([]);
    expect(decide({})).toEqual([]);
  });

  it.each([
    "DATABASE_URL",
    "POSTGRES_HOST",
    "PGHOST",
    "PGSERVICE",
    "DB_NAME",
    "DB_USER",
    "SQL_DATABASE",
    "POSTGRES_DB",
    "MY_DB_PASSWORD",
    "database_url",
  ])("not where the user gave %s", (name) => {
    expect(decide(postgres("loopback"), { givenNames: [name] })).toEqual([]);
  });

  it.each([
    "DB_CONN_MAX_AGE",
    "DATABASE_POOL_SIZE",
    "DB_SSL",
    "SENTRY_DSN",
    "REDIS_URL",
    "EMAIL_HOST",
    "FEEDBACK_URL",
  ])("also where the user gave %s, which says nothing about where it is", (name) => {
    expect(decide(postgres("loopback"), { givenNames: [name] })).toEqual(["postgres"]);
  });

  it("as the config says, whatever else", () => {
    expect(decide(postgres("remote"), { database: "own", givenNames: ["DATABASE_URL"] })).toEqual([
      "postgres",
    ]);
    expect(decide(postgres("loopback"), { database: "external" })).toEqual([]);
    expect(decide({}, { database: "own" })).toEqual([]); // settings for SQLite cannot use one
  });
});

describe("Redis is ours to run", () => {
  it("where a cache, a channel layer or Celery's broker needs it", () => {
    const celery = { app: "shop", beat: false, broker: "redis" as const };
    expect(decide(redisCache)).toEqual(["redis"]);
    expect(decide({ channels: { layer: "redis" }, redisHost: "none" })).toEqual(["redis"]);
    expect(decide({ celery, redisHost: "loopback" })).toEqual(["redis"]);
    expect(decide({ redisHost: "loopback" })).toEqual(["redis"]); // RQ, say
    expect(decide({ celery: { ...celery, broker: "amqp" } })).toEqual([]);
  });

  it("not where the settings point to another machine or a socket", () => {
    expect(decide({ ...redisCache, redisHost: "remote" })).toEqual([]);
    expect(decide({ ...redisCache, redisHost: "socket" })).toEqual([]);
    expect(decide({ ...redisCache, redisHost: "remote" }, { redis: "own" })).toEqual(["redis"]);
  });

  it("says which setting needs it", () => {
    const facts = buildSettingsFacts({ ...redisCache, ...postgres("none") });
    expect(decideServices(facts, AUTO).map(({ reason }) => reason)).toEqual([
      "settings.DATABASES needs PostgreSQL and no address is given",
      "settings.CACHES needs Redis and no address is given",
    ]);
  });

  it.each([
    "REDIS_URL",
    "REDIS_TLS_URL",
    "REDISHOST",
    "CELERY_BROKER_URL",
    "CELERY_RESULT_BACKEND",
    "CACHE_URL",
    "CACHE_LOCATION",
    "REDIS",
  ])("not where the user gave %s", (name) => {
    expect(decide(redisCache, { givenNames: [name] })).toEqual([]);
  });

  it.each(["CELERY_TASK_ALWAYS_EAGER", "CELERY_CONCURRENCY", "CACHE_TIMEOUT", "DATABASE_URL"])(
    "also where the user gave %s, which says nothing about where it is",
    (name) => {
      expect(decide(redisCache, { givenNames: [name] })).toEqual(["redis"]);
    },
  );

  it("as the config says, whatever else", () => {
    expect(decide(redisCache, { redis: "external" })).toEqual([]);
    expect(decide(redisCache, { redis: "own", givenNames: ["REDIS_URL"] })).toEqual(["redis"]);
  });
});

describe("DATABASE_URL is provided though it is optional", () => {
  const engine = "django.db.backends.dummy";
  const dummy = { engine, vendor: "other", host: "none", connMaxAge: 0 } as const;

  it.each([{}, { default: dummy }])(
    "where the settings have no database without it: %j",
    (databases) => {
      const facts = buildSettingsFacts({ databases });
      expect(needsDatabaseUrl(facts, ["DEBUG", "DATABASE_URL"])).toBe(true);
    },
  );

  it("not where they have one, nor where they do not ask for it", () => {
    expect(needsDatabaseUrl(buildSettingsFacts({}), ["DATABASE_URL"])).toBe(false);
    expect(needsDatabaseUrl(buildSettingsFacts({ databases: {} }), ["DEBUG"])).toBe(false);
  });
});
