/** Collects the app's environment variables from `.env` files, the config and the shell (D5). */
import { join, posix } from "node:path";
import { MizanError } from "../../../../infra/contract/errors.ts";
import { RUNTIME_ENV } from "../../../../runtime/origin/contract.ts";
import { Secret } from "../../../output/secret.ts";
import { readIfThere } from "../../../state/durable-file.ts";
import { parseEnvFile } from "./parse-env-file.ts";
import type { Variable, Variables } from "./variable.ts";

export interface ReadVariablesOptions {
  /** Absolute. */
  readonly projectRoot: string;
  /** Relative to the project, `.` for the root. */
  readonly backendRoot: string;
  readonly environmentName: string;
  /** The process environment. Only names that something asks for are taken from it. */
  readonly shell: Readonly<Record<string, string | undefined>>;
  /** `env` of the config. */
  readonly configEnv: Readonly<Record<string, string>>;
  /** Names that the config wants from the shell though nothing asks for them. */
  readonly passEnv: readonly string[];
  /** Names that the settings asked for (`ProbeResult.variables`). */
  readonly askedNames: readonly string[];
}

/** Ours: the target sets them itself. */
const RESERVED: ReadonlySet<string> = new Set(Object.values(RUNTIME_ENV));

/**
 * Later ones win: `.env`, `.env.<environment>`, the config, the shell; of two files of one name the
 * one in the backend's folder.
 *
 * @throws {MizanError} CONFIG_INVALID naming every unreadable line of every file.
 */
export async function readVariables(options: ReadVariablesOptions): Promise<Variables> {
  const table = new Map<string, Variable>();
  const problems: string[] = [];
  for (const file of listEnvFiles(options.backendRoot, options.environmentName)) {
    const text = await readIfThere(join(options.projectRoot, file));
    if (text === null) continue;
    const result = parseEnvFile(text);
    problems.push(...result.problems.map(({ line, problem }) => `${file}:${line}: ${problem}`));
    addAll(table, result.values, file);
  }
  if (problems.length > 0) throw buildUnreadableError(problems);
  addAll(table, Object.entries(options.configEnv), "mizan.config");
  const names = new Set([...table.keys(), ...options.askedNames, ...options.passEnv]);
  addAll(table, readShell(options.shell, names), "shell");
  return new Map([...table].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function addAll(
  table: Map<string, Variable>,
  values: Iterable<readonly [string, string]>,
  source: string,
): void {
  for (const [name, value] of values) {
    if (!RESERVED.has(name)) table.set(name, { value: new Secret(value), source });
  }
}

/** Relative to the project, in the order in which later ones win. */
function listEnvFiles(backendRoot: string, environmentName: string): readonly string[] {
  const folders = [...new Set([".", posix.normalize(backendRoot)])];
  const names = [".env", `.env.${environmentName}`];
  return names.flatMap((name) => folders.map((folder) => posix.join(folder, name)));
}

function readShell(
  shell: ReadVariablesOptions["shell"],
  names: ReadonlySet<string>,
): readonly (readonly [string, string])[] {
  return [...names].flatMap((name) => {
    const value = Object.hasOwn(shell, name) ? shell[name] : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
}

function buildUnreadableError(problems: readonly string[]): MizanError {
  const count = problems.length === 1 ? "a line" : `${problems.length} lines`;
  return new MizanError("CONFIG_INVALID", `Cannot read ${count}: ${problems.join("; ")}`, {
    hint: "Write each variable as NAME=value; put quotes around values with spaces, quotes or `#`.",
    details: { problems },
  });
}
