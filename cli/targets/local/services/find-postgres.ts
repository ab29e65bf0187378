/** Which PostgreSQL servers this machine has. */

import { execa } from "execa";
import { findProgramFolders } from "./find-program.ts";

export interface PostgresInstallation {
  /** Holds `postgres`, `initdb` and `pg_isready`. */
  readonly folder: string;
  readonly major: number;
}

/** Packages keep servers off the path: Debian, RPMs of postgresql.org, source, Homebrew (Apple, Intel). */
const PLACES = [
  "/usr/lib/postgresql/*/bin",
  "/usr/pgsql-*/bin",
  "/usr/local/pgsql/bin",
  "/opt/homebrew/opt/postgresql@*/bin",
  "/usr/local/opt/postgresql@*/bin",
  "/usr/lib/postgresql*/bin",
  "/usr/libexec/postgresql*",
];

/**
 * @param searchPath PATH
 * @returns newest first; only those with all programs that we need
 */
export async function findPostgres(searchPath: string): Promise<PostgresInstallation[]> {
  const [servers, tools, clients] = await Promise.all(
    ["postgres", "initdb", "pg_isready"].map((program) =>
      findProgramFolders(program, searchPath, PLACES),
    ),
  );
  const complete = servers?.filter(
    (folder) => tools?.includes(folder) === true && clients?.includes(folder) === true,
  );
  const installations = await Promise.all((complete ?? []).map(readInstallation));
  return installations.filter((one) => one !== null).sort((one, other) => other.major - one.major);
}

/** @param text of `postgres --version`: `postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)` */
export function parsePostgresMajor(text: string): number | null {
  const match = /^postgres \(PostgreSQL\) (\d+)/.exec(text);
  return match === null ? null : Number(match[1]);
}

async function readInstallation(folder: string): Promise<PostgresInstallation | null> {
  const { stdout } = await execa(`${folder}/postgres`, ["--version"], { reject: false });
  const major = parsePostgresMajor(stdout);
  return major === null ? null : { folder, major };
}
