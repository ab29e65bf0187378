/** Loads mizan.config of a project and checks all of it at once. */

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { MizanError } from "../../infra/contract/errors.ts";
import { defineConfig } from "./define-config.ts";
import { type ConfigProblem, describeProblems } from "./describe-problems.ts";
import { CONFIG_SCHEMA, type Config } from "./schema.ts";

export interface LoadedConfig {
  /** Absolute path of the file, or null: everything is default. */
  readonly path: string | null;
  readonly config: Config;
}

/** In the order in which they are named to people; two of them at once are an error. */
export const CONFIG_FILES = [
  "mizan.config.ts",
  "mizan.config.js",
  "mizan.config.mjs",
  "mizan.config.json",
] as const;

/**
 * @param root Absolute folder of the project.
 * @throws {MizanError} CONFIG_INVALID, with every problem in `details.problems`.
 */
export async function loadConfig(root: string): Promise<LoadedConfig> {
  const [file, ...others] = CONFIG_FILES.filter((name) => existsSync(join(root, name)));
  if (file === undefined) return { path: null, config: CONFIG_SCHEMA.parse({}) };
  if (others.length > 0) {
    throw new MizanError("CONFIG_INVALID", `Two configs: ${[file, ...others].join(" and ")}`, {
      hint: "Delete one of them.",
      details: { files: [file, ...others] },
    });
  }
  const path = join(root, file);
  return { path, config: parseConfig(await readConfig(path, file), file) };
}

/**
 * @param rawConfig What the file exports.
 * @param file Name for messages.
 * @throws {MizanError} CONFIG_INVALID
 */
export function parseConfig(rawConfig: unknown, file: string): Config {
  const result = CONFIG_SCHEMA.safeParse(rawConfig);
  if (result.success) return result.data;
  const problems = describeProblems(result.error, CONFIG_SCHEMA);
  throw createInvalidError(file, problems, result.error);
}

async function readConfig(path: string, file: string): Promise<unknown> {
  try {
    if (file.endsWith(".json")) return JSON.parse(await readFile(path, "utf8"));
    return await importConfig(path);
  } catch (error) {
    // Anything may be thrown here: it is the user's own code that runs.
    const message = error instanceof Error ? error.message : String(error);
    throw createInvalidError(file, [{ path: "", message: `does not load: ${message}` }], error);
  }
}

async function importConfig(path: string): Promise<unknown> {
  // Loaded here so that projects without a config never pay for it.
  const { createJiti } = await import("jiti");
  const jiti = createJiti(import.meta.url, {
    // Nothing is written outside the project, and an edited config is read anew.
    fsCache: false,
    moduleCache: false,
    // The package need not be installed in the project (npx).
    virtualModules: { "@mizan/deploy": { defineConfig } },
  });
  const module = await jiti.import<Record<string, unknown>>(path);
  return "default" in module ? module["default"] : undefined;
}

function createInvalidError(
  file: string,
  problems: readonly ConfigProblem[],
  cause: unknown,
): MizanError {
  const lines = problems.map(({ path, message }) =>
    path === "" ? message : `${path}: ${message}`,
  );
  const [only] = lines;
  const text =
    lines.length === 1
      ? `${file}: ${only}`
      : `${file} has ${lines.length} problems:\n${lines.map((line) => `  ${line}`).join("\n")}`;
  return new MizanError("CONFIG_INVALID", text, {
    hint: `Correct ${file}, then try again.`,
    details: { file, problems },
    cause,
  });
}
