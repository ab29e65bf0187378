/** DJ07, DJ08, DJ09, DJ19, DJ23: migrations and databases. */

import { at, type DoctorCheck, find, pass, skip } from "../doctor-check.ts";
import { listProcesses } from "../list-processes.ts";

/** Of the origin (`mizan_runtime/serve/run.py`). */
const THREADS_PER_WORKER = 4;
/** Those for which `mizan_runtime/migrations/lock.py` has a lock. */
const LOCKED = { postgresql: "a session lock", mysql: "a session lock", sqlite: "a locked file" };

export const migrations: DoctorCheck = {
  code: "DJ07",
  title: "Migrations that race",
  severity: { local: "warning", cloud: "error" },
  needs: "settings",
  check(subject) {
    const started = listProcesses(subject.facts).find(
      ({ name, command }) => name !== "release" && /\bmigrate\b/.test(command),
    );
    if (started !== undefined) {
      // Not even a warning: mizan does not start it.
      return {
        ...find(
          `The Procfile's ${started.name} runs migrate each time it starts; mizan runs it once, before the switch`,
          started.from,
          "Take migrate out of the start command.",
        ),
        severity: "info",
      };
    }
    const vendor = subject.settings.databases["default"]?.vendor;
    if (vendor === undefined) return pass("there is no database", at(subject, "DATABASES"));
    const lock = vendor in LOCKED ? LOCKED[vendor as keyof typeof LOCKED] : null; // `in` has just said so
    return lock === null
      ? find(
          "Migrations run without a lock: mizan has none for this database",
          at(subject, "DATABASES"),
          "Let one deploy at a time migrate it.",
        )
      : pass(`each deploy runs them once, under ${lock}`, "mizan's migrate step");
  },
};

export const pooler: DoctorCheck = {
  code: "DJ08",
  title: "Transaction pooling (PgBouncer)",
  severity: { local: "warning", cloud: "error" },
  needs: "measures",
  check(subject) {
    const { databases } = subject.settings;
    const postgres = Object.keys(databases).filter(
      (key) => databases[key]?.vendor === "postgresql",
    );
    const where = at(subject, "DATABASES");
    if (postgres.length === 0) return pass("there is no PostgreSQL", where);
    const { databases: measured } = subject.measures;
    const pooled = postgres.filter((alias) => measured?.[alias]?.isPooled);
    const [first] = pooled;
    if (first !== undefined) {
      return find(
        measured?.[first]?.hasServerSideCursors
          ? `Database "${first}" is behind a pooler, where server-side cursors and the migration lock break`
          : `Database "${first}" is behind a pooler, where the migration lock breaks`,
        where,
        measured?.[first]?.hasServerSideCursors
          ? `DATABASES["${first}"]["DISABLE_SERVER_SIDE_CURSORS"] = True, and a direct address for migrations`
          : "Give a direct address to the migrations.",
      );
    }
    const own = subject.settings.overlay.some(({ rule }) => rule === "database");
    const remote = postgres.find((alias) => databases[alias]?.host === "remote");
    if (remote === undefined || (own && remote === "default")) {
      return pass("PostgreSQL is on this machine, asked directly", where);
    }
    return skip(
      `neither port nor host of database "${remote}" is a usual one of a pooler; one by another name cannot be seen`,
    );
  },
};

export const connections: DoctorCheck = {
  code: "DJ09",
  title: "Database connections",
  severity: { local: "warning", cloud: "error" },
  needs: "settings",
  check(subject) {
    const isAsgi = subject.facts["backend.interface"]?.value === "asgi";
    const entries = Object.entries(subject.settings.databases);
    const servers = entries.filter(([, database]) => database.vendor !== "sqlite");
    const where = at(subject, "DATABASES");
    const leaking = servers.find(([, { connMaxAge }]) => isAsgi && connMaxAge !== 0);
    if (leaking !== undefined) {
      const [alias, { connMaxAge }] = leaking;
      return find(
        `Under ASGI, CONN_MAX_AGE ${connMaxAge ?? "None"} of database "${alias}" leaks connections`,
        where,
        "Set CONN_MAX_AGE to 0, or use the connection pool of Django 5.1 and psycopg.",
      );
    }
    if (servers.length === 0) return pass("no database server to run out of connections", where);
    const workers = subject.mechanisms?.workers ?? null;
    if (isAsgi) return pass("each request closes its connection", where);
    const sum =
      workers === null
        ? `${THREADS_PER_WORKER} of each worker process`
        : `${workers} workers × ${THREADS_PER_WORKER} threads = ${workers * THREADS_PER_WORKER} connections`;
    return pass(`at most ${sum} of a release to each`, where);
  },
};

export const driver: DoctorCheck = {
  code: "DJ19",
  title: "PostgreSQL driver",
  severity: { local: "error", cloud: "error" },
  needs: "measures",
  check(subject) {
    const { databases } = subject.settings;
    const where = at(subject, "DATABASES");
    if (databases["default"]?.vendor !== "postgresql") {
      return pass("the default database needs none", where);
    }
    const { databaseDriver } = subject.measures;
    return databaseDriver === null
      ? find(
          "No PostgreSQL driver can be imported",
          where,
          'Add "psycopg[binary]" to the dependencies.',
        )
      : pass(
          `${databaseDriver.name} ${databaseDriver.version} (${databaseDriver.build}) was imported`,
          "the release's environment",
        );
  },
};

export const databaseUrl: DoctorCheck = {
  code: "DJ23",
  title: "DATABASES and the environment",
  severity: { local: "warning", cloud: "error" },
  needs: "measures",
  check(subject) {
    const { databaseVariables } = subject.measures;
    const where = at(subject, "DATABASES");
    if (Object.keys(subject.settings.databases).length === 0) {
      return pass("there is no database", where);
    }
    if (databaseVariables.length > 0) {
      return pass(`DATABASES follows ${databaseVariables.join(", ")}`, "settings imported again");
    }
    const isLocal = subject.target === "local";
    if (isLocal && subject.settings.databases["default"]?.vendor === "sqlite") {
      return pass("a SQLite file, kept in the environment's data folder", where);
    }
    if (isLocal && subject.settings.overlay.some(({ rule }) => rule === "database")) {
      return pass("mizan's settings overlay points it to the PostgreSQL that mizan runs", where);
    }
    return find(
      "No environment variable changes DATABASES: every environment would use the same database",
      where,
      'DATABASES = {"default": dj_database_url.config()}, which reads DATABASE_URL',
    );
  },
};
