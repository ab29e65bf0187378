/** The release's environment variables with their values: one file, mode 0600, beside the release. */

import { readFile, writeFile } from "node:fs/promises";
import { z } from "zod";

const tableSchema = z.record(z.string(), z.string());

export async function writeVariablesFile(
  file: string,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  await writeFile(file, JSON.stringify(values), { mode: 0o600 });
}

/** @throws without a word of the content, which is secret. */
export async function readVariablesFile(file: string): Promise<Record<string, string>> {
  const parsed = tableSchema.safeParse(parseJson(await readFile(file, "utf8")));
  if (!parsed.success) throw new Error(`"${file}" is no JSON table of texts`);
  return parsed.data;
}

/** undefined for what is no JSON: the parser's own message quotes it. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
