import { describe, expect, it } from "vitest";
import {
  findServiceOfVariable,
  type ProvidedValues,
  provideVariable,
} from "../../../../../cli/targets/local/provided-variables.ts";

const NOTHING: ProvidedValues = {
  secretKey: "s3cret",
  hosts: ["127.0.0.1", "localhost"],
  origins: ["http://127.0.0.1:8000", "http://localhost:8000"],
  databaseUrl: null,
  redisUrl: null,
  sqliteFile: "/data/db.sqlite3",
};
/** As services/postgres.ts and services/redis.ts write them. */
const OWN: ProvidedValues = {
  ...NOTHING,
  databaseUrl: "postgresql://app:p%40ss@/app?host=%2Frun%2Fmy%20shop%2Fpostgres",
  redisUrl: "redis://:r3dis@127.0.0.1:21234/0",
};

function provideAll(names: readonly string[], values: ProvidedValues) {
  return Object.fromEntries(names.map((name) => [name, provideVariable(name, values)]));
}

describe("a variable that settings ask for", () => {
  it("gets the parts of the socket address of our PostgreSQL under every usual name", () => {
    for (const prefix of [
      "POSTGRES_",
      "POSTGRESQL_",
      "PG",
      "DB_",
      "DATABASE_",
      "SQL_",
      "DJANGO_DB_",
    ]) {
      const names = ["HOST", "PORT", "USER", "PASSWORD", "NAME"].map((name) => prefix + name);
      expect(Object.values(provideAll(names, OWN)), prefix).toEqual([
        "/run/my shop/postgres",
        "5432",
        "app",
        "p@ss",
        "app",
      ]);
    }
    expect(
      provideAll(
        ["POSTGRES_DB", "PGDATABASE", "SQL_DATABASE", "DB_HOSTNAME", "DB_USERNAME", "DB_PASS"],
        OWN,
      ),
    ).toEqual({
      POSTGRES_DB: "app",
      PGDATABASE: "app",
      SQL_DATABASE: "app",
      DB_HOSTNAME: "/run/my shop/postgres",
      DB_USERNAME: "app",
      DB_PASS: "p@ss",
    });
  });

  it("gets the parts of an address with host and port, too", () => {
    const values = { ...OWN, databaseUrl: "postgresql://shop:pw@127.0.0.1:5433/shop" };
    expect(provideAll(["DB_HOST", "DB_PORT", "DB_NAME", "DB_USER"], values)).toEqual({
      DB_HOST: "127.0.0.1",
      DB_PORT: "5433",
      DB_NAME: "shop",
      DB_USER: "shop",
    });
  });

  it("gets DATABASE_URL as a whole: of our PostgreSQL, else of a SQLite file in the data folder", () => {
    expect(provideVariable("DATABASE_URL", OWN)).toBe(OWN.databaseUrl);
    expect(provideVariable("DATABASE_URL", NOTHING)).toBe("sqlite:////data/db.sqlite3");
  });

  it("gets Redis as a whole and in parts", () => {
    for (const name of [
      "REDIS_URL",
      "BROKER_URL",
      "CELERY_BROKER_URL",
      "CELERY_RESULT_BACKEND",
      "CACHE_URL",
    ]) {
      expect(provideVariable(name, OWN)).toBe(OWN.redisUrl);
    }
    expect(provideAll(["REDIS_HOST", "REDIS_PORT", "REDIS_PASSWORD", "REDIS_DB"], OWN)).toEqual({
      REDIS_HOST: "127.0.0.1",
      REDIS_PORT: "21234",
      REDIS_PASSWORD: "r3dis",
      REDIS_DB: "0",
    });
  });

  it("gets what a local environment is known by", () => {
    expect(
      provideAll(
        [
          "SECRET_KEY",
          "DJANGO_SECRET_KEY",
          "ALLOWED_HOSTS",
          "DJANGO_ALLOWED_HOSTS",
          "CSRF_TRUSTED_ORIGINS",
          "DEBUG",
          "DJANGO_DEBUG",
        ],
        NOTHING,
      ),
    ).toEqual({
      SECRET_KEY: "s3cret",
      DJANGO_SECRET_KEY: "s3cret",
      ALLOWED_HOSTS: "127.0.0.1,localhost",
      DJANGO_ALLOWED_HOSTS: "127.0.0.1,localhost",
      CSRF_TRUSTED_ORIGINS: "http://127.0.0.1:8000,http://localhost:8000",
      DEBUG: "False",
      DJANGO_DEBUG: "False",
    });
  });

  it("gets nothing where the target knows nothing: it is the user's to say", () => {
    const names = [
      "STRIPE_SECRET_KEY",
      "AWS_SECRET_KEY_ID",
      "DB_CONN_MAX_AGE",
      "EMAIL_HOST",
      "EMAIL_PORT",
      "USER",
      "HOST",
      "DEBUG_TOOLBAR",
      "CELERY_CONCURRENCY",
      "MY_DATABASE_URL",
    ];
    expect(Object.values(provideAll(names, OWN)).every((value) => value === null)).toBe(true);
    expect(Object.values(provideAll(["DB_HOST", "REDIS_URL", "REDIS_HOST"], NOTHING))).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe("the server that a name is about", () => {
  it.each([
    ["DATABASE_URL", "database"],
    ["PGHOST", "database"],
    ["POSTGRES_DB", "database"],
    ["REDIS_HOST", "redis"],
    ["CELERY_BROKER_URL", "redis"],
    ["SECRET_KEY", null],
    ["EMAIL_HOST", null],
  ])("%s: %s", (name, service) => {
    expect(findServiceOfVariable(name)).toBe(service);
  });
});
