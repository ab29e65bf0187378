/** Guesses the database from the text of the settings; the settings probe decides later. */

import { buildFact } from "../build-fact.ts";
import { type Contender, explainLoss, listCandidates } from "../candidates.ts";
import { type Engine, listEngines, type Vendor } from "../database-engines.ts";
import { readDependencies } from "../dependencies.ts";
import type {
  Candidate,
  Detection,
  Detector,
  Fact,
  Facts,
  FactValues,
  ProjectFiles,
} from "../facts.ts";
import { readSettingsSources } from "../python-source.ts";
import { findInSources } from "../settings-text.ts";

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
  finds: ["backend.database"],
  detect(files: ProjectFiles, known: Facts): Detection {
    if (known["backend.root"] === undefined) return { facts: {} };
    return { facts: { "backend.database": guessDatabase(files, known) } };
  },
};

function guessDatabase(files: ProjectFiles, known: Facts): Fact<FactValues["backend.database"]> {
  const sources = readSettingsSources(files, known);
  const all = sources.map(listEngines);
  // A project with several databases: what the app itself uses is the default one.
  const ofDefault = all.map((engines) => engines.filter(({ isDefault }) => isDefault));
  for (const engines of [...ofDefault, ...all]) {
    // SQLite in one branch and a server in the other: the server is for production.
    const engine = engines.find(({ vendor }) => vendor !== "sqlite") ?? engines[0];
    if (engine === undefined) continue;
    const isOnly = engines.every(({ vendor }) => vendor === engine.vendor);
    const considered = explainEngines(engine, engines, all.flat());
    const confidence = isOnly ? "likely" : "guess";
    return buildFact("backend.database", engine.vendor, engine.at, confidence, considered);
  }
  const fromEnvironment = findInSources(sources, FROM_ENVIRONMENT);
  const driver = fromEnvironment === null ? null : findDriver(files, known);
  if (driver !== null) return buildFact("backend.database", driver.vendor, driver.at, "guess");
  const from = fromEnvironment?.at ?? "no database in the settings' text";
  return buildFact("backend.database", null, from, "guess");
}

/** @param same Those of the file that decides; `all`: of every settings file. */
function explainEngines(
  chosen: Engine,
  same: readonly Engine[],
  all: readonly Engine[],
): readonly Candidate[] {
  // Engine and file name of one SQLite database are two matches.
  const others = all.filter(
    ({ vendor, at }) => vendor !== chosen.vendor || fileOf(at) !== fileOf(chosen.at),
  );
  const beaten: readonly Contender[] = others.map((engine) => {
    const order = same.includes(engine)
      ? "a server comes before SQLite, and the first one named before the others"
      : chosen.isDefault && !engine.isDefault
        ? "not of the default database"
        : `${chosen.at} is read before it`;
    const why = explainLoss(engine.vendor, chosen.vendor, order);
    return { value: engine.vendor, from: engine.at, why };
  });
  const why = "the settings name it";
  return listCandidates({ value: chosen.vendor, from: chosen.at, why }, beaten);
}

function fileOf(at: string): string {
  return at.replace(/:\d+$/, "");
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
