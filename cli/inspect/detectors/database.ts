/** Guesses the database from the text of the settings; the settings probe decides later. */

import { buildFact } from "../build-fact.ts";
import { readDependencies } from "../dependencies.ts";
import type { Detection, Detector, Fact, Facts, FactValues, ProjectFiles } from "../facts.ts";
import { readSettingsSources } from "../python-source.ts";
import { findInSources } from "../settings-text.ts";
import { matchText } from "../text-match.ts";

type Vendor = NonNullable<FactValues["backend.database"]>;

/** An engine (`django.db.backends.postgresql`, a subclass of it elsewhere) or the scheme of a URL. */
const ENGINE =
  /["'](?:[\w.]+\.(sqlite3|spatialite|postgresql|postgresql_psycopg2|postgis|mysql|oracle)(?:\.\w+)?["']|(sqlite|spatialite|postgres|postgresql|postgis|psql|mysql|oracle)\w*:\/\/)/;
const FROM_ENVIRONMENT = /\bdj_database_url\b|\benv\.(?:db|db_url|dj_db_url)\b|DATABASE_URL/;

/** Only a guess where the settings leave it to a URL in the environment. */
const DRIVERS: Readonly<Record<Vendor, readonly string[]>> = {
  postgresql: ["psycopg", "psycopg2", "psycopg2-binary", "psycopg-binary", "asyncpg"],
  mysql: ["mysqlclient", "pymysql", "mysql-connector-python"],
  oracle: ["oracledb", "cx-oracle"],
  sqlite: [],
};

export const databaseDetector: Detector = {
  name: "database",
  detect(files: ProjectFiles, known: Facts): Detection {
    if (known["backend.root"] === undefined) return { facts: {} };
    return { facts: { "backend.database": guessDatabase(files, known) } };
  },
};

function guessDatabase(files: ProjectFiles, known: Facts): Fact<FactValues["backend.database"]> {
  const sources = readSettingsSources(files, known);
  for (const source of sources) {
    const engines = matchText(source.path, source.text, ENGINE).map(({ groups, at }) => ({
      vendor: vendorOf(groups[0] ?? groups[1] ?? ""),
      at,
    }));
    // SQLite in one branch and a server in the other: the server is for production.
    const engine = engines.find(({ vendor }) => vendor !== "sqlite") ?? engines[0];
    if (engine === undefined) continue;
    const isOnly = engines.every(({ vendor }) => vendor === engine.vendor);
    return buildFact("backend.database", engine.vendor, engine.at, isOnly ? "likely" : "guess");
  }
  const fromEnvironment = findInSources(sources, FROM_ENVIRONMENT);
  const driver = fromEnvironment === null ? null : findDriver(files, known);
  if (driver !== null) return buildFact("backend.database", driver.vendor, driver.at, "guess");
  const from = fromEnvironment?.at ?? "no database in the settings' text";
  return buildFact("backend.database", null, from, "guess");
}

function vendorOf(engine: string): Vendor {
  if (/^sqlite|^spatialite/.test(engine)) return "sqlite";
  if (/^post|^psql/.test(engine)) return "postgresql";
  return engine.startsWith("mysql") ? "mysql" : "oracle";
}

function findDriver(
  files: ProjectFiles,
  known: Facts,
): { readonly vendor: Vendor; readonly at: string } | null {
  const dependencies = readDependencies(files, known);
  for (const vendor of ["postgresql", "mysql", "oracle"] as const) {
    const at = DRIVERS[vendor].map((name) => dependencies.get(name)).find((p) => p !== undefined);
    if (at !== undefined) return { vendor, at };
  }
  return null;
}
