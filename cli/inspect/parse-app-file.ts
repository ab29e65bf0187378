/** Parses TOML and JSON files of the app; a broken one is the app's problem, named with its line. */

import { parse as parseTomlText, TomlError } from "smol-toml";
import type { z } from "zod";
import { MizanError } from "../../infra/contract/errors.ts";
import type { ProjectFiles } from "./facts.ts";

/**
 * @returns null if there is no such file.
 * @throws {MizanError} APP_INVALID if it is not TOML, or not of the schema's form.
 */
export function readToml<T>(files: ProjectFiles, path: string, schema: z.ZodType<T>): T | null {
  const text = files.read(path);
  if (text === null) return null;
  try {
    return parseForm(path, parseTomlText(text), schema);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw createInvalidError(path, `line ${error.line}: ${error.message.split("\n")[0]}`, error);
  }
}

/**
 * @returns null if there is no such file.
 * @throws {MizanError} APP_INVALID if it is not JSON, or not of the schema's form.
 */
export function readJson<T>(files: ProjectFiles, path: string, schema: z.ZodType<T>): T | null {
  const text = files.read(path);
  if (text === null) return null;
  try {
    // Editors on Windows write a byte order mark, which npm accepts too.
    return parseForm(path, JSON.parse(text.replace(/^\uFEFF/, "")), schema);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw createInvalidError(path, error.message, error);
  }
}

function parseForm<T>(path: string, raw: unknown, schema: z.ZodType<T>): T {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw createInvalidError(path, `${issue?.path.join(".")}: ${issue?.message}`, result.error);
}

function createInvalidError(path: string, problem: string, cause: unknown): MizanError {
  return new MizanError("APP_INVALID", `${path} cannot be read: ${problem}`, {
    hint: `Correct ${path}, then try again.`,
    details: { path, problem },
    cause,
  });
}
