/** Parses TOML and JSON files of the app; a broken one is the app's problem, named with its line. */

import { parse as parseTomlText, TomlError } from "smol-toml";
import type { z } from "zod";
import { MizanError } from "../../infra/contract/errors.ts";
import type { ProjectFiles } from "./facts.ts";

const PARSED = new WeakMap<ProjectFiles, Map<string, unknown>>();

/**
 * @returns null if there is no such file.
 * @throws {MizanError} APP_INVALID if it is not TOML, or not of the schema's form.
 */
export function readToml<T>(files: ProjectFiles, path: string, schema: z.ZodType<T>): T | null {
  const text = files.read(path);
  if (text === null) return null;
  try {
    return parseForm(
      path,
      readOnce(files, path, () => parseTomlText(text)),
      schema,
    );
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw createInvalidError(path, `line ${error.line}: ${error.message.split("\n")[0]}`);
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
    const parse = (): unknown => JSON.parse(text.replace(/^\uFEFF/, ""));
    return parseForm(path, readOnce(files, path, parse), schema);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw createInvalidError(path, describeSyntaxError(error));
  }
}

/** What a file says, kept while its project is inspected: many detectors ask for the same manifest. */
function readOnce(files: ProjectFiles, path: string, parse: () => unknown): unknown {
  const known = PARSED.get(files) ?? new Map<string, unknown>();
  PARSED.set(files, known);
  if (!known.has(path)) known.set(path, parse());
  return known.get(path);
}

/** Without the piece of the file that V8 quotes: it may be a secret. */
function describeSyntaxError({ message }: SyntaxError): string {
  return message.replace(/, (?:\.\.\.)?".*"(?:\.\.\.)? is not valid JSON$/s, " is not valid JSON");
}

function parseForm<T>(path: string, raw: unknown, schema: z.ZodType<T>): T {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw createInvalidError(path, `${issue?.path.join(".")}: ${issue?.message}`);
}

/** Without the parser's own error as cause: that quotes the file, and a secret may stand there. */
function createInvalidError(path: string, problem: string): MizanError {
  return new MizanError("APP_INVALID", `${path} cannot be read: ${problem}`, {
    hint: `Correct ${path}, then try again.`,
    details: { path, problem },
  });
}
